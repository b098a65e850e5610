package import History

/// The values of one field that nobody has settled: all sets of the register that no other set has seen.
///
/// A function of the changes alone. There is no cap here: dropping the lowest of too many would make the rest depend on
/// the order of arrival. The history itself bounds them.
package struct Register: Equatable, Sendable {
  /// By the history's order, last first; values of one event in the order in which it named them.
  package private(set) var members: [Member]

  /// One value, and the event that set it.
  package struct Member: Equatable, Sendable {
    package let stamp: Stamp
    /// Which of the event's values this is, from 0.
    package let place: UInt8
    package let value: RegisterValue

    package init(stamp: Stamp, place: UInt8, value: RegisterValue) {
      self.stamp = stamp
      self.place = place
      self.value = value
    }
  }

  /// A register that nobody has set.
  package init() { members = [] }

  init(members: [Member]) { self.members = members }

  /// Puts values in the place of those that the event has seen. `isBelow` answers for the parents of the stamp's change.
  ///
  /// Cost: one question a member.
  package mutating func set(_ values: [RegisterValue], at stamp: Stamp, isBelow: (ChangeRef) -> Bool) {
    members.removeAll { $0.stamp.isBelow(stamp, isBelow) }
    let place = members.firstIndex { $0.stamp < stamp } ?? members.count
    members.insert(
      contentsOf: values.prefix(ChangeLimits.values).enumerated().map {
        Member(stamp: stamp, place: UInt8($0.offset), value: $0.element)
      }, at: place)
  }

  /// The members with different plain text, the first of each, at most `ChangeLimits.values`; absence is a value. More
  /// than one is a conflict.
  package var openValues: [Member] {
    var open: [Member] = []
    for member in members where !open.contains(where: { $0.value.content?.plain == member.value.content?.plain }) {
      open.append(member)
      if open.count == ChangeLimits.values { break }
    }
    return open
  }
}

extension Stamp {
  /// Whether the event at `later` has seen this one: in an earlier operation of the same change, or through its parents.
  func isBelow(_ later: Stamp, _ isBelow: (ChangeRef) -> Bool) -> Bool {
    change == later.change ? operation.index < later.operation.index : isBelow(change)
  }
}
