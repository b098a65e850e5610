import BookFolder
import Bytes
import Testing

import LocalBook

/// When a watch records that files are gone. Times in milliseconds.
@Suite struct RecentDeletionsTests {
  private static func ms(_ time: Int64) -> Int64 { time * 1_000_000 }
  private let one = ExactText("a.md")
  private let two = ExactText("b.md")

  @Test func `files are going until two looks 200 ms apart find the same ones gone`() {
    let deletions = WatchedDeletions()
    #expect(deletions.with { $0.areGoing([one], at: Self.ms(0)) })
    #expect(deletions.with { $0.nextLook } == Self.ms(200))
    #expect(deletions.with { $0.areGoing([one, two], at: Self.ms(200)) })
    #expect(deletions.with { $0.areGoing([one, two], at: Self.ms(399)) })
    #expect(deletions.with { $0.nextLook } == Self.ms(400))
    #expect(!deletions.with { $0.areGoing([one, two], at: Self.ms(400)) })
    #expect(deletions.with { $0.nextLook } == nil)
    // They come back, one by one: until that is over, nobody knows what is meant.
    #expect(deletions.with { $0.areGoing([two], at: Self.ms(500)) })
    #expect(!deletions.with { $0.areGoing([], at: Self.ms(700)) })
    #expect(deletions.with { $0.areGoing([two], at: Self.ms(10_000)) })
  }

  @Test func `what was recorded counts for a minute, and on each side of the book by itself`() {
    let deletions = WatchedDeletions()
    deletions.with { $0.record([(.shared, 4), (.private, 0)], at: 0) }
    deletions.with { $0.record([(.shared, 2), (.private, 1)], at: Self.ms(30_000)) }
    #expect(deletions.with { $0.lately(.shared, at: Self.ms(60_000)) } == 6)
    #expect(deletions.with { $0.lately(.private, at: Self.ms(60_000)) } == 1)
    #expect(deletions.with { $0.lately(.shared, at: Self.ms(60_001)) } == 2)
    #expect(deletions.with { $0.lately(.shared, at: Self.ms(90_001)) } == 0)
  }

  @Test func `once the guard has stopped, waiting does not help`() {
    let deletions = WatchedDeletions()
    deletions.with { $0.record([(.shared, 4)], at: 0) }
    deletions.with { $0.stop() }
    #expect(deletions.with { $0.lately(.shared, at: Self.ms(600_000)) } == 4)
    // The files came back: a look found nothing that it must not record.
    deletions.with { $0.record([(.shared, 0)], at: Self.ms(600_000)) }
    #expect(deletions.with { $0.lately(.shared, at: Self.ms(600_001)) } == 0)
  }
}
