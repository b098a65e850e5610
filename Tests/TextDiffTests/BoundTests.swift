import PropertyTesting
import Testing
import TextDiff

/// Work is bounded, whatever the texts. The limit is some fifty times what a text takes (1 MiB in a release build: 0.12
/// to 0.2 s on two shared cores), so that only another order of growth breaks it, and no slow machine. Debug builds are
/// some 30 times slower, and take an eighth of the text.
@Suite(.serialized) struct BoundTests {
  private let limit = Duration.seconds(10)
  #if DEBUG
    private let size = 1 << 17
  #else
    private let size = 1 << 20
  #endif

  private func check(_ old: String, _ new: String) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let edits = TextDiff.edits(from: old, to: new)
    try #require(clock.now - start < limit)
    var rebuilt = String.UnicodeScalarView()
    var rest = Substring(old).unicodeScalars
    var written = 0
    for edit in edits {
      let kept = rest.prefix(edit.position - written)
      rebuilt.append(contentsOf: kept)
      rebuilt.append(contentsOf: edit.inserted.unicodeScalars)
      rest = rest.dropFirst(kept.count + edit.deleted)
      written = edit.position + edit.inserted.unicodeScalars.count
    }
    rebuilt.append(contentsOf: rest)
    try #require(rebuilt.elementsEqual(new.unicodeScalars))
  }

  @Test func `a long text rewritten from end to end`() throws {
    var random = SeededRandom(seed: 3)
    try check(random.prose(scalars: size), random.prose(scalars: size))
  }

  @Test func `a long text with every sixth line in another place`() throws {
    var random = SeededRandom(seed: 4)
    let lines = random.prose(scalars: size).split(separator: "\n", omittingEmptySubsequences: false)
    var moved = lines
    for _ in 0..<lines.count / 6 { moved.swapAt(random.below(lines.count), random.below(lines.count)) }
    try check(lines.joined(separator: "\n"), moved.joined(separator: "\n"))
  }

  @Test func `texts that repeat one line, one word, one sign, or one letter`() throws {
    try check(String(repeating: "a\n", count: size / 4), String(repeating: "b\na\n", count: size / 8))
    try check(String(repeating: "a b ", count: size / 8), String(repeating: "b b a ", count: size / 10))
    try check(String(repeating: "\u{301}", count: size), String(repeating: "\u{301}", count: size + 1))
    try check(String(repeating: "a", count: size) + "b", String(repeating: "a", count: size + 1))
  }

  @Test func `words in reverse order`() throws {
    let words = (0..<size / 12).map { "w\($0)x" }
    try check(words.joined(separator: " "), words.reversed().joined(separator: " "))
    try check(words.joined(separator: "\n"), words.reversed().joined(separator: "\n"))
  }

  @Test func `words that are all alike, and words of a thousand letters`() throws {
    let short = ["abcdefg", "abcdefh", "bbcdefi", "zbcdefi", "abcdefz", "ybcdefi"]
    var random = SeededRandom(seed: 5)
    func text(_ count: Int, _ words: ArraySlice<String>) -> String {
      (0..<count).map { _ in words[words.startIndex + random.below(words.count)] }.joined(separator: " ")
    }
    try check(text(size / 16, short[..<4]), text(size / 16, short[4...]))
    let long = short.map { String(repeating: $0, count: 150) }
    try check(text(size / 2_000, long[..<4]), text(size / 2_000, long[4...]))
  }
}

extension SeededRandom {
  /// Made-up prose: lines of some 80 words out of 5,000, the frequent ones often.
  fileprivate mutating func prose(scalars: Int) -> String {
    let syllables = ["ba", "ko", "li", "mer", "no", "pa", "ra", "su", "ti", "vo"]
    var out = ""
    out.reserveCapacity(scalars + 1_000)
    var count = 0
    while count < scalars {
      var word = ""
      var rank = below(1 + below(1 + below(5_000)))
      repeat {
        word += syllables[rank % 10]
        rank /= 10
      } while rank > 0
      word += oneIn(80) ? ".\n\n" : " "
      out += word
      count += word.utf8.count
    }
    return out
  }
}
