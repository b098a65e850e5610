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
}
