import Bytes
import History
import LogStore
import SyncProtocol

/// What laptops say they have kept, gathered: written when somebody asks, else now and then for all that came meanwhile.
///
/// It is no part of any commit: what is lost with the process is said again by the next OPEN.
actor Keeper {
  private let store: any LogStore
  private let interval: Duration
  private let failed: @Sendable (StoreError) -> Void
  /// Those who follow a book may ask for news of it now.
  private let changed: @Sendable (BookID) -> Void
  private var waiting: [BookID: [DeviceID: Position]] = [:]
  private var isScheduled = false

  init(
    _ store: any LogStore, interval: Duration, failed: @escaping @Sendable (StoreError) -> Void,
    changed: @escaping @Sendable (BookID) -> Void
  ) {
    self.store = store
    self.interval = interval
    self.failed = failed
    self.changed = changed
  }

  func kept(_ position: Position, by device: DeviceID, in book: BookID) {
    let before = waiting[book]?[device] ?? .zero
    waiting[book, default: [:]][device] = max(before, position)
    guard !isScheduled else { return }
    isScheduled = true
    Task {
      try? await Task.sleep(for: interval)
      isScheduled = false
      await writeAll()
    }
  }

  /// What others are known to have kept since a mark; nil when that is nothing new, or cannot be read.
  func news(of book: BookID, for device: DeviceID, since mark: UInt64) async -> Received? {
    await write(book)
    do throws(StoreError) { return try await store.received(of: book, since: mark, by: device) } catch {
      failed(error)
      return nil
    }
  }

  func writeAll() async {
    for book in waiting.keys.sorted(by: { $0.digest.bytes.lexicographicallyPrecedes($1.digest.bytes) }) {
      if await write(book) { changed(book) }
    }
  }

  /// Whether there was anything to write.
  @discardableResult private func write(_ book: BookID) async -> Bool {
    guard let places = waiting.removeValue(forKey: book) else { return false }
    let kept = places.map { KeptPlace(device: $0.key, position: $0.value) }.sorted { $0.device < $1.device }
    do throws(StoreError) { return try await store.keep(kept, of: book) } catch {
      failed(error)
      return false
    }
  }
}
