/// A character of a walk: numbered from 0 where the zone inserted it, from `base` where it stood in the text before.
typealias CharacterID = Int

extension CharacterID {
  /// To the left of everything.
  static let root = -1
  /// To the right of everything.
  static let end = Int.max
  /// The first character of the text before the zone.
  static let base = 1 << 48

  var isBase: Bool { self >= .base && self != .end }
}

/// Consecutively numbered characters.
struct CharacterRun {
  let first: CharacterID
  let count: Int
}

/// A run of characters that stand together and share their state.
struct Record {
  /// Character k has the number `first` + k.
  var first: CharacterID
  var count: Int
  /// What stood directly to the left of the first one when it was inserted; that of character k > 0 is the one before.
  var left: CharacterID
  /// The right parent of the first one; that of the others is the end.
  var right: CharacterID
  /// In the prepare version: 0 not inserted, 1 there, 1 + n deleted n times. Passes through other values during moves.
  var prepared: Int32
  /// Deleted in the effect version; never goes back.
  var isDead: Bool

  var isPrepared: Bool { prepared == 1 }

  /// Cuts off and returns what lies behind the first `count` characters.
  mutating func split(at count: Int) -> Record {
    var rest = self
    rest.first = first + count
    rest.count = self.count - count
    rest.left = rest.first - 1
    rest.right = .end
    self.count = count
    return rest
  }
}

/// How many characters of a stretch count for what.
struct CharacterCounts: Equatable {
  /// There in the prepare version.
  var prepared = 0
  /// There in the effect version.
  var live = 0
  /// From before the zone, deleted or not.
  var base = 0

  init() {}

  init(_ record: Record) {
    prepared = record.isPrepared ? record.count : 0
    live = record.isDead ? 0 : record.count
    base = record.first.isBase ? record.count : 0
  }

  static func += (a: inout Self, b: Self) {
    a.prepared += b.prepared
    a.live += b.live
    a.base += b.base
  }

  static func -= (a: inout Self, b: Self) {
    a.prepared -= b.prepared
    a.live -= b.live
    a.base -= b.base
  }
}

/// The records of a zone in document order, those not inserted and those deleted among them.
///
/// Leaves of up to 32 records stand in groups of up to 64 leaves; both know their counts, so that a position is found
/// in three short scans. A character inserted in the zone leads to its leaf by its number, one from before the zone by
/// its rank among its like.
struct RecordList {
  /// A record by its leaf and its slot there; one slot behind the last means behind it. Insertions and splits move it.
  struct Place: Equatable {
    var leaf: Int
    var slot: Int
  }

  /// Between two records.
  struct Gap {
    var place: Place
    /// The character on the left.
    let left: CharacterID
    /// Characters of the effect version before it.
    var live: Int
  }

  struct Leaf {
    var count = 0
    var group: Int
    /// Its place in the group.
    var rank: Int
    var counts = CharacterCounts()
  }

  struct Group {
    var leaves: [Int]
    /// Its place among the groups.
    var rank: Int
    var counts = CharacterCounts()
  }

  static let leafSize = 32
  static let groupSize = 64

  /// The records of leaf k begin at `leafSize` * k.
  var slots: [Record] = []
  var leaves: [Leaf] = []
  var groups: [Group] = []
  /// Groups in document order.
  var order: [Int] = []
  /// The leaf of each character of the zone that is the first or last of a record; of others, nothing is known.
  var leafOf: [Int32] = []
  private(set) var totals = CharacterCounts()

  /// Characters that the zone has inserted so far.
  var insertedCount: Int { leafOf.count }

  subscript(place: Place) -> Record { slots[place.leaf * Self.leafSize + place.slot] }

  /// Begins a zone on a text of `base` characters.
  mutating func reset(base: Int) {
    slots.removeAll(keepingCapacity: true)
    leaves.removeAll(keepingCapacity: true)
    groups.removeAll(keepingCapacity: true)
    leafOf.removeAll(keepingCapacity: true)
    totals = CharacterCounts()
    groups.append(Group(leaves: [0], rank: 0))
    order = [0]
    addLeaf(Leaf(group: 0, rank: 0))
    if base > 0 {
      let text = Record(first: .base, count: base, left: .root, right: .end, prepared: 1, isDead: false)
      put(text, at: Place(leaf: 0, slot: 0))
    }
  }

  mutating func addLeaf(_ leaf: Leaf) {
    leaves.append(leaf)
    let empty = Record(first: .end, count: 0, left: .root, right: .end, prepared: 0, isDead: true)
    slots.append(contentsOf: repeatElement(empty, count: Self.leafSize))
  }

  /// Counts a record's characters in, or out, everywhere.
  mutating func count(_ change: CharacterCounts, minus old: CharacterCounts = CharacterCounts(), in leaf: Int) {
    var difference = change
    difference -= old
    leaves[leaf].counts += difference
    groups[leaves[leaf].group].counts += difference
    totals += difference
  }

  /// Remembers where a record is.
  mutating func index(_ record: Record, in leaf: Int) {
    guard !record.first.isBase else { return }
    leafOf[record.first] = Int32(truncatingIfNeeded: leaf)
    leafOf[record.first + record.count - 1] = Int32(truncatingIfNeeded: leaf)
  }
}
