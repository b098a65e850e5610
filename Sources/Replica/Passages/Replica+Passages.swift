import Bytes
package import History
package import Merge

extension Replica {
  /// The passages that two versions both changed since the newest version that both know, by path as both merged have
  /// it, and by place.
  ///
  /// None where one version holds the other, or in entries that both merged have deleted. `entries` limits the search.
  /// Cost: the changes that only one version holds, and the shapes of the edits of each text that both sides edited.
  /// Their letters are asked for only where there are passages; each run that holds some is unpacked once.
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
    var (pastOfA, pastOfB) = (PastCursor(), PastCursor())
    pastOfA.move(to: headsOfA, in: graph)
    pastOfB.move(to: headsOfB, in: graph)
    var texts: [EditedText] = []
    for id in edited.sorted() {
      guard let touches = try touches(of: id, pastOfA, pastOfB), let state = try entry(id, at: merged), state.isAlive
      else { continue }
      let text = EditedText(entry: state, touches: touches)
      let shape = text.history(in: graph).shapeOfSides {
        pastOfA.contains(touches[$0].index)
      } isInB: {
        pastOfB.contains(touches[$0].index)
      }
      if Passage.areThere(in: shape, merged: state.body) { texts.append(text) }
    }
    let letters = try letters(of: texts)
    var found: [(entry: EntryState, passages: [Passage])] = []
    for text in texts {
      let sides = text.history(in: graph, letters: letters[text.entry.id] ?? [:]).sides {
        pastOfA.contains(text.touches[$0].index)
      } isInB: {
        pastOfB.contains(text.touches[$0].index)
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

  /// The changes that edited a text and that two versions hold; nil where not both edited it.
  private func touches(
    of id: EntryID, _ pastOfA: PastCursor, _ pastOfB: PastCursor
  ) throws(ReplicaError) -> [Touch]? {
    let storage = storage
    let touches = try reading { () throws(StorageError) in try storage.touches(of: id) }.filter {
      !$0.shapes.isEmpty && (pastOfA.contains($0.index) || pastOfB.contains($0.index))
    }
    let isEditedByBoth =
      touches.contains { !pastOfA.contains($0.index) } && touches.contains { !pastOfB.contains($0.index) }
    return isEditedByBoth ? touches : nil
  }

  /// The edits of some texts with what they insert, by entry and change.
  private mutating func letters(
    of texts: [EditedText]
  ) throws(ReplicaError) -> [EntryID: [ChangeIndex: [TextEdit]]] {
    let entries = Set(texts.map(\.entry.id))
    var letters: [EntryID: [ChangeIndex: [TextEdit]]] = [:]
    for index in Set(texts.flatMap { $0.touches.map(\.index) }).sorted() {
      for case .edit(let entry, let edits) in try change(at: index).operations where entries.contains(entry) {
        letters[entry, default: [:]][index, default: []] += edits
      }
    }
    return letters
  }
}

/// A text that both of two versions edited: the entry as both merged have it, and the changes that edited it.
private struct EditedText {
  let entry: EntryState
  let touches: [Touch]

  /// Its edits; only their shapes where no letters are given.
  func history(in graph: EventGraph, letters: [ChangeIndex: [TextEdit]]? = nil) -> TextHistory {
    var history = TextHistory()
    var cursor = PastCursor()
    for touch in touches {
      cursor.move(to: graph.parents(of: touch.index), in: graph)
      let change = graph.ref(at: touch.index)
      func isBelow(_ number: Int) -> Bool { cursor.contains(touches[number].index) }
      if let letters {
        history.append(change, edits: letters[touch.index] ?? [], isBelow: isBelow)
      } else {
        history.append(change, shapes: touch.shapes, isBelow: isBelow)
      }
    }
    return history
  }
}
