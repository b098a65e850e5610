import History

extension TextWalker {
  mutating func delete(_ count: Int, at position: Int, into output: inout EditCollector) {
    var rest = count
    while rest > 0 {
      // The character at the position that the prepare version shows: what is not inserted there, or deleted, is skipped.
      let found = records.find(prepared: position)
      let (place, taken) = records.isolate(found.place, from: found.offset, atMost: rest)
      let record = records[place]
      if !record.isDead { output.delete(taken, at: found.live) }
      records.delete(place)
      targets.append(CharacterRun(first: record.first, count: taken))
      rest -= taken
    }
  }

  mutating func insert(
    _ operation: TextOperation, of edit: Int, at position: Int, in history: TextHistory,
    into output: inout EditCollector
  ) {
    var gap = records.gap(after: position)
    let right = rightParent(of: gap)
    integrate(&gap, right: right, edit: edit, history)
    let first = records.insertedCount
    records.insert(
      Record(
        first: first, count: operation.insertedCount, left: gap.left, right: right, prepared: 1, isDead: false),
      at: gap.place)
    if authors.last?.edit != edit { authors.append((first, edit)) }
    output.insert(operation.inserted, at: gap.live)
  }

  /// The next character that the prepare version knows, deleted or not, where it is a child of the same left one; else
  /// the end. This is the reference's rule; conformance case 621 tells it from the raw right neighbour.
  private func rightParent(of gap: RecordList.Gap) -> CharacterID {
    var place = records.normalized(gap.place)
    while let next = place {
      let record = records[next]
      if record.prepared != 0 { return record.left == gap.left ? record.first : .end }
      place = records.place(after: next)
    }
    return .end
  }

  /// Moves a gap past the concurrent insertions that come first (Fugue's order; the paper's `integrate`).
  private func integrate(
    _ gap: inout RecordList.Gap, right: CharacterID, edit: Int, _ history: TextHistory
  ) {
    let left = gap.left
    var live = gap.live
    var scanning = false
    var place = records.normalized(gap.place)
    while let next = place, records[next].prepared == 0 {
      let other = records[next]
      if other.left == left {
        if other.right == right {
          if history.changes[edit] < history.changes[author(of: other.first)] { return }
          scanning = false
        } else {
          scanning = records.isBefore(other.right, right)
        }
      } else if records.isBefore(other.left, left) {
        return
      }
      // Otherwise it hangs off a sibling: it goes where the sibling goes.
      if !other.isDead { live += other.count }
      place = records.place(after: next)
      if !scanning {
        gap.place = RecordList.Place(leaf: next.leaf, slot: next.slot + 1)
        gap.live = live
      }
    }
  }

  private func author(of character: CharacterID) -> Int {
    authors[authors.partitioningIndex { $0.first > character } - 1].edit
  }
}
