import Bytes
import PropertyTesting
import Testing

@Suite struct ExactTextTests {
  @Test func `two normalisations of a name are two texts`() {
    let (composed, decomposed) = (ExactText("\u{e9}"), ExactText("e\u{301}"))
    #expect(composed.string == decomposed.string, "Swift calls them equal")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect((composed.scalarCount, decomposed.scalarCount) == (1, 2))
  }

  @Test func `texts are ordered by their bytes`() {
    let texts: [ExactText] = ["a", "B", "\u{e9}", "z", "", "\u{1f600}", "\u{fffd}"]
    #expect(texts.sorted().map(\.string) == ["", "B", "a", "z", "\u{e9}", "\u{fffd}", "\u{1f600}"])
  }

  @Test func `a digest compares, and reads back, as its 32 bytes`() throws {
    try forAll(500) { random in
      let (one, other) = (random.bytes(32), random.bytes(32))
      let (first, second) = (try #require(Digest(one)), try #require(Digest(other)))
      try #require(first.bytes == one)
      try #require((first < second) == one.lexicographicallyPrecedes(other))
      try #require(first == Digest(one) && first != second)
    }
    #expect(Digest([1, 2, 3]) == nil)
    #expect(Digest.zero.bytes == Array(repeating: 0, count: 32))
  }

  @Test func `hexadecimal digits come back as the bytes they were`() throws {
    try forAll(200) { random in
      let bytes = random.bytes(random.below(40))
      try #require(Array(hex: bytes.hex) == bytes)
      try #require(Array(hex: bytes.hex.uppercased()) == bytes)
    }
    #expect(Array(hex: "abc") == nil)
    #expect(Array(hex: "zz") == nil)
    #expect(Array(hex: "\u{e9}0") == nil)
  }
}
