import Bytes
import PropertyTesting
import Testing

@Suite struct ByteReaderTests {
  @Test func `a number is written in as few bytes as hold it, and read back`() throws {
    let cases: [(UInt64, [UInt8])] = [
      (0, [0]), (1, [1]), (127, [0x7f]), (128, [0x80, 1]), (300, [0xac, 2]), (16_384, [0x80, 0x80, 1]),
      (.max, Array(repeating: 0xff, count: 9) + [1]),
    ]
    for (number, bytes) in cases {
      var writer = ByteWriter()
      writer.put(varint: number)
      #expect(writer.bytes == bytes)
      var reader = ByteReader(bytes)
      #expect(try reader.varint() == number)
      #expect(reader.isAtEnd)
    }
  }

  @Test(
    arguments: [
      ([], DecodingError.truncated(at: 0, missing: 1)), ([0x80], .truncated(at: 1, missing: 1)),
      ([0x80, 0], .notShortest(at: 0)), ([0xff, 0x80, 0], .notShortest(at: 0)),
      (Array(repeating: 0xff, count: 9) + [2], .outOfRange(at: 0, found: 2)),
      (Array(repeating: 0x80, count: 11), .outOfRange(at: 0, found: 128)),
    ] as [([UInt8], DecodingError)])
  func `a number in another spelling is refused`(bytes: [UInt8], expected: DecodingError) {
    var reader = ByteReader(bytes)
    #expect(throws: expected) { try reader.varint() }
  }

  @Test func `signed numbers of either end come back`() throws {
    for number in [0, -1, 1, -64, 63, Int64.min, Int64.max] {
      var writer = ByteWriter()
      writer.put(signed: number)
      var reader = ByteReader(writer.bytes)
      #expect(try reader.signedVarint() == number)
    }
  }

  @Test func `a length is believed only within the limit, and within the input`() {
    var above = ByteReader([200, 1, 0])
    #expect(throws: DecodingError.tooLong(at: 0, found: 200, limit: 100)) { try above.prefixed(limit: 100) }
    var missing = ByteReader([5, 1, 2])
    #expect(throws: DecodingError.truncated(at: 1, missing: 3)) { try missing.prefixed(limit: 100) }
    var huge = ByteReader(Array(repeating: 0xff, count: 9) + [1])
    #expect(throws: DecodingError.tooLong(at: 0, found: .max, limit: 4)) { try huge.count(limit: 4) }
  }

  @Test func `wrong UTF-8 is refused, never repaired`() {
    for bytes: [UInt8] in [[1, 0xff], [2, 0xc0, 0x80], [3, 0xed, 0xa0, 0x80]] {
      var reader = ByteReader(bytes)
      #expect(throws: DecodingError.invalidUTF8(at: 1)) { try reader.exactText(limit: 10) }
    }
  }

  @Test func `bytes behind the last item are refused`() throws {
    var reader = ByteReader([1, 2, 3])
    _ = try reader.byte()
    #expect(throws: DecodingError.trailing(at: 1, count: 2)) { try reader.finish() }
  }

  @Test func `any bytes either read as they were written or are refused`() throws {
    var read = 0
    try forAll(5_000) { random in
      let bytes = random.bytes(random.below(12))
      var reader = ByteReader(bytes)
      guard let number = try? reader.varint() else { return }
      var writer = ByteWriter()
      writer.put(varint: number)
      try #require(writer.bytes == Array(bytes.prefix(reader.offset)))
      read += 1
    }
    #expect(isReplay || read > 1_000)
  }
}
