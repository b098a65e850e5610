import Bytes
package import History
package import Merge
package import Record

extension Replica {
  /// An entry as it is in the newest version; nil when there is none of that id.
  package func entry(_ id: EntryID) throws(ReplicaError) -> EntryState? {
    let storage = storage
    return try reading { () throws(StorageError) in try storage.entry(id) }
  }

  /// An entry as a version had it, deleted or not; nil when that version does not know it.
  ///
  /// Replays the changes that touched the entry, out of their packed runs.
  package mutating func entry(_ id: EntryID, at version: Version) throws(ReplicaError) -> EntryState? {
    if version == self.version { return try entry(id) }
    let storage = storage
    let touches = try reading { () throws(StorageError) in try storage.touches(of: id) }
    return try replay(touches.map(\.index), at: version, only: [id]).first
  }

  /// Every entry of a version, deleted ones included, in the order of their creation.
  package mutating func entries(at version: Version) throws(ReplicaError) -> [EntryState] {
    try replay(graph().indices.map { ChangeIndex($0) }, at: version, only: nil)
  }

  /// The heads of a version, in this replica's numbers; `noSuchVersion` when one is not here.
  package mutating func indices(of version: Version) throws(ReplicaError) -> [ChangeIndex] {
    do { return try graph().indices(of: version) } catch { throw .noSuchVersion }
  }

  private mutating func replay(
    _ candidates: [ChangeIndex], at version: Version, only: Set<EntryID>?
  ) throws(ReplicaError) -> [EntryState] {
    let graph = try graph()
    var past = PastCursor()
    past.move(to: try indices(of: version), in: graph)
    var cursor = PastCursor()
    var batch = MergeBatch(MemoryStorage())
    for index in candidates where past.contains(index) {
      let change = try self.change(at: index)
      cursor.move(to: graph.parents(of: index), in: graph)
      do {
        try batch.apply(change, at: index, lamport: graph.lamport(at: index), only: only) { ref in
          graph.index(of: ref).map(cursor.contains) ?? false
        }
      } catch { throw .storage(error) }
    }
    do { try batch.rewriteBodies(in: graph) } catch { throw .storage(error) }
    return batch.states
  }

  /// What differs between two versions, by entry: the entries that a change of only one of them touched.
  ///
  /// Unpacks each run that touched one of these once a version. `context` is what showing an entry asks of the book.
  package mutating func compare(
    _ old: Version, _ new: Version,
    in context: (EntryState) throws(StorageError) -> DisplayContext
  ) throws(ReplicaError) -> Comparison {
    let graph = try graph()
    let (onlyOld, onlyNew) = graph.difference(from: try indices(of: old), to: try indices(of: new))
    var touched: Set<EntryID> = []
    for index in onlyOld + onlyNew {
      let change = try self.change(at: index)
      for (place, operation) in change.operations.enumerated() {
        if let id = operation.entry(at: place, of: change.ref) { touched.insert(id) }
      }
    }
    let before = try entries(touched, at: old)
    let after = try entries(touched, at: new)
    var entries: [EntryComparison] = []
    for id in touched.sorted() {
      let comparison = try reading { () throws(StorageError) in
        try EntryComparison(id, from: before[id], to: after[id], in: context)
      }
      if let comparison { entries.append(comparison) }
    }
    return Comparison(entries: entries.sorted { ($0.path, $0.id) < ($1.path, $1.id) })
  }

  /// The entries of a set that a version knows.
  private mutating func entries(
    _ ids: Set<EntryID>, at version: Version
  ) throws(ReplicaError) -> [EntryID: EntryState] {
    var states: [EntryID: EntryState] = [:]
    let storage = storage
    if version == self.version {
      for id in ids { states[id] = try reading { () throws(StorageError) in try storage.entry(id) } }
      return states
    }
    var touches: Set<ChangeIndex> = []
    for id in ids {
      let own = try reading { () throws(StorageError) in try storage.touches(of: id) }
      touches.formUnion(own.map(\.index))
    }
    for state in try replay(touches.sorted(), at: version, only: ids) { states[state.id] = state }
    return states
  }

  /// The log's rows of a version's past, newest first, at most `limit`.
  package mutating func log(of version: Version, limit: Int) throws(ReplicaError) -> [ChangeRow] {
    let graph = try graph()
    let newestFirst = graph.newest(limit, below: try indices(of: version))
    var rows: [ChangeRow] = []
    let storage = storage
    for index in newestFirst {
      if let row = try reading({ () throws(StorageError) in try storage.row(at: index) }) { rows.append(row) }
    }
    return rows
  }
}

extension EntryState {
  /// Whether a version shows the entry at all.
  package var isAlive: Bool { life != .deleted }
}
