import Bytes
import Formats
import History
import PropertyTesting
import Signing
import Testing

struct RunCodecTests {
  @Test func `any stretch of a device's chain comes back with the same ids`() throws {
    try forAll(400) { random in
      let history = try RandomHistory(changes: 2 + random.below(40), using: &random)
      let (changes, previous) = history.stretch(using: &random)
      let run = try RunCodec.pack(changes, signature: nil) { id in
        changes.contains { $0.id == id } ? nil : history.ref(of: id)
      }
      #expect(run.count == changes.count)
      var writer = ByteWriter()
      writer.put(run)
      var reader = ByteReader(writer.bytes)
      let read = try reader.run()
      try reader.finish()
      try #require(read == run)
      let back = try RunCodec.unpack(
        read, book: history.book, previous: previous, ids: history.id(of:), hash: Signing.hash)
      try #require(back == changes)
    }
  }

  @Test func `as many changes are taken into a run as its limits allow, and no more`() throws {
    let device = DeviceID(number: 5)
    let entry = EntryID(creation: OperationRef(change: ChangeRef(device: device, seq: 0), index: 0))
    let text = ExactText(String(repeating: "x", count: 3 << 20))
    var changes: [Change] = []
    for seq in 0..<12 as Range<UInt64> {
      let edit = TextEdit(position: 0, deleted: 0, inserted: text)
      let operations: [Operation] =
        seq == 0 ? [.create(kind: "note")] : [.edit(entry, [edit]), .edit(entry, [edit])]
      changes.append(
        try Change(
          .init(
            book: .zero, ref: ChangeRef(device: device, seq: seq), previous: changes.last?.id, parents: [], time: 0),
          operations: operations, hash: Signing.hash))
    }
    let count = RunCodec.fitting(changes[...])
    #expect(count == 11)
    #expect(RunCodec.fitting(changes[11...]) == 1)
    #expect(throws: FormatError.overLimit(.bytes, limit: FormatLimits.run)) {
      try RunCodec.pack(changes, signature: nil, refs: { _ in nil })
    }
    let run = try RunCodec.pack(Array(changes[..<count]), signature: nil, refs: { _ in nil })
    let back = try RunCodec.unpack(run, book: .zero, previous: nil, ids: { _ in nil }, hash: Signing.hash)
    #expect(back == Array(changes[..<count]))
  }

  @Test func `a change with too many steps is not packed, since nobody would unpack it`() throws {
    let device = DeviceID(number: 5)
    let entry = EntryID(creation: OperationRef(change: ChangeRef(device: device, seq: 0), index: 0))
    let edits = [TextEdit](repeating: TextEdit(position: 0, deleted: 1, inserted: ""), count: FormatLimits.items)
    let change = try Change(
      .init(book: .zero, ref: ChangeRef(device: device, seq: 0), previous: nil, parents: [], time: 0),
      operations: [.create(kind: "note"), .edit(entry, edits)], hash: Signing.hash)
    #expect(throws: FormatError.overLimit(.items, limit: FormatLimits.items)) {
      try RunCodec.pack([change], signature: nil, refs: { _ in nil })
    }
  }
}
