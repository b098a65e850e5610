extension RecordList {
  /// The gap directly behind the first `position` characters of the prepare version.
  mutating func gap(after position: Int) -> Gap {
    if position == 0 {
      return Gap(place: Place(leaf: groups[order[0]].leaves[0], slot: 0), left: .root, live: 0)
    }
    let found = find(prepared: position - 1)
    let place = split(found.place, at: found.offset + 1)
    let record = self[place]
    return Gap(
      place: Place(leaf: place.leaf, slot: place.slot + 1), left: record.first + found.offset,
      live: found.live + (record.isDead ? 0 : 1))
  }

  /// Inserts a record of new characters.
  mutating func insert(_ record: Record, at place: Place) {
    leafOf.append(contentsOf: repeatElement(-1, count: record.count))
    put(record, at: makingRoom(at: place))
  }

  /// Makes a record of the characters of one from an offset on, at most so many.
  mutating func isolate(_ place: Place, from offset: Int, atMost limit: Int) -> (place: Place, count: Int) {
    var place = place
    if offset > 0 {
      place = split(place, at: offset)
      place.slot += 1
    }
    place = split(place, at: limit)
    return (place, self[place].count)
  }

  /// Deletes a record in both versions.
  mutating func delete(_ place: Place) {
    update(place) {
      $0.prepared += 1
      $0.isDead = true
    }
  }

  /// Adds to the prepare state of a run, which consists of whole records.
  mutating func move(_ run: CharacterRun, by step: Int32) {
    var first = run.first
    while first < run.first + run.count {
      let place = place(of: first)
      update(place) { $0.prepared += step }
      first += self[place].count
    }
  }

  /// Cuts a record behind its first `count` characters, unless it has no more, and says where it is then; the rest is
  /// in the next slot of the same leaf.
  private mutating func split(_ place: Place, at count: Int) -> Place {
    guard count < self[place].count else { return place }
    // Room is made first, so that both halves end up in one leaf.
    let behind = makingRoom(at: Place(leaf: place.leaf, slot: place.slot + 1))
    let place = Place(leaf: behind.leaf, slot: behind.slot - 1)
    let slot = place.leaf * Self.leafSize + place.slot
    let before = CharacterCounts(slots[slot])
    let rest = slots[slot].split(at: count)
    self.count(CharacterCounts(slots[slot]), minus: before, in: place.leaf)
    index(slots[slot], in: place.leaf)
    put(rest, at: behind)
    return place
  }

  private mutating func update(_ place: Place, _ change: (inout Record) -> Void) {
    let slot = place.leaf * Self.leafSize + place.slot
    let before = CharacterCounts(slots[slot])
    change(&slots[slot])
    count(CharacterCounts(slots[slot]), minus: before, in: place.leaf)
  }

  /// Puts a record into a leaf that has room.
  mutating func put(_ record: Record, at place: Place) {
    let start = place.leaf * Self.leafSize
    var slot = leaves[place.leaf].count
    while slot > place.slot {
      slots[start + slot] = slots[start + slot - 1]
      slot -= 1
    }
    slots[start + place.slot] = record
    leaves[place.leaf].count += 1
    count(CharacterCounts(record), in: place.leaf)
    index(record, in: place.leaf)
  }

  /// The same place, in a leaf that has room for one more; the record before it, if any in its leaf, stays before it.
  private mutating func makingRoom(at place: Place) -> Place {
    guard leaves[place.leaf].count == Self.leafSize else { return place }
    let half = Self.leafSize / 2
    let sibling = addSibling(of: place.leaf)
    for slot in half..<Self.leafSize {
      let record = slots[place.leaf * Self.leafSize + slot]
      slots[sibling * Self.leafSize + slot - half] = record
      count(CharacterCounts(), minus: CharacterCounts(record), in: place.leaf)
      count(CharacterCounts(record), in: sibling)
      index(record, in: sibling)
    }
    leaves[place.leaf].count = half
    leaves[sibling].count = Self.leafSize - half
    return place.slot <= half ? place : Place(leaf: sibling, slot: place.slot - half)
  }

  /// An empty leaf behind another, in the same group or in a new one.
  private mutating func addSibling(of leaf: Int) -> Int {
    if groups[leaves[leaf].group].leaves.count == Self.groupSize { splitGroup(leaves[leaf].group) }
    let group = leaves[leaf].group
    let rank = leaves[leaf].rank + 1
    let sibling = leaves.count
    addLeaf(Leaf(group: group, rank: rank))
    for later in groups[group].leaves[rank...] { leaves[later].rank += 1 }
    groups[group].leaves.insert(sibling, at: rank)
    return sibling
  }

  private mutating func splitGroup(_ group: Int) {
    let half = Self.groupSize / 2
    let sibling = groups.count
    var new = Group(leaves: Array(groups[group].leaves[half...]), rank: groups[group].rank + 1)
    for (rank, leaf) in new.leaves.enumerated() {
      new.counts += leaves[leaf].counts
      leaves[leaf].group = sibling
      leaves[leaf].rank = rank
    }
    groups[group].leaves.removeSubrange(half...)
    groups[group].counts -= new.counts
    for later in order[new.rank...] { groups[later].rank += 1 }
    order.insert(sibling, at: new.rank)
    groups.append(new)
  }
}
