extension RecordList {
  /// All records in document order.
  var all: [Record] {
    var all: [Record] = []
    for leaf in order.flatMap({ groups[$0].leaves }) {
      let start = leaf * Self.leafSize
      all.append(contentsOf: slots[start..<start + leaves[leaf].count])
    }
    return all
  }

  /// The record with the character at a position of the prepare version, and how many characters of the effect version
  /// come before that one. The position is below `totals.prepared`.
  func find(prepared position: Int) -> (place: Place, offset: Int, live: Int) {
    var rest = position
    var live = 0
    let group = group(holding: &rest, { $0.prepared }, passing: &live)
    let leaf = leaf(of: group, holding: &rest, { $0.prepared }, passing: &live)
    var slot = 0
    while true {
      let record = self[Place(leaf: leaf, slot: slot)]
      if record.isPrepared {
        if rest < record.count {
          return (Place(leaf: leaf, slot: slot), rest, live + (record.isDead ? 0 : rest))
        }
        rest -= record.count
      }
      if !record.isDead { live += record.count }
      slot += 1
    }
  }

  /// The record that holds a character.
  func place(of character: CharacterID) -> Place {
    var leaf = 0
    if character.isBase {
      var rest = character - .base
      var live = 0
      let group = group(holding: &rest, { $0.base }, passing: &live)
      leaf = self.leaf(of: group, holding: &rest, { $0.base }, passing: &live)
    } else {
      leaf = Int(leafOf[character])
    }
    var slot = 0
    while true {
      let record = self[Place(leaf: leaf, slot: slot)]
      if character >= record.first && character - record.first < record.count { return Place(leaf: leaf, slot: slot) }
      slot += 1
    }
  }

  /// Whether a character stands before another; each is the first or the last of a record, or root or end.
  func isBefore(_ a: CharacterID, _ b: CharacterID) -> Bool {
    if a == b || a == .end || b == .root { return false }
    if a == .root || b == .end { return true }
    let (first, second) = (place(of: a), place(of: b))
    if first == second { return a < b }
    if first.leaf == second.leaf { return first.slot < second.slot }
    let (left, right) = (leaves[first.leaf], leaves[second.leaf])
    if left.group == right.group { return left.rank < right.rank }
    return groups[left.group].rank < groups[right.group].rank
  }

  /// The record at a place, or the next one where the place is behind the last of its leaf; nil at the end.
  func normalized(_ place: Place) -> Place? {
    if place.slot < leaves[place.leaf].count { return place }
    let leaf = leaves[place.leaf]
    let siblings = groups[leaf.group].leaves
    if leaf.rank + 1 < siblings.count { return Place(leaf: siblings[leaf.rank + 1], slot: 0) }
    let rank = groups[leaf.group].rank + 1
    return rank < order.count ? Place(leaf: groups[order[rank]].leaves[0], slot: 0) : nil
  }

  func place(after place: Place) -> Place? { normalized(Place(leaf: place.leaf, slot: place.slot + 1)) }

  @inline(__always)
  private func group(
    holding rest: inout Int, _ count: (CharacterCounts) -> Int, passing live: inout Int
  ) -> Int {
    for group in order {
      let counts = groups[group].counts
      if rest < count(counts) { return group }
      rest -= count(counts)
      live += counts.live
    }
    preconditionFailure("a position beyond the text")
  }

  @inline(__always)
  private func leaf(
    of group: Int, holding rest: inout Int, _ count: (CharacterCounts) -> Int, passing live: inout Int
  ) -> Int {
    for leaf in groups[group].leaves {
      let counts = leaves[leaf].counts
      if rest < count(counts) { return leaf }
      rest -= count(counts)
      live += counts.live
    }
    preconditionFailure("a group whose leaves count less than it does")
  }
}
