import Bytes
import Deflate
import Formats
import History
import PropertyTesting
import Signing
import Testing

/// How small runs are, beside one deflate stream over the bare files, which knows no fields and no ids.
struct SizeTests {
  @Test func `sixty notes with their history take no more than all files in one stream`() throws {
    let notes = MadeUpNotes(60)
    let (packed, bare) = try notes.sizes()
    print("60 notes of \(notes.byteCount) bytes: a run of \(packed), one stream of \(bare)")
    #expect(Double(packed) < 1.02 * Double(bare))
  }

  @Test func `what notes repeat over megabytes is sent once`() throws {
    let notes = MadeUpNotes(800)
    let (packed, bare) = try notes.sizes()
    print("800 notes of \(notes.byteCount) bytes: a run of \(packed), one stream of \(bare)")
    #expect(Double(packed) < 0.8 * Double(bare))
  }

  @Test func `a word changed in a note takes under 60 bytes of section`() throws {
    let fixture = try Fixture()
    let before = try #require(fixture.bens.last)
    let edit = TextEdit(position: 3_456, deleted: 7, inserted: "Thursday")
    let change = try Change(
      .init(
        book: fixture.book, ref: ChangeRef(device: fixture.ben.device, seq: 3), previous: before.id,
        parents: [before.id], time: 1_763_971_290),
      operations: [.edit(fixture.note, [edit])], hash: Signing.hash)
    let run = try fixture.run([change], by: fixture.ben)
    let size = bytes { writer in for section in run.sections { writer.put(section) } }.count
    print("a word: \(size) bytes of section, \(bytes { $0.put(run) }.count) of run, signature included")
    #expect(size < 60)
  }
}

/// Notes whose words come from one long text, as those of people who quote and copy do.
private struct MadeUpNotes {
  private(set) var changes: [Change] = []
  private var files: [UInt8] = []

  var byteCount: Int { files.count }

  init(_ count: Int) {
    var random = SeededRandom(seed: 60)
    let source = Self.source(using: &random)
    let device = DeviceID(number: 1)
    var draft = ChangeDraft(ref: ChangeRef(device: device, seq: 0))
    for number in 0..<count {
      func words(_ length: Int) -> String {
        var text = ""
        while text.utf8.count < length {
          let start = random.below(source.count - 12)
          text += source[start..<start + 2 + random.below(10)].joined(separator: " ") + " "
        }
        return text
      }
      let body = (0..<9).map { _ in words(520) }.joined(separator: "\n\n") + "\n"
      let fields = [
        ("title", words(30)), ("date", "2021-11-\(10 + number % 20)"), ("owner", words(8)), ("status", "open"),
      ]
      let entry = draft.create(kind: "note")
      draft.append(.set(entry, .path, [RegisterValue(ExactText("notes/note-\(number).md"))]))
      files += Array("---\n".utf8)
      for (index, (name, value)) in fields.enumerated() {
        let order = OrderKey.keys(4, after: nil, before: nil)?[index] ?? .middle
        let name = ExactText(name)
        draft.append(.set(entry, RegisterKey(.value, name), [RegisterValue(ExactText(value))]))
        draft.append(.set(entry, RegisterKey(.order, name), [RegisterValue(order.text)]))
        files += name.bytes + Array(": \(value)\n".utf8)
      }
      draft.append(.edit(entry, [TextEdit(position: 0, deleted: 0, inserted: ExactText(body))]))
      files += Array("---\n".utf8) + Array(body.utf8)
    }
    let fields = ChangeHeader.Fields(
      book: .zero, ref: draft.ref, previous: nil, parents: [], time: 1_763_971_200, origin: .imported)
    if let change = try? Change(fields, operations: draft.operations, hash: Signing.hash) { changes = [change] }
  }

  /// The run's bytes, and those of one deflate stream over all files.
  func sizes() throws -> (packed: Int, bare: Int) {
    let run = try RunCodec.pack(changes, signature: nil, refs: { _ in nil })
    let back = try RunCodec.unpack(run, book: .zero, previous: nil, ids: { _ in nil }, hash: Signing.hash)
    #expect(back == changes)
    return (bytes { $0.put(run) }.count, Deflate.pack(files).count)
  }

  /// 60,000 words, the common ones often.
  private static func source(using random: inout SeededRandom) -> [String] {
    let letters = Array("etaoinshrdlucmfwypvbgkjqxz")
    let words = (0..<6_000).map { _ in
      String((0..<2 + random.below(8)).map { _ in letters[random.below(1 + random.below(26))] })
    }
    return (0..<60_000).map { _ in words[random.below(1 + random.below(words.count))] }
  }
}
