package import Bytes
package import Formats
package import History
package import Merge

/// What a change did to the entries it touched: each as it was before (nil: it is new), in the order of touching.
package struct Merged {
  /// The changes that came in, in order of arrival.
  package let changes: [ChangeIndex]
  package let before: [(id: EntryID, state: EntryState?)]
}

/// Changes that this device makes in one go: recorded one after the other, then signed and stored as one run.
package struct Recording {
  fileprivate(set) var changes: [Change] = []
  fileprivate var rows: [ChangeRow] = []
  package private(set) var before: [(id: EntryID, state: EntryState?)] = []

  package init() {}

  /// The changes so far.
  package var count: Int { changes.count }
  package var last: Change? { changes.last }

  fileprivate mutating func add(_ change: Change, _ row: ChangeRow, _ touched: [(id: EntryID, state: EntryState?)]) {
    changes.append(change)
    rows.append(row)
    before += touched
  }
}

extension Replica {
  /// The next change of this device, still empty; `noBook` where this copy has no device of its own.
  package func draft() throws(ReplicaError) -> ChangeDraft {
    guard let device = tip.device else { throw .noBook }
    return ChangeDraft(ref: ChangeRef(device: device, seq: tip.own.map { $0.ref.seq + 1 } ?? 0))
  }

  /// Makes the draft a change on a version (nil: the newest), and merges it.
  ///
  /// Nothing is stored of the change itself until `seal`. On the newest version it costs what it touches; on an older
  /// one it loads the history's shape. `gap` when the draft is not this device's next change; `format` when an operation
  /// is one that peers refuse, as an edit that does nothing.
  package mutating func record(
    _ draft: ChangeDraft, on version: Version? = nil, time: Int64, origin: Origin = .typed, message: ExactText = "",
    isRoot: Bool = false, into recording: inout Recording
  ) throws(ReplicaError) -> Change {
    let next = try self.draft().ref
    guard draft.ref == next else { throw .history(.gap(draft.ref, expected: next.seq)) }
    let heads = version?.heads ?? self.version.heads
    let change: Change
    do {
      change = try Change(
        ChangeHeader.Fields(
          book: isRoot ? .zero : book, ref: draft.ref, previous: tip.own?.id, parents: heads, time: time,
          origin: origin, message: message),
        operations: draft.operations, hash: cryptography.hash)
    } catch { throw .change(error) }
    try refuseWhatPeersRefuse(change)

    let isNewest = heads == self.version.heads
    let index = ChangeIndex(tip.count)
    var parents = tip.heads.map(\.index).sorted()
    var lamport = 1 + (tip.heads.map(\.lamport).max() ?? 0)
    var graph = isNewest ? takeLoadedGraph() : try takeGraph()
    if graph != nil {
      do { try graph?.add(change.header, id: change.id) } catch { throw .history(error) }
      parents = graph.map { Array($0.parents(of: index)) } ?? parents
      lamport = graph?.lamport(at: index) ?? lamport
    }
    var batch = MergeBatch(storage)
    try merge(change, at: index, lamport, isNewest ? nil : graph, into: &batch)

    let head = Tip.Head(id: change.id, ref: change.ref, lamport: lamport, index: index)
    var tip = tip
    tip.count += 1
    tip.heads.removeAll { heads.contains($0.id) }
    tip.heads.append(head)
    tip.own = head
    tip.level = max(tip.level, batch.level)
    try advance(to: tip, graph: graph)
    let row = ChangeRow(
      index: index, id: change.id, ref: change.ref, parents: parents, time: time, origin: origin, message: message)
    hold(change, row)
    recording.add(change, row, batch.before)
    return change
  }

  /// A change that was sent and is refused everywhere would stop its device for good: so it is read here as a peer reads
  /// it, before anything is merged.
  private func refuseWhatPeersRefuse(_ change: Change) throws(ReplicaError) {
    do throws(DecodingError) {
      let body = CanonicalBody.encode(change.operations, of: change.ref)
      guard try CanonicalBody.decode(body, of: change.ref) == change.operations else { throw .notCanonical(at: 0) }
    } catch { throw .format(.body(error, of: change.ref)) }
  }

  /// Signs the recorded changes and stores them, in as few runs as hold them; none when there are no changes.
  @discardableResult
  package mutating func seal(
    _ recording: Recording, sign: ([UInt8]) -> Signature?
  ) throws(ReplicaError) -> [PackedRun] {
    let refs = try parentRefs(of: recording)
    var runs: [PackedRun] = []
    var (changes, rows) = (recording.changes[...], recording.rows[...])
    let bytes = Self.runBytes(ofAll: RunCodec.size(of: recording.changes))
    while !changes.isEmpty {
      let run = try pack(changes.prefix(RunCodec.fitting(changes, bytes: bytes)), refs, sign)
      let storage = storage
      let held = Array(rows.prefix(run.count))
      try reading { () throws(StorageError) in try storage.append(run, held) }
      runs.append(run)
      (changes, rows) = (changes.dropFirst(run.count), rows.dropFirst(run.count))
    }
    release(recording.rows)
    return runs
  }

  private func pack(
    _ changes: ArraySlice<Change>, _ refs: [ChangeID: ChangeRef], _ sign: ([UInt8]) -> Signature?
  ) throws(ReplicaError) -> PackedRun {
    guard let last = changes.last else { throw .format(.notARun) }
    let signature = sign(ChainSignature.message(book: book, ref: last.ref, id: last.id))
    if checksSignatures && signature == nil { throw .signature(last.ref) }
    do { return try RunCodec.pack(Array(changes), signature: signature, refs: { refs[$0] }) } catch {
      throw .format(error)
    }
  }

  /// Unpacked bytes after which the next run begins, where so many are recorded at once. A run is unpacked whole for any
  /// change in it, and comes whole or not at all; larger ones pack better. So it is a fifth of all, and from 1 to 8 MiB:
  /// however badly one of such a size packs, the wire takes 16 MiB.
  private static func runBytes(ofAll bytes: Int) -> Int { min(max(bytes / 5, 1 << 20), 8 << 20) }

  private func merge(
    _ change: Change, at index: ChangeIndex, _ lamport: UInt64, _ graph: EventGraph?, into batch: inout MergeBatch
  ) throws(ReplicaError) {
    do throws(StorageError) {
      if let graph {
        var cursor = PastCursor(at: graph)
        cursor.move(to: graph.parents(of: index), in: graph)
        try batch.apply(change, at: index, lamport: lamport) { ref in
          graph.index(of: ref).map(cursor.contains) ?? false
        }
        try batch.rewriteBodies(in: graph)
      } else {
        try batch.apply(change, at: index, lamport: lamport) { _ in true }
      }
      try batch.save()
    } catch { throw .storage(error) }
  }

  /// The parents outside the recording, by id: what packing names them by.
  private func parentRefs(of recording: Recording) throws(ReplicaError) -> [ChangeID: ChangeRef] {
    var refs: [ChangeID: ChangeRef] = [:]
    for change in recording.changes { refs[change.id] = change.ref }
    let storage = storage
    for (change, row) in zip(recording.changes, recording.rows)
    where !change.header.parents.allSatisfy({ refs[$0] != nil }) {
      for parent in row.parents {
        let found = try reading { () throws(StorageError) in try storage.row(at: parent) }
        if let found { refs[found.id] = found.ref }
      }
    }
    return refs
  }
}
