import Bytes
import Formats
import History
import Merge
import Signing

extension Meaning {
  /// What a light snapshot means.
  func light(_ file: LightSnapshotFile) -> JSON {
    .object([
      "book": .text(file.book.digest.bytes.hex),
      "version": .list(file.version.heads.map { .text($0.digest.bytes.hex) }), "level": .number(file.level),
      "devices": .list(
        file.devices.map { .list([.text($0.device.bytes.hex), .number($0.count), .text($0.name.string)]) }),
      "entries": .list(file.entries.map(state)), "id": .text(file.id(hash: Signing.hash).bytes.hex),
    ])
  }

  private func state(_ state: EntryState) -> JSON {
    .object([
      "entry": .text(name(state.id.creation)), "kind": .text(state.kind.string),
      "lamport": .number(state.creation.lamport),
      "registers": .list(state.registers.map(register)), "sets": .list(state.sets.map(set)),
      "deletions": .list(state.deletions.map { .text(event($0)) }),
      "touches": .list(state.touches.map { .text(event($0)) }),
      "heads": .list(state.bodyHeads.map { .text("\($0.device.bytes.hex):\($0.seq)") }),
      "edits": .number(state.bodyEdits), "body": .text(state.body.string),
    ])
  }

  private func register(_ keyed: EntryState.KeyedRegister) -> JSON {
    .object([
      "role": .number(keyed.key.role.rawValue), "name": .text(keyed.key.name.string),
      "members": .list(
        keyed.register.members.map { member in
          let content = member.value.content
          return .object([
            "event": .text(event(member.stamp)), "place": .number(member.place),
            "source": content.map { .text($0.source.string) }, "plain": content.map { .text($0.plain.string) },
            "from": member.value.from.map { .text(name($0)) },
          ])
        }),
    ])
  }

  private func set(_ field: EntryState.FieldSet) -> JSON {
    .object([
      "field": .text(field.field.string),
      "elements": .list(
        field.set.elements.map { element in
          .object([
            "element": .text(element.element.text.string), "ordinal": .number(element.element.ordinal),
            "event": .text(event(element.stamp)), "order": .text(element.order.text.string),
          ])
        }),
    ])
  }

  private func event(_ stamp: Stamp) -> String { "\(name(stamp.operation))@\(stamp.lamport)" }
}
