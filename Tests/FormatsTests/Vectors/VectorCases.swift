import Bytes
import Deflate
import Formats
import History
import Signing

/// Every golden file, made from parts that can be made wrong one at a time.
struct VectorCases {
  private(set) var all: [Vector] = []
  let fixture: Fixture

  init() throws {
    fixture = try Fixture()
    addHeaders()
    addBodies()
    try addSections()
    try addRuns()
    try addRunLimits()
    try addFiles()
    addLightFiles()
  }

  /// Files of one case; `name` begins with the numbers that it shows.
  mutating func add(
    _ name: String, _ what: Vector.What, _ bytes: [UInt8], _ expect: String = "ok", _ context: JSON = .null
  ) {
    all.append(Vector(name: name, what: what, context: context, bytes: bytes, expect: expect))
  }
}

/// A small real history: Anne founds the book and writes a note, Ben joins in.
struct Fixture {
  let anne: Writer
  let ben: Writer
  let book: BookID
  /// Anne's: the root, a note with fields, an edit of it on top of Ben's.
  let annes: [Change]
  /// Ben's: who he is, and two edits on Anne's note.
  let bens: [Change]
  let note: EntryID

  struct Writer {
    let key: DeviceKey
    let incarnation: Incarnation
    let device: DeviceID

    init(_ seed: UInt8) {
      guard let key = DeviceKey(rawRepresentation: [UInt8](repeating: seed, count: 32)),
        let incarnation = Incarnation([UInt8](repeating: seed, count: 8))
      else { preconditionFailure("keys have 32 bytes, incarnations 8") }
      self.key = key
      self.incarnation = incarnation
      device = DeviceID(key: key.publicKey, incarnation: incarnation, hash: Signing.hash)
    }

    func introduction(_ name: ExactText) -> Operation {
      .introduce(Introduction(key: .init(publicKey: key.publicKey, incarnation: incarnation), name: name))
    }

    func sign(_ change: Change, in book: BookID) -> Signature {
      key.sign(ChainSignature.message(book: book, ref: change.ref, id: change.id))
    }
  }

  init() throws {
    let (anne, ben) = (Writer(1), Writer(2))
    let root = try Change(
      .init(book: .zero, ref: ChangeRef(device: anne.device, seq: 0), previous: nil, parents: [], time: 1_763_971_200),
      operations: [anne.introduction("Anne Martin"), .found(nonce: Array(0..<16))], hash: Signing.hash)
    let book = BookID(root: root.id)
    func change(
      _ writer: Writer, _ seq: UInt64, after previous: Change?, on parents: [Change], _ operations: [Operation],
      origin: Origin = .typed, message: ExactText = ""
    ) throws -> Change {
      try Change(
        .init(
          book: book, ref: ChangeRef(device: writer.device, seq: seq), previous: previous?.id,
          parents: parents.map(\.id).sorted(), time: 1_763_971_200 + 60 * Int64(seq) + Int64(parents.count),
          origin: origin, message: message),
        operations: operations, hash: Signing.hash)
    }
    let second = ChangeRef(device: anne.device, seq: 1)
    let note = EntryID(creation: OperationRef(change: second, index: 0))
    let body = TextEdit(position: 0, deleted: 0, inserted: "The dinner begins at eight.\n")
    let first = try change(
      anne, 1, after: root, on: [root],
      [
        .create(kind: "note"), .set(note, .path, [RegisterValue("notes/dinner.md")]),
        .set(note, RegisterKey(.value, "title"), [.init(content: .init(source: "\"Dinner\"", plain: "Dinner"))]),
        .set(note, RegisterKey(.order, "title"), [RegisterValue("V")]),
        .add(note, field: "participants", SetElement("Ben Jonson"), at: .middle), .edit(note, [body]),
      ], origin: .imported)
    let hello = try change(ben, 0, after: nil, on: [root], [ben.introduction("Ben Jonson")])
    let word = TextEdit(position: 21, deleted: 5, inserted: "nine")
    let edit = try change(
      ben, 1, after: hello, on: [hello, first], [.edit(note, [word]), .need(level: 2)], message: "later")
    let title = RegisterKey(.value, "title")
    let more = try change(
      ben, 2, after: edit, on: [edit],
      [
        .set(note, title, [.absent]), .remove(note, field: "participants", SetElement("Ben Jonson")),
        .edit(
          note, [TextEdit(position: 0, deleted: 3, inserted: "A"), TextEdit(position: 1, deleted: 0, inserted: "n")]),
      ])
    let last = try change(
      anne, 2, after: first, on: [first, edit], [.keep(note), .set(note, title, [RegisterValue("Dîner 🍽")])],
      origin: .undo(of: edit.id))
    self.anne = anne
    self.ben = ben
    self.book = book
    self.note = note
    annes = [root, first, last]
    bens = [hello, edit, more]
  }

  var all: [Change] { annes + bens }

  /// What a reader has: all changes but those of the run, and the one before it.
  func context(previous: Change?, without run: [Change] = []) -> JSON {
    let known = all.filter { change in !run.contains { $0.id == change.id } }.map { change in
      JSON.object([
        "device": .text(change.ref.device.bytes.hex), "seq": .number(change.ref.seq),
        "id": .text(change.id.digest.bytes.hex),
      ])
    }
    return .object([
      "book": .text(book.digest.bytes.hex), "previous": previous.map { .text($0.id.digest.bytes.hex) },
      "known": .list(known),
    ])
  }

  func ref(of id: ChangeID) -> ChangeRef? { all.first { $0.id == id }?.ref }

  /// A real run of some of the changes, signed.
  func run(_ changes: [Change], by writer: Writer) throws -> PackedRun {
    try RunCodec.pack(
      changes, signature: changes.last.map { writer.sign($0, in: book) }, refs: ref(of:))
  }
}

// MARK: Parts

/// Bytes put together.
func bytes(_ build: (inout ByteWriter) -> Void) -> [UInt8] {
  var writer = ByteWriter()
  build(&writer)
  return writer.bytes
}

func varint(_ value: UInt64) -> [UInt8] { bytes { $0.put(varint: value) } }
func signed(_ value: Int64) -> [UInt8] { bytes { $0.put(signed: value) } }
func text(_ text: String) -> [UInt8] { bytes { $0.put(text: text) } }
func prefixed(_ raw: [UInt8]) -> [UInt8] { bytes { $0.put(prefixed: raw) } }

/// A section; what it says about itself can be wrong.
func section(
  _ kind: UInt8, _ raw: [UInt8], deflated: Bool = false, size: UInt64? = nil, rawCount: UInt64? = nil,
  packed: [UInt8]? = nil, isSpoiled: Bool = false
) -> [UInt8] {
  let packed = packed ?? (deflated ? Deflate.pack(raw, level: 9) : raw)
  return bytes { writer in
    writer.put(byte: kind)
    writer.put(varint: (size ?? UInt64(packed.count)) << 1 | (deflated ? 1 : 0))
    if deflated { writer.put(varint: rawCount ?? UInt64(raw.count)) }
    let checksum = Deflate.checksum(packed) ^ (isSpoiled ? 1 : 0)
    for shift in [24, 16, 8, 0] as [UInt32] { writer.put(byte: UInt8(truncatingIfNeeded: checksum >> shift)) }
    writer.put(packed)
  }
}

/// A run's head and the sections behind it.
func run(
  _ device: DeviceID, first: UInt64 = 0, count: UInt64 = 1, sectionCount: UInt64? = nil, _ sections: [[UInt8]]
) -> [UInt8] {
  bytes { writer in
    writer.put(device.bytes)
    writer.put(varint: first)
    writer.put(varint: count << 1)
    writer.put(varint: sectionCount ?? UInt64(sections.count))
    for section in sections { writer.put(section) }
  }
}

/// What a section of columns holds.
func columns(_ pieces: KeyValuePairs<UInt8, [UInt8]>) -> [UInt8] {
  bytes { writer in
    for (column, piece) in pieces {
      writer.put(byte: column)
      writer.put(prefixed: piece)
    }
  }
}
