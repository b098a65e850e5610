import Bytes

/// Finds a change by its id: a hash table of places in a list of ids, which it does not hold itself.
///
/// An id is a SHA-256 value, so its own first bytes spread well enough. Whoever would make many collide has to try
/// millions of changes for each, and wins a longer search among these.
struct ChangeIDTable: Sendable {
  /// Places, or `free`; a power of two, at most half of them taken.
  private var slots: [Int32] = []
  private var count = 0
  private static let free: Int32 = -1

  /// Makes room for so many.
  mutating func reserve(_ count: Int) {
    if slots.isEmpty { slots = Self.empty(for: count) }
  }

  func find(_ id: ChangeID, in ids: [ChangeID]) -> ChangeIndex? {
    guard !slots.isEmpty else { return nil }
    let slot = slot(of: id, in: ids)
    return slots[slot] == Self.free ? nil : ChangeIndex(Int(slots[slot]))
  }

  /// Adds the id that stands at a place of the list; one that is there already keeps its place.
  mutating func insert(_ index: ChangeIndex, of ids: [ChangeID]) {
    if 2 * (count + 1) > slots.count { grow(ids) }
    let slot = slot(of: ids[index.int], in: ids)
    guard slots[slot] == Self.free else { return }
    slots[slot] = index.rawValue
    count += 1
  }

  /// Where the id is, or where it would go.
  private func slot(of id: ChangeID, in ids: [ChangeID]) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: id.digest.firstWord) & mask
    while slots[slot] != Self.free, ids[Int(slots[slot])] != id { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow(_ ids: [ChangeID]) {
    let taken = slots.filter { $0 != Self.free }
    slots = Self.empty(for: 2 * taken.count + 8)
    for place in taken { slots[slot(of: ids[Int(place)], in: ids)] = place }
  }

  private static func empty(for count: Int) -> [Int32] {
    var size = 16
    while size < 2 * count { size *= 2 }
    return Array(repeating: free, count: size)
  }
}
