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
      let run = try RunCodec.pack(changes, signature: nil, refs: history.ref(of:))
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

  @Test func `a word changed in a note takes under 60 bytes of section`() throws {
    let (device, other) = (DeviceID(number: .max), DeviceID(number: 77))
    let entry = EntryID(creation: OperationRef(change: ChangeRef(device: other, seq: 3), index: 1_234))
    let before = try Change(
      .init(
        book: .zero, ref: ChangeRef(device: device, seq: 0), previous: nil, parents: [], time: 1_763_971_200),
      operations: [], hash: Signing.hash)
    let edit = TextEdit(position: 3_456, deleted: 7, inserted: "Thursday")
    let change = try Change(
      .init(
        book: .zero, ref: ChangeRef(device: device, seq: 1), previous: before.id, parents: [before.id],
        time: 1_763_971_290),
      operations: [.edit(entry, [edit])], hash: Signing.hash)
    let run = try RunCodec.pack([change], signature: nil, refs: { _ in nil })
    var writer = ByteWriter()
    for section in run.sections { writer.put(section) }
    print("a word: \(writer.count) bytes of section")
    #expect(writer.count < 60)
  }
}
