import Formats
import History
import SyncClient
import SyncProtocol
import SyncTesting
import Synchronization

/// A laptop of a test: keeps what it is given, and its cursor.
final class Laptop: SyncReceiver {
  struct Kept {
    var book: BookID?
    var cursor: Cursor?
    var deliveries: [Delivery] = []
    var pages = 0
    var acknowledged: DeviceHead?
    var news: [Received] = []
  }

  struct Broken: Error {}

  private let kept = Mutex(Kept())
  private let pause: Duration?
  private let breaksAtPage: Int?
  private let lookup: @Sendable (VersionVector) throws -> [PackedRun]

  init(
    pause: Duration? = nil, breaksAtPage: Int? = nil,
    lookup: @escaping @Sendable (VersionVector) throws -> [PackedRun] = { _ in [] }
  ) {
    self.pause = pause
    self.breaksAtPage = breaksAtPage
    self.lookup = lookup
  }

  var state: Kept { kept.withLock { $0 } }
  var runs: [PackedRun] {
    state.deliveries.compactMap { if case .run(let run, _) = $0 { run } else { nil } }
  }

  func opened(_ book: BookID, _ epoch: Epoch, last: DeviceHead?) async throws { kept.withLock { $0.book = book } }

  func acknowledged(_ head: DeviceHead) async throws { kept.withLock { $0.acknowledged = head } }

  func deliver(_ page: [Delivery], through cursor: Cursor?) async throws {
    if let pause { try await Task.sleep(for: pause) }
    if let breaksAtPage, state.pages == breaksAtPage { throw Broken() }
    kept.withLock { kept in
      kept.deliveries += page
      kept.pages += 1
      if let cursor { kept.cursor = cursor }
    }
  }

  func received(_ news: Received) async throws { kept.withLock { $0.news.append(news) } }

  func lookUp(beyond vector: VersionVector) async throws -> [PackedRun] { try lookup(vector) }
}
