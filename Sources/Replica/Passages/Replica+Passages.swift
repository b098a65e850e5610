import Bytes
package import History
package import Merge

extension Replica {
  /// The passages that two versions both changed since the newest version that both know, by path as both merged have
  /// it, and by place.
  ///
  /// None where one version holds the other, or in entries that both merged have deleted. `entries` limits the search.
  /// Cost: the changes that only one version holds, and of each text that both sides edited the history since the last
  /// checkpoint that both hold.
  package mutating func passages(
    _ a: Version, _ b: Version, of entries: Set<EntryID>? = nil
  ) throws(ReplicaError) -> [(entry: EntryState, passages: [Passage])] {
    let graph = try graph()
    let (headsOfA, headsOfB) = (try indices(of: a), try indices(of: b))
    let (onlyA, onlyB) = graph.difference(from: headsOfA, to: headsOfB)
    guard !onlyA.isEmpty && !onlyB.isEmpty else { return [] }
    let edited: Set<EntryID>
    if let entries {
      edited = entries
    } else {
      edited = try editedTexts(in: onlyA).intersection(editedTexts(in: onlyB))
    }
    let merged = graph.version(of: graph.reduced(headsOfA + headsOfB))
    var (pastOfA, pastOfB) = (PastCursor(at: graph), PastCursor(at: graph))
    pastOfA.move(to: headsOfA, in: graph)
    pastOfB.move(to: headsOfB, in: graph)
    var found: [(entry: EntryState, passages: [Passage])] = []
    for id in edited.sorted() {
      guard let sides = try sides(of: id, pastOfA, pastOfB), let state = try entry(id, at: merged), state.isAlive else {
        continue
      }
      let passages = Passage.all(in: sides, of: id, hash: cryptography.hash)
      if !passages.isEmpty { found.append((state, passages)) }
    }
    return found.sorted { (EntryView.path(of: $0.entry), $0.entry.id) < (EntryView.path(of: $1.entry), $1.entry.id) }
  }

  /// The entries whose text some changes edited.
  private mutating func editedTexts(in changes: [ChangeIndex]) throws(ReplicaError) -> Set<EntryID> {
    var edited: Set<EntryID> = []
    for index in changes {
      for case .edit(let entry, _) in try change(at: index).operations { edited.insert(entry) }
    }
    return edited
  }

  /// The text of an entry in two versions, side by side; nil where not both edited it.
  private mutating func sides(
    of id: EntryID, _ pastOfA: PastCursor, _ pastOfB: PastCursor
  ) throws(ReplicaError) -> TextSides? {
    let (graph, storage) = (try graph(), storage)
    let body = try reading { () throws(StorageError) in
      try storage.bodyHistory(of: id, in: graph) { pastOfA.contains($0) && pastOfB.contains($0) }
    }
    let edits = body.touches.map(\.index).filter { pastOfA.contains($0) || pastOfB.contains($0) }
    guard edits.contains(where: { !pastOfA.contains($0) }), edits.contains(where: { !pastOfB.contains($0) }) else {
      return nil
    }
    var history = TextHistory()
    if let checkpoint = body.checkpoint {
      let whole = TextEdit(position: 0, deleted: 0, inserted: checkpoint.text)
      history.append(graph.ref(at: checkpoint.index), edits: [whole]) { _ in false }
    }
    let indices = (body.checkpoint.map { [$0.index] } ?? []) + edits
    var cursor = PastCursor(at: graph)
    for index in edits {
      var edits: [TextEdit] = []
      for case .edit(id, let more) in try change(at: index).operations { edits += more }
      cursor.move(to: graph.parents(of: index), in: graph)
      history.append(graph.ref(at: index), edits: edits) { cursor.contains(indices[$0]) }
    }
    return history.sides {
      pastOfA.contains(indices[$0])
    } isInB: {
      pastOfB.contains(indices[$0])
    }
  }
}
