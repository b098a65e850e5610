import Bytes
import History
import Merge
import PropertyTesting

/// Operations as a person, a late save, a conflict's resolution, or a later version of the program would make them.
struct RandomOperations {
  /// Whether some operations name entries that their author cannot have seen.
  var reachesUnseen = false
  /// Entries that somebody created, seen here or not.
  private(set) var created: [EntryID] = []

  static let values: [ExactText] = ["a", "b", "on the record", "off the record", "2021-11-10", "[[anne]]", "é"]
  static let fields: [ExactText] = ["title", "terms", "participants", "topics"]
  private static let keys =
    fields.map { RegisterKey(.value, $0) } + [.path, RegisterKey(.label, "title"), RegisterKey(.attribute, "fence")]
  private static let elements: [ExactText] = ["anne", "ben", "[[anne]]"]
  private static let alphabet = Array("abc XYé\u{301}\u{1F1EB}\u{1F1F7}\n中".unicodeScalars)

  /// Adds some operations on entries that the draft's author sees.
  mutating func fill(_ draft: inout ChangeDraft, _ states: [EntryState], using random: inout SeededRandom) {
    var lengths: [EntryID: Int] = [:]
    for state in states { lengths[state.id] = state.body.scalarCount }
    var seen = states.map(\.id)
    for _ in 0..<(1 + random.below(4)) {
      if seen.isEmpty || random.oneIn(10) && seen.count < 4 {
        let id = draft.create(kind: random.oneIn(3) ? "statement" : "note")
        created.append(id)
        seen.append(id)
        continue
      }
      var id = seen[random.below(seen.count)]
      if reachesUnseen, random.oneIn(8), !created.isEmpty { id = created[random.below(created.count)] }
      let state = states.first { $0.id == id }
      draft.append(Self.operation(on: id, state, length: &lengths[id, default: 0], at: draft, using: &random))
    }
    if random.oneIn(12) { draft.append(.introduce(Introduction(key: nil, name: Self.text(using: &random)))) }
    if random.oneIn(12) {
      draft.append(.unknown(UnknownOperation(type: 200, entry: nil, payload: random.bytes(random.below(5)))))
    }
  }

  private static func operation(
    on id: EntryID, _ state: EntryState?, length: inout Int, at draft: ChangeDraft, using random: inout SeededRandom
  ) -> Operation {
    switch random.below(20) {
    case 0..<7: return .edit(id, edits(&length, using: &random))
    case 7..<9:
      return .set(id, keys[random.below(keys.count)], [value(using: &random)])
    case 9..<11: return .set(id, .path, [RegisterValue(values[random.below(values.count)])])
    case 11..<12: return respelling(id, state, using: &random)
    case 12..<15:
      let keys = OrderKey.keys(8, after: nil, before: nil) ?? []
      return .add(id, field: field(using: &random), element(using: &random), at: keys[random.below(keys.count)])
    case 15..<17: return .remove(id, field: field(using: &random), element(using: &random))
    case 17: return .delete(id)
    case 18: return .keep(id)
    default: return .unknown(UnknownOperation(type: 40, entry: id, payload: random.bytes(random.below(5))))
    }
  }

  private static func edits(_ length: inout Int, using random: inout SeededRandom) -> [TextEdit] {
    (0..<(random.oneIn(4) ? 2 : 1)).map { _ in
      let isDeletion = length > 0 && random.oneIn(3)
      var position = random.oneIn(2) ? random.below(min(length, 2) + 1) : random.below(length + 1)
      if random.oneIn(30) { position += random.below(4) }
      let edit = TextEdit(
        position: position, deleted: isDeletion ? 1 + random.below(4) : 0,
        inserted: isDeletion && !random.oneIn(3) ? "" : text(using: &random))
      length += edit.inserted.scalarCount - max(0, min(edit.deleted, length - edit.position))
      return edit
    }
  }

  /// All open values again, the first in a new spelling.
  private static func respelling(
    _ id: EntryID, _ state: EntryState?, using random: inout SeededRandom
  ) -> Operation {
    let key = keys[random.below(keys.count)]
    var open = (state?.register(key)?.openValues ?? []).map { member in
      RegisterValue(content: member.value.content, from: member.value.from ?? member.stamp.operation)
    }
    guard !open.isEmpty else { return .set(id, key, [value(using: &random)]) }
    if let content = open[0].content {
      let respelled = RegisterValue.Content(source: ExactText("'\(content.plain.string)'"), plain: content.plain)
      open[0] = RegisterValue(content: respelled, from: open[0].from)
    }
    return .set(id, key, open)
  }

  private static func value(using random: inout SeededRandom) -> RegisterValue {
    random.oneIn(5) ? .absent : RegisterValue(values[random.below(values.count)])
  }

  private static func field(using random: inout SeededRandom) -> ExactText { fields[random.below(fields.count)] }

  private static func element(using random: inout SeededRandom) -> SetElement {
    SetElement(elements[random.below(elements.count)], ordinal: random.oneIn(5) ? 1 : 0)
  }

  private static func text(using random: inout SeededRandom) -> ExactText {
    var text = String.UnicodeScalarView()
    for _ in 0..<(1 + random.below(5)) { text.append(alphabet[random.below(alphabet.count)]) }
    return ExactText(String(text))
  }
}
