package import Bytes
package import History
package import Merge

/// Something about an entry that only a person can settle.
package struct EntryConflict: Equatable, Sendable {
  package let subject: Subject
  /// The values that nobody has settled, last by the history's order first; at least two.
  package let sides: [Side]

  package enum Subject: Hashable, Sendable {
    /// A field with several values.
    case field(ExactText)
    /// Renamed differently by several people.
    case path
    /// Deleted by one while another was writing; the entry stays.
    case deletion
  }

  package struct Side: Equatable, Sendable {
    package let value: Value
    /// The change that this side came from: who and when.
    package let change: ChangeRef
    /// The event that set it.
    package let event: OperationRef
  }

  package enum Value: Equatable, Sendable {
    case absent
    case text(RegisterValue.Content)
    case elements([SetElement])
    case deleted
    case edited
  }

  /// All conflicts of an entry: deletion, path, then fields by name.
  package static func all(in state: EntryState) -> [EntryConflict] {
    var found: [EntryConflict] = []
    if case .disputed(let deletions, let edits) = state.life {
      let sides =
        deletions.map { Side(value: .deleted, change: $0.change, event: $0.operation) }
        + edits.map { Side(value: .edited, change: $0.change, event: $0.operation) }
      found.append(EntryConflict(subject: .deletion, sides: sides))
    }
    if let path = state.register(.path), path.openValues.count > 1 {
      found.append(EntryConflict(subject: .path, sides: path.openValues.map(Side.init)))
    }
    for name in disputableFields(of: state) {
      var sides = (state.register(RegisterKey(.value, name))?.openValues ?? []).map(Side.init)
      if let set = state.set(name) {
        // A register that only says "absent" has been left for the set.
        sides.removeAll { $0.value == .absent }
        guard !sides.isEmpty, let newest = set.elements.max(by: { $0.stamp < $1.stamp })?.stamp else { continue }
        sides.append(
          Side(value: .elements(set.elements.map(\.element)), change: newest.change, event: newest.operation))
      }
      if sides.count > 1 { found.append(EntryConflict(subject: .field(name), sides: sides)) }
    }
    return found
  }

  /// The fields that have several values or elements, by name: no other can be in conflict.
  private static func disputableFields(of state: EntryState) -> [ExactText] {
    let registers = state.registers.filter { $0.key.role == .value && $0.register.members.count > 1 }
    return Set(registers.map(\.key.name) + state.sets.map(\.field)).sorted()
  }
}

extension EntryConflict.Side {
  init(_ member: Register.Member) {
    value = member.value.content.map { .text($0) } ?? .absent
    event = member.value.from ?? member.stamp.operation
    change = event.change
  }
}
