import Bytes
package import Formats
import History
import Merge

extension Replica {
  /// Takes runs of other devices (or this one's own, come back) in an order where parents come first, and merges them.
  ///
  /// What is known already is passed over. On an error nothing of the runs may be kept: the caller's transaction rolls
  /// back, and this value is not used again.
  @discardableResult
  package mutating func receive(_ runs: [PackedRun]) throws(ReplicaError) -> Merged {
    var graph = try self.graph()
    var batch = MergeBatch(storage)
    var cursor = PastCursor(at: graph)
    var arrived: [ChangeIndex] = []
    var own = tip.own
    for run in runs where run.last >= graph.vector[run.device] {
      let changes = try unpack(run, graph)
      var rows: [ChangeRow] = []
      for change in changes where change.ref.seq >= graph.vector[run.device] {
        try checkRoot(change, isFirst: graph.count == 0)
        let index: ChangeIndex
        do { index = try graph.add(change.header, id: change.id) } catch { throw .history(error) }
        let parents = graph.parents(of: index)
        cursor.move(to: parents, in: graph)
        do {
          try batch.apply(change, at: index, lamport: graph.lamport(at: index)) { ref in
            graph.index(of: ref).map(cursor.contains) ?? false
          }
        } catch { throw .storage(error) }
        rows.append(
          ChangeRow(
            index: index, id: change.id, ref: change.ref, parents: Array(parents), time: change.header.fields.time,
            origin: change.header.fields.origin, message: change.header.fields.message))
        arrived.append(index)
        if change.ref.device == tip.device {
          own = Tip.Head(id: change.id, ref: change.ref, lamport: graph.lamport(at: index), index: index)
        }
      }
      let storage = storage
      try reading { () throws(StorageError) in try storage.append(run, rows) }
    }
    do {
      try batch.rewriteBodies(in: graph)
      try batch.save()
    } catch { throw .storage(error) }
    var tip = tip
    tip.count = graph.count
    tip.own = own
    tip.heads = graph.heads.map {
      Tip.Head(id: graph.id(at: $0), ref: graph.ref(at: $0), lamport: graph.lamport(at: $0), index: $0)
    }
    try advance(to: tip, graph: graph)
    return Merged(changes: arrived, before: batch.before)
  }

  /// The run's changes, once its signature and its device are what they claim to be.
  private func unpack(_ run: PackedRun, _ graph: EventGraph) throws(ReplicaError) -> [Change] {
    let previous = run.first == 0 ? nil : graph.index(of: ChangeRef(device: run.device, seq: run.first - 1))
    let changes: [Change]
    do {
      changes = try RunCodec.unpack(
        run, book: book, previous: previous.map { graph.id(at: $0) },
        ids: { graph.index(of: $0).map { graph.id(at: $0) } }, hash: cryptography.hash)
    } catch { throw .format(error) }
    guard checksSignatures, let last = changes.last else { return changes }
    let key = try certifiedKey(of: run.device, changes)
    guard let signature = run.signature,
      cryptography.verify(signature, ChainSignature.message(book: book, ref: last.ref, id: last.id), key)
    else { throw .signature(last.ref) }
    return changes
  }

  /// The device's key: from its first change, whose introduction must make its id, or as known from then.
  private func certifiedKey(of device: DeviceID, _ changes: [Change]) throws(ReplicaError) -> PublicKey {
    if let first = changes.first, first.ref.seq == 0 {
      guard case .introduce(let introduction) = first.operations.first, let key = introduction.key,
        DeviceID(key: key.publicKey, incarnation: key.incarnation, hash: cryptography.hash) == device
      else { throw .uncertified(device) }
      return key.publicKey
    }
    let storage = storage
    guard let key = try reading({ () throws(StorageError) in try storage.device(device) })?.key else {
      throw .uncertified(device)
    }
    return key
  }

  /// There is one root, it comes first, and the book is named after it.
  private func checkRoot(_ change: Change, isFirst: Bool) throws(ReplicaError) {
    guard checksSignatures else { return }
    let isRoot = change.header.fields.book == .zero
    guard isRoot == isFirst, !isRoot || BookID(root: change.id) == book else { throw .foreignRoot(change.ref) }
    if !isRoot && change.header.parents.isEmpty { throw .foreignRoot(change.ref) }
  }
}
