import Deflate
import PropertyTesting
import Testing

@Suite struct LongRangeTests {
  @Test func `what was split joins to the same bytes`() throws {
    try forAll(30) { random in
      let raw = random.farRepeats(upTo: 200_000)
      try #require(try LongRange.join(LongRange.split(raw), rawCount: raw.count) == raw)
    }
  }

  @Test func `a text above the finer grain's border joins to the same bytes`() throws {
    var random = SeededRandom(seed: 7)
    let block = random.bytes(30_000)
    var raw: [UInt8] = []
    while raw.count < 5 << 20 {
      let start = random.below(29_000)
      raw += block[start..<start + random.below(1_000)]
      raw.append(random.bytes(1)[0])
    }
    let matches = LongRange.split(raw)
    #expect(matches.literals.count < raw.count / 50)
    #expect(try LongRange.join(matches, rawCount: raw.count) == raw)
  }

  @Test func `nothing and short texts stay literals`() throws {
    for count in [0, 1, 23, 24_000, 24_024] {
      let raw = [UInt8](repeating: 7, count: count)
      #expect(LongRange.split(raw) == LongRange.Matches(literals: raw))
      #expect(try LongRange.join(LongRange.Matches(literals: raw), rawCount: count) == raw)
    }
  }

  @Test func `a passage pasted from far back becomes one copy`() throws {
    var random = SeededRandom(seed: 1)
    let passage = random.bytes(500)
    let far = passage + random.bytes(40_000) + passage + random.bytes(100)
    let matches = LongRange.split(far)
    #expect(matches.gaps == [40_500])
    #expect(matches.lengths == [500])
    #expect(matches.sources == [0])
    #expect(try LongRange.join(matches, rawCount: far.count) == far)
  }

  @Test func `a passage pasted from nearby is left to deflate`() {
    var random = SeededRandom(seed: 1)
    let passage = random.bytes(500)
    let near = random.bytes(30_000) + passage + random.bytes(5_000) + passage
    #expect(LongRange.split(near).gaps.isEmpty)
  }

  @Test func `a run far longer than the distance is copied without reaching into itself`() throws {
    let raw = [UInt8](repeating: 32, count: 1 << 20)
    let matches = LongRange.split(raw)
    #expect(matches.literals.count <= 24_000)
    #expect(try LongRange.join(matches, rawCount: raw.count) == raw)
  }

  @Test func `a copy grown backwards does not reach into itself either`() throws {
    var random = SeededRandom(seed: 2)
    let block = random.bytes(25_000)
    let raw = random.bytes(1) + block + block + block
    let matches = LongRange.split(raw)
    #expect(!matches.gaps.isEmpty)
    #expect(try LongRange.join(matches, rawCount: raw.count) == raw)
  }

  @Test func `copies may follow one another and copy what was copied`() throws {
    let matches = LongRange.Matches(
      gaps: [2, 0, 1], lengths: [2, 4, 3], sources: [0, 0, 6], literals: Array("abcd".utf8))
    #expect(try LongRange.join(matches, rawCount: 13) == Array("ababababcabcd".utf8))
  }

  @Test func `matches that do not add up are refused`() {
    let literals = Array("abcd".utf8)
    func join(_ gaps: [UInt32], _ lengths: [UInt32], _ sources: [UInt32], _ rawCount: Int) throws(LongRangeError) {
      _ = try LongRange.join(
        LongRange.Matches(gaps: gaps, lengths: lengths, sources: sources, literals: literals), rawCount: rawCount)
    }
    #expect(throws: LongRangeError.unevenColumns) { try join([1], [1], [], 5) }
    #expect(throws: LongRangeError.unevenColumns) { try join([1], [], [0], 5) }
    #expect(throws: LongRangeError.literalsMissing(match: 0)) { try join([5], [1], [0], 6) }
    #expect(throws: LongRangeError.literalsMissing(match: 1)) { try join([3, 2], [1, 1], [0, 0], 7) }
    #expect(throws: LongRangeError.sourceAhead(match: 0)) { try join([2], [1], [2], 5) }
    #expect(throws: LongRangeError.sourceAhead(match: 0)) { try join([2], [3], [0], 7) }
    #expect(throws: LongRangeError.sourceAhead(match: 0)) { try join([2], [.max], [.max], .max) }
    #expect(throws: LongRangeError.longerThanDeclared(declared: 5)) { try join([2], [2], [0], 5) }
    #expect(throws: LongRangeError.longerThanDeclared(declared: -1)) { try join([], [], [], -1) }
    #expect(throws: LongRangeError.shorterThanDeclared(declared: 7)) { try join([2], [2], [0], 7) }
    #expect(throws: LongRangeError.shorterThanDeclared(declared: .max)) { try join([2], [2], [0], .max) }
  }

  @Test func `a copy that doubles itself stops at the declared count`() {
    let lengths = (0..<30).map { UInt32(1) << UInt32($0) }
    let bomb = LongRange.Matches(
      gaps: [1] + [UInt32](repeating: 0, count: 29), lengths: lengths, sources: [UInt32](repeating: 0, count: 30),
      literals: [0])
    #expect(throws: LongRangeError.longerThanDeclared(declared: 1_024)) {
      try LongRange.join(bomb, rawCount: 1_023 + 1)
    }
  }

  @Test func `random matches give an error or the declared count, never a crash`() throws {
    try forAll(500) { random in
      let count = random.below(6)
      func column(_ random: inout SeededRandom) -> [UInt32] {
        (0..<count).map { _ in random.oneIn(20) ? UInt32(truncatingIfNeeded: random.next()) : UInt32(random.below(6)) }
      }
      let matches = LongRange.Matches(
        gaps: column(&random), lengths: column(&random), sources: column(&random),
        literals: random.bytes(random.below(12)))
      let declared = random.below(40)
      do {
        try #require(try LongRange.join(matches, rawCount: declared).count == declared)
      } catch is LongRangeError {}
    }
  }
}

extension SeededRandom {
  /// Fresh bytes and pieces of what came before, from anywhere.
  fileprivate mutating func farRepeats(upTo limit: Int) -> [UInt8] {
    let count = below(limit)
    var out = bytes(100)
    while out.count < count {
      if oneIn(3) {
        out += bytes(below(60))
      } else {
        let start = below(out.count)
        out += Array(out[start..<min(out.count, start + below(3_000))])
      }
    }
    return out
  }
}
