import Bytes
import Formats
import History
import Merge
import PropertyTesting
import Replica
import Signing
import Testing

/// Two or three people at laptops of their own, in a few words: for examples.
struct Desk {
  var world: World
  private var random = SeededRandom(seed: 7)

  init(_ count: Int = 2, isSigned: Bool = false) throws {
    world =
      isSigned
      ? try World(count, Signing.cryptography, identity: { Identity.real($0, using: &$1) }, using: &random)
      : try World(count, using: &random)
    try meet()
  }

  /// Everybody gets everything.
  mutating func meet() throws { try world.exchangeAll(using: &random) }

  /// Records one change of one person, on the newest version unless told otherwise.
  @discardableResult
  mutating func change(
    _ person: Int, on version: Version? = nil, _ operations: [History.Operation]
  ) throws -> [PackedRun] {
    try world.record(person, on: [version]) { draft, _ in
      for operation in operations { draft.append(operation) }
    }
  }

  /// An entry that everybody has.
  mutating func entry(_ kind: ExactText = "note", path: ExactText = "a.md", body: ExactText = "") throws -> EntryID {
    var created: EntryID?
    try world.record(0, on: [nil]) { draft, _ in
      let id = draft.create(kind: kind)
      created = id
      draft.append(.set(id, .path, [RegisterValue(path)]))
      if !body.isEmpty { draft.append(.edit(id, [TextEdit(position: 0, deleted: 0, inserted: body)])) }
    }
    try meet()
    return try #require(created)
  }

  func state(_ entry: EntryID, at person: Int = 0) throws -> EntryState {
    try #require(world.laptops[person].storage.entry(entry))
  }

  func conflicts(_ entry: EntryID, at person: Int = 0) throws -> [EntryConflict] {
    EntryConflict.all(in: try state(entry, at: person))
  }

  func device(_ person: Int) -> DeviceID { world.laptops[person].identity.device }

  func version(_ person: Int = 0) -> Version { world.laptops[person].replica.version }

  func tip(_ person: Int) -> Tip { world.laptops[person].replica.tip }

  mutating func receive(_ runs: [PackedRun], at person: Int) throws { try world.receive(runs, at: person) }
}

extension [EntryConflict] {
  /// What stands against what, in order.
  var values: [[EntryConflict.Value]] { map { $0.sides.map(\.value) } }
}

extension EntryConflict.Value {
  static func plain(_ text: ExactText) -> EntryConflict.Value {
    .text(RegisterValue.Content(source: text, plain: text))
  }
}
