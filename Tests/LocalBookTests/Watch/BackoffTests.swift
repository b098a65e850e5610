import LocalBook
import PropertyTesting
import Testing

/// How long a watch waits before it tries a server again.
@Suite struct BackoffTests {
  @Test func `waits grow to a minute, are never shorter than half a second, and differ`() throws {
    try forAll(200) { random in
      var backoff = Backoff()
      var ceiling = 2 * Backoff.shortest
      for _ in 0..<20 {
        let wait = backoff.next(chance: random.next())
        try #require(wait >= Backoff.shortest && wait <= ceiling)
        ceiling = min(ceiling * 2, Backoff.longest)
      }
      #expect(ceiling == Backoff.longest)
      backoff.reset()
      let first = backoff.next(chance: .max)
      try #require(first <= 2 * Backoff.shortest)
    }
    var (one, other) = (Backoff(), Backoff())
    let (first, second) = (one.next(chance: 1), other.next(chance: 2))
    #expect(first != second)
  }

  @Test func `what the server asks for is kept to, within reason, and not by all at one moment`() {
    var backoff = Backoff()
    let second: Int64 = 1_000_000_000
    let waits = [
      backoff.next(chance: 12_345, askedFor: 2 * second), backoff.next(chance: 0, askedFor: .max),
      backoff.next(chance: .max, askedFor: -5),
    ]
    #expect((2 * second...second * 5 / 2).contains(waits[0]))
    #expect(waits[1] == Backoff.mostAsked)
    #expect(waits[2] <= 4 * Backoff.shortest)
  }
}
