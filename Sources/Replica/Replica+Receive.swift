import Bytes
package import Formats
import History
import Merge

extension Replica {
  /// Takes runs of other devices (or this one's own, come back) in an order where parents come first, and merges them.
  ///
  /// What is known already is passed over. All runs are judged before anything is stored; on an error of the storage
  /// itself the caller's transaction rolls back, and this value is not used again.
  @discardableResult
  package mutating func receive(_ runs: [PackedRun]) throws(ReplicaError) -> Merged {
    precondition(isSealed, "recorded changes are sealed before others are received")
    if runs.isEmpty { return Merged(changes: [], before: []) }
    var arrival = Arrival(graph: try takeGraph(), batch: MergeBatch(storage))
    for run in runs { try admit(run, to: &arrival) }
    let storage = storage
    do throws(StorageError) {
      try arrival.batch.rewriteBodies(in: arrival.graph)
      for (run, rows) in arrival.runs { try storage.append(run, rows) }
      try arrival.batch.save()
    } catch { throw .storage(error) }
    let graph = arrival.graph
    var tip = tip
    tip.count = graph.count
    tip.level = max(tip.level, arrival.batch.level)
    tip.heads = graph.heads.map { Tip.Head($0, in: graph) }
    tip.own = tip.device.flatMap { graph.last(of: $0) }.map { Tip.Head($0, in: graph) }
    try advance(to: tip, graph: graph)
    return Merged(changes: arrival.runs.flatMap { $0.rows.map(\.index) }, before: arrival.batch.before)
  }

  /// What a delivery brings, until all of it has been judged.
  private struct Arrival {
    var graph: EventGraph
    var cursor: PastCursor
    var batch: MergeBatch
    var runs: [(run: PackedRun, rows: [ChangeRow])] = []

    init(graph: EventGraph, batch: MergeBatch) {
      self.graph = graph
      self.batch = batch
      cursor = PastCursor(at: graph)
    }
  }

  /// Merges the changes of a run that are new; those that are not must be what is here.
  private func admit(_ run: PackedRun, to arrival: inout Arrival) throws(ReplicaError) {
    let known = arrival.graph.count(of: run.device)
    guard run.first <= known else {
      throw .history(.gap(ChangeRef(device: run.device, seq: run.first), expected: known))
    }
    if run.last < known, try isStored(run, arrival.graph) { return }
    var rows: [ChangeRow] = []
    for change in try unpack(run, arrival) {
      let fields = change.header.fields
      if change.ref.seq < known {
        if let index = arrival.graph.index(of: change.ref), arrival.graph.id(at: index) == change.id { continue }
      } else {
        try checkRoot(change, isFirst: arrival.graph.count == 0)
      }
      let index: ChangeIndex
      do { index = try arrival.graph.add(change.header, id: change.id) } catch { throw .history(error) }
      let parents = Array(arrival.graph.parents(of: index))
      try merge(change, at: index, on: parents, into: &arrival)
      rows.append(
        ChangeRow(
          index: index, id: change.id, ref: change.ref, parents: parents, time: fields.time, origin: fields.origin,
          message: fields.message))
    }
    if !rows.isEmpty { arrival.runs.append((run, rows)) }
  }

  private func merge(
    _ change: Change, at index: ChangeIndex, on parents: [ChangeIndex], into arrival: inout Arrival
  ) throws(ReplicaError) {
    arrival.cursor.move(to: parents, in: arrival.graph)
    let (graph, cursor) = (arrival.graph, arrival.cursor)
    do {
      try arrival.batch.apply(change, at: index, lamport: graph.lamport(at: index)) { ref in
        graph.index(of: ref).map(cursor.contains) ?? false
      }
    } catch { throw .storage(error) }
  }

  /// Whether the run lies in the store just so; another cut or packing of the same changes does not.
  private func isStored(_ run: PackedRun, _ graph: EventGraph) throws(ReplicaError) -> Bool {
    guard let index = graph.index(of: ChangeRef(device: run.device, seq: run.last)) else { return false }
    let storage = storage
    return index.int < tip.count
      ? try reading { () throws(StorageError) in try storage.run(holding: index) } == run : false
  }

  /// The run's changes, once its signature and its device are what they claim to be.
  private func unpack(_ run: PackedRun, _ arrival: Arrival) throws(ReplicaError) -> [Change] {
    let graph = arrival.graph
    let previous = run.first == 0 ? nil : graph.index(of: ChangeRef(device: run.device, seq: run.first - 1))
    let changes: [Change]
    do {
      changes = try RunCodec.unpack(
        run, book: book, previous: previous.map { graph.id(at: $0) },
        ids: { graph.index(of: $0).map { graph.id(at: $0) } }, hash: cryptography.hash)
    } catch { throw .format(error) }
    guard checksSignatures, let last = changes.last else { return changes }
    let key = try certifiedKey(of: run.device, changes, arrival.batch)
    guard let signature = run.signature,
      cryptography.verify(signature, ChainSignature.message(book: book, ref: last.ref, id: last.id), key)
    else { throw .signature(last.ref) }
    return changes
  }

  /// The device's key: from its first change, whose introduction must make its id, or as known from then.
  private func certifiedKey(
    of device: DeviceID, _ changes: [Change], _ batch: MergeBatch
  ) throws(ReplicaError) -> PublicKey {
    if let first = changes.first, first.ref.seq == 0 {
      guard case .introduce(let introduction) = first.operations.first, let key = introduction.key,
        DeviceID(key: key.publicKey, incarnation: key.incarnation, hash: cryptography.hash) == device
      else { throw .uncertified(device) }
      return key.publicKey
    }
    guard let key = try reading({ () throws(StorageError) in try batch.device(device) })?.key else {
      throw .uncertified(device)
    }
    return key
  }

  /// There is one root, it comes first, and the book is named after it.
  private func checkRoot(_ change: Change, isFirst: Bool) throws(ReplicaError) {
    let isRoot = change.header.fields.book == .zero
    guard isRoot == isFirst, !isRoot || BookID(root: change.id) == book else { throw .foreignRoot(change.ref) }
    if !isRoot && change.header.parents.isEmpty { throw .foreignRoot(change.ref) }
  }
}

extension Tip.Head {
  fileprivate init(_ index: ChangeIndex, in graph: EventGraph) {
    self.init(id: graph.id(at: index), ref: graph.ref(at: index), lamport: graph.lamport(at: index), index: index)
  }
}
