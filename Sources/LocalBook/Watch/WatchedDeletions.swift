package import BookFolder
package import Bytes
import Synchronization

/// What a watch knows of files that go (F6). It looks at a folder while the folder is being taken away, at a slice of
/// it each time, and each slice would pass the guard that stops a command. Times are nanoseconds of a clock that
/// never jumps.
package struct RecentDeletions {
  /// Two looks that are so far apart must find the same files gone before that is recorded.
  package static let quiet = WriteQuiet.quiet
  /// For so long what was recorded counts with what is gone now.
  package static let memory: Int64 = 60_000_000_000

  /// What the last look found gone, and since when it is just that.
  private var gone: Set<ExactText> = []
  private var since: Int64 = 0
  private var recorded: [(time: Int64, side: BookSide, count: Int)] = []
  /// Once the guard has stopped, waiting does not help.
  private var isStopped = false
  /// When to look again, while files may still be going.
  package private(set) var nextLook: Int64?

  package init() {}

  /// Whether files may still be going: the last look, if there was one a while ago, found others gone.
  package mutating func areGoing(_ found: Set<ExactText>, at now: Int64) -> Bool {
    if found != gone { (gone, since) = (found, now) }
    nextLook = found.isEmpty || now - since >= Self.quiet ? nil : since + Self.quiet
    return nextLook != nil
  }

  /// A look begins, whatever becomes of it.
  package mutating func look() { nextLook = nil }

  /// How many deletions were recorded a moment ago.
  package mutating func lately(_ side: BookSide, at now: Int64) -> Int {
    if !isStopped { recorded.removeAll { now - $0.time > Self.memory } }
    return recorded.reduce(0) { $1.side == side ? $0 + $1.count : $0 }
  }

  /// The guard has stopped: what was recorded counts until it lets pass what is gone then.
  package mutating func stop() { isStopped = true }

  /// What was gone is recorded, if anything was.
  package mutating func record(_ counts: [(BookSide, Int)], at now: Int64) {
    isStopped = false
    for (side, count) in counts where count > 0 { recorded.append((now, side, count)) }
  }
}

/// The same for a watch and the book that it opens time and again.
package final class WatchedDeletions: Sendable {
  private let state = Mutex(RecentDeletions())

  package init() {}

  package func with<T: Sendable>(_ body: (inout RecentDeletions) -> T) -> T { state.withLock { body(&$0) } }
}
