package import History

/// The elements of a field of several values: a removal takes out the additions that it has seen, and no other.
///
/// Removals leave nothing behind: an addition that arrives after one has not been seen by it.
package struct ElementSet: Equatable, Sendable {
  /// One for each element that is there, ascending.
  private(set) var slots: [Slot]

  struct Slot: Equatable, Sendable {
    let element: SetElement
    /// Additions that no other operation on the element has seen, by the history's order, last first; at least one.
    var additions: [Addition]
  }

  struct Addition: Equatable, Sendable {
    let stamp: Stamp
    let order: OrderKey
  }

  package init() { slots = [] }

  init(slots: [Slot]) { self.slots = slots }

  package var isEmpty: Bool { slots.isEmpty }

  /// What is there, in order; where and since when, by the last addition of each.
  package var elements: [(element: SetElement, order: OrderKey, stamp: Stamp)] {
    slots.compactMap { slot in slot.additions.first.map { (slot.element, $0.order, $0.stamp) } }
      .sorted { ($0.order, $0.stamp) < ($1.order, $1.stamp) }
  }

  package func contains(_ element: SetElement) -> Bool {
    let place = place(of: element)
    return place < slots.count && slots[place].element == element
  }

  /// `isBelow` answers for the parents of the stamp's change, here and in `remove`.
  package mutating func add(
    _ element: SetElement, at order: OrderKey, stamp: Stamp, isBelow: (ChangeRef) -> Bool
  ) {
    let place = place(of: element)
    if place == slots.count || slots[place].element != element {
      slots.insert(Slot(element: element, additions: []), at: place)
    }
    slots[place].additions.removeAll { $0.stamp.isBelow(stamp, isBelow) }
    let rank = slots[place].additions.firstIndex { $0.stamp < stamp } ?? slots[place].additions.count
    slots[place].additions.insert(Addition(stamp: stamp, order: order), at: rank)
  }

  package mutating func remove(_ element: SetElement, stamp: Stamp, isBelow: (ChangeRef) -> Bool) {
    let place = place(of: element)
    guard place < slots.count, slots[place].element == element else { return }
    slots[place].additions.removeAll { $0.stamp.isBelow(stamp, isBelow) }
    if slots[place].additions.isEmpty { slots.remove(at: place) }
  }

  private func place(of element: SetElement) -> Int {
    slots.partitioningIndex { $0.element >= element }
  }
}
