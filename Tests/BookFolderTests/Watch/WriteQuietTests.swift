import BookFolder
import PropertyTesting
import Testing

/// When notes that are being written are read. Times in milliseconds.
@Suite struct WriteQuietTests {
  private static func ms(_ time: Int64) -> Int64 { time * 1_000_000 }

  @Test func `a note is read 200 ms after its last write`() {
    var quiet = WriteQuiet()
    #expect(quiet.due == nil)
    quiet.wrote("a.md", isOpen: false, at: Self.ms(0))
    quiet.wrote("a.md", isOpen: false, at: Self.ms(150))
    #expect(quiet.due == Self.ms(350))
    #expect(!quiet.isDue(at: Self.ms(349)) { _ in false })
    #expect(quiet.isDue(at: Self.ms(350)) { _ in false })
    #expect(quiet == WriteQuiet())
  }

  @Test func `one that is still open, or empty, gets 300 ms more, once`() {
    var quiet = WriteQuiet()
    quiet.wrote("a.md", isOpen: true, at: 0)
    #expect(quiet.due == Self.ms(500))
    quiet.wrote("a.md", isOpen: false, at: Self.ms(100))
    #expect(!quiet.isDue(at: Self.ms(300)) { $0 == "a.md" })
    #expect(quiet.due == Self.ms(600))
    #expect(quiet.isDue(at: Self.ms(600)) { _ in true })
  }

  @Test func `a note that never rests keeps nobody waiting for more than two seconds`() throws {
    try forAll(200) { random in
      var quiet = WriteQuiet()
      var (now, first) = (Int64(0), Int64?.none)
      while true {
        quiet.wrote(["a.md", "b.md"][random.below(2)], isOpen: random.oneIn(2), at: now)
        first = first ?? now
        now += Self.ms(Int64(random.below(190)))
        if let due = quiet.due, now >= due {
          let isRead = quiet.isDue(at: now) { _ in random.oneIn(2) }
          if isRead { break }
        }
        try #require(now <= (first ?? 0) + WriteQuiet.longest + Self.ms(190))
      }
    }
  }
}
