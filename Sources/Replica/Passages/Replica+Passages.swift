import Bytes
package import History
package import Merge

extension Replica {
  /// The passages that two versions both changed since the newest version that both know, by path as both merged have
  /// it, and by place.
  ///
  /// None where one version holds the other, or in entries that both merged have deleted. `entries` limits the search.
  /// Cost: the changes that only one version holds, and of each text that both sides edited the shapes of the edits since
  /// the last checkpoint that both hold. Their letters are asked for only where there are passages; each run that holds
  /// some is unpacked once.
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
    var texts: [EditedText] = []
    for id in edited.sorted() {
      guard let body = try history(of: id, pastOfA, pastOfB), let state = try entry(id, at: merged), state.isAlive
      else { continue }
      let text = EditedText(entry: state, body: body)
      let shape = text.history(in: graph).shapeOfSides {
        pastOfA.contains(text.indices[$0])
      } isInB: {
        pastOfB.contains(text.indices[$0])
      }
      if Passage.areThere(in: shape, merged: state.body) { texts.append(text) }
    }
    let letters = try letters(of: texts)
    var found: [(entry: EntryState, passages: [Passage])] = []
    for text in texts {
      let sides = text.history(in: graph, letters: letters[text.entry.id] ?? [:]).sides {
        pastOfA.contains(text.indices[$0])
      } isInB: {
        pastOfB.contains(text.indices[$0])
      }
      found.append((text.entry, Passage.all(in: sides, of: text.entry.id, hash: cryptography.hash)))
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

  /// The edits of a text that either of two versions holds, since a checkpoint that both hold; nil where not both edited it.
  private mutating func history(
    of id: EntryID, _ pastOfA: PastCursor, _ pastOfB: PastCursor
  ) throws(ReplicaError) -> BodyHistory? {
    let (graph, storage) = (try graph(), storage)
    let body = try reading { () throws(StorageError) in
      try storage.bodyHistory(of: id, in: graph) { pastOfA.contains($0) && pastOfB.contains($0) }
    }
    let touches = body.touches.filter { pastOfA.contains($0.index) || pastOfB.contains($0.index) }
    let isEditedByBoth =
      touches.contains { !pastOfA.contains($0.index) } && touches.contains { !pastOfB.contains($0.index) }
    return isEditedByBoth ? BodyHistory(checkpoint: body.checkpoint, touches: touches) : nil
  }

  /// The edits of some texts with what they insert, by entry and change.
  private mutating func letters(
    of texts: [EditedText]
  ) throws(ReplicaError) -> [EntryID: [ChangeIndex: [TextEdit]]] {
    let entries = Set(texts.map(\.entry.id))
    var letters: [EntryID: [ChangeIndex: [TextEdit]]] = [:]
    for index in Set(texts.flatMap { $0.body.touches.map(\.index) }).sorted() {
      for case .edit(let entry, let edits) in try change(at: index).operations where entries.contains(entry) {
        letters[entry, default: [:]][index, default: []] += edits
      }
    }
    return letters
  }
}

/// A text that both of two versions edited: the entry as both merged have it, and the edits.
private struct EditedText {
  let entry: EntryState
  let body: BodyHistory
  /// The changes of its history: the checkpoint's, where there is one, and those behind it.
  let indices: [ChangeIndex]

  init(entry: EntryState, body: BodyHistory) {
    self.entry = entry
    self.body = body
    indices = (body.checkpoint.map { [$0.index] } ?? []) + body.touches.map(\.index)
  }

  /// Its edits; only their shapes where no letters are given.
  func history(in graph: EventGraph, letters: [ChangeIndex: [TextEdit]]? = nil) -> TextHistory {
    var history = TextHistory()
    if let checkpoint = body.checkpoint {
      let change = graph.ref(at: checkpoint.index)
      if letters == nil {
        let whole = EditShape(position: 0, deleted: 0, inserted: checkpoint.text.scalarCount)
        history.append(change, shapes: [whole]) { _ in false }
      } else {
        history.append(change, edits: [TextEdit(position: 0, deleted: 0, inserted: checkpoint.text)]) { _ in false }
      }
    }
    var cursor = PastCursor(at: graph)
    for touch in body.touches {
      cursor.move(to: graph.parents(of: touch.index), in: graph)
      let change = graph.ref(at: touch.index)
      func isBelow(_ number: Int) -> Bool { cursor.contains(indices[number]) }
      if let letters {
        history.append(change, edits: letters[touch.index] ?? [], isBelow: isBelow)
      } else {
        history.append(change, shapes: touch.shapes, isBelow: isBelow)
      }
    }
    return history
  }
}
