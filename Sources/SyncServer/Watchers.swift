import History
import SyncProtocol
import Synchronization

/// The connections that follow books: each is told of its own book only, after the commit.
final class Watchers: Sendable {
  /// Both are called from anywhere, and must not wait.
  struct Watcher: Sendable {
    /// The book's log stands here now, on the disk.
    let grew: @Sendable (BookState) -> Void
    /// Laptops have kept more of the book than they had.
    let receivedChanged: @Sendable () -> Void
  }

  private let watchers = Mutex<[BookID: [ObjectIdentifier: Watcher]]>([:])

  func add(_ watcher: Watcher, as id: ObjectIdentifier, of book: BookID) {
    watchers.withLock { $0[book, default: [:]][id] = watcher }
  }

  func remove(_ id: ObjectIdentifier, of book: BookID) {
    watchers.withLock { watchers in
      watchers[book]?[id] = nil
      if watchers[book]?.isEmpty == true { watchers[book] = nil }
    }
  }

  func grew(to state: BookState) { for watcher in all(of: state.book) { watcher.grew(state) } }

  func receivedChanged(of book: BookID) { for watcher in all(of: book) { watcher.receivedChanged() } }

  private func all(of book: BookID) -> [Watcher] {
    watchers.withLock { $0[book].map { Array($0.values) } ?? [] }
  }
}
