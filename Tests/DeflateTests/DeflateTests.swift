import Deflate
import PropertyTesting
import Testing

@Suite struct DeflateTests {
  @Test func `what was packed unpacks to the same bytes, at every level and strategy`() throws {
    try forAll(60) { random in
      let raw = random.mixedBytes(upTo: 4_000)
      let level = random.below(10)
      for strategy in Deflate.Strategy.allCases {
        let packed = Deflate.pack(raw, level: level, strategy: strategy)
        try #require(try Deflate.unpack(packed, rawCount: raw.count) == raw)
      }
    }
  }

  @Test func `bytes without any pattern pack at every level and short length, though zlib's bound is wrong for some`()
    throws
  {
    var random = SeededRandom(seed: 9)
    let noise = random.bytes(700)
    for count in 0...noise.count {
      let raw = Array(noise[..<count])
      for level in 0...2 { try #require(try Deflate.unpack(Deflate.pack(raw, level: level), rawCount: count) == raw) }
    }
  }

  @Test func `nothing packs and unpacks as nothing`() throws {
    let packed = Deflate.pack([])
    #expect(packed == [0x03, 0x00])
    #expect(try Deflate.unpack(packed, rawCount: 0) == [])
  }

  @Test func `a text of a mebibyte comes back whole, and smaller on the way`() throws {
    let raw = Array(String(repeating: "The delegation arrives at the south gate. ", count: 25_000).utf8)
    let packed = Deflate.pack(raw)
    #expect(packed.count < raw.count / 100)
    #expect(try Deflate.unpack(packed, rawCount: raw.count) == raw)
  }

  @Test func `the stream is raw deflate as RFC 1951 writes it`() throws {
    // A stored block and a fixed block, by hand from the RFC.
    #expect(try Deflate.unpack([0x01, 0x03, 0x00, 0xfc, 0xff, 0x61, 0x62, 0x63], rawCount: 3) == Array("abc".utf8))
    #expect(try Deflate.unpack([0x4b, 0x4c, 0x4a, 0x06, 0x00], rawCount: 3) == Array("abc".utf8))
  }

  @Test func `a stream with more bytes than declared is refused`() {
    let packed = Deflate.pack(Array("abcdef".utf8))
    #expect(throws: DeflateError.longerThanDeclared(declared: 5)) { try Deflate.unpack(packed, rawCount: 5) }
    #expect(throws: DeflateError.longerThanDeclared(declared: 0)) { try Deflate.unpack(packed, rawCount: 0) }
    #expect(throws: DeflateError.longerThanDeclared(declared: -1)) { try Deflate.unpack(packed, rawCount: -1) }
  }

  @Test func `a stream with fewer bytes than declared is refused`() {
    let packed = Deflate.pack(Array("abcdef".utf8))
    #expect(throws: DeflateError.shorterThanDeclared(declared: 7)) { try Deflate.unpack(packed, rawCount: 7) }
    #expect(throws: DeflateError.shorterThanDeclared(declared: 1)) { try Deflate.unpack([], rawCount: 1) }
  }

  @Test func `a claim beyond what deflate can hold is refused, however large`() {
    let packed = Deflate.pack(Array("abcdef".utf8))
    #expect(throws: DeflateError.shorterThanDeclared(declared: 1 << 29)) {
      try Deflate.unpack(packed, rawCount: 1 << 29)
    }
    #expect(throws: DeflateError.overLimit(Deflate.byteLimit)) { try Deflate.unpack(packed, rawCount: .max) }
  }

  @Test func `a bomb of 64 MiB of zeros that claims a kibibyte is refused after a kibibyte`() {
    let bomb = Deflate.pack([UInt8](repeating: 0, count: 64 << 20), level: 9)
    #expect(bomb.count < 70_000)
    #expect(throws: DeflateError.longerThanDeclared(declared: 1_024)) { try Deflate.unpack(bomb, rawCount: 1_024) }
  }

  @Test func `deflate never grows by more than its limit`() throws {
    let raw = [UInt8](repeating: 0, count: 64 << 20)
    let packed = Deflate.pack(raw, level: 9)
    #expect(raw.count / packed.count < Deflate.ratioLimit)
    #expect(try Deflate.unpack(packed, rawCount: raw.count).count == raw.count)
  }

  @Test func `bytes behind the stream are refused, and their place is named`() {
    let packed = Deflate.pack(Array("abcdef".utf8))
    #expect(throws: DeflateError.trailing(at: packed.count, count: 2)) {
      try Deflate.unpack(packed + [0, 1], rawCount: 6)
    }
    // Two streams are not one.
    #expect(throws: DeflateError.trailing(at: packed.count, count: packed.count)) {
      try Deflate.unpack(packed + packed, rawCount: 6)
    }
  }

  @Test func `a stream cut anywhere is refused`() {
    let raw = Array("The delegation arrives at the south gate at 10:30, the delegation leaves at 11:15.".utf8)
    let packed = Deflate.pack(raw)
    for end in 0..<packed.count {
      #expect(throws: DeflateError.self) { try Deflate.unpack(Array(packed[..<end]), rawCount: raw.count) }
    }
    #expect(throws: DeflateError.truncated(at: packed.count - 1)) {
      try Deflate.unpack(packed.dropLast(), rawCount: raw.count)
    }
  }

  @Test func `bytes that are no stream are refused where they go wrong`() {
    // Block type 3 is reserved.
    #expect(throws: DeflateError.corrupt(at: 1)) { try Deflate.unpack([0x07, 0x00], rawCount: 1) }
    // A stored block whose length and its complement disagree.
    #expect(throws: DeflateError.corrupt(at: 5)) {
      try Deflate.unpack([0x01, 0x03, 0x00, 0xfc, 0xfe, 0x61, 0x62, 0x63], rawCount: 3)
    }
    // A zlib header (78 9c) is not raw deflate.
    #expect(throws: DeflateError.self) {
      try Deflate.unpack([0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0x00, 0x02, 0x4d, 0x01, 0x27], rawCount: 3)
    }
  }

  @Test func `flipped, cut and random bytes give an error or bytes of the declared count, never a crash`() throws {
    try forAll(400) { random in
      let raw = random.mixedBytes(upTo: 600)
      var packed = random.oneIn(4) ? random.bytes(random.below(200)) : Deflate.pack(raw, level: random.below(10))
      for _ in 0..<random.below(4) where !packed.isEmpty {
        packed[random.below(packed.count)] ^= UInt8(1 << random.below(8))
      }
      if random.oneIn(3) { packed.removeLast(random.below(packed.count + 1)) }
      let declared = random.oneIn(2) ? raw.count : random.below(5_000)
      do {
        let unpacked = try Deflate.unpack(packed, rawCount: declared)
        try #require(unpacked.count == declared)
      } catch is DeflateError {}
    }
  }

  @Test func `the checksum is the CRC-32 of gzip and PNG`() {
    #expect(Deflate.checksum([]) == 0)
    #expect(Deflate.checksum(Array("123456789".utf8)) == 0xcbf4_3926)
    #expect(Deflate.checksum([0, 0, 0, 0]) == 0x2144_df1c)
  }
}

extension SeededRandom {
  /// Words, runs and noise by turns: all that makes deflate choose between its kinds of block.
  mutating func mixedBytes(upTo limit: Int) -> [UInt8] {
    let words = ["delegation", "gate", "the ", "at 10:30, ", "\n", "élysée", "bilateral meeting "]
    let count = below(limit + 1)
    var out: [UInt8] = []
    while out.count < count {
      switch below(4) {
      case 0: out += bytes(below(30))
      case 1: out += [UInt8](repeating: UInt8(truncatingIfNeeded: next()), count: below(400))
      default: for _ in 0..<below(20) { out += Array(words[below(words.count)].utf8) }
      }
    }
    return out
  }
}
