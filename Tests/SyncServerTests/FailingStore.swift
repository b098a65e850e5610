import Bytes
import History
import LogStore
import SyncProtocol
import Synchronization

/// A store in memory whose next appends fail as a test says.
final class FailingStore: LogStore {
  enum Fault: Sendable {
    /// Says so, and writes nothing.
    case error(StoreError)
    /// Says that it does not know, though it committed.
    case unknownThoughCommitted
    case stale
  }

  private let store: MemoryLogStore
  private let faults: Mutex<[Fault]>
  private let count = Atomic<Int>(0)

  init(_ store: MemoryLogStore, faults: [Fault]) {
    self.store = store
    self.faults = Mutex(faults)
  }

  var appends: Int { count.load(ordering: .relaxed) }

  func append(_ plan: AppendPlan) async throws(StoreError) -> AppendResult {
    count.add(1, ordering: .relaxed)
    // The run that begins the book is not what the tests are about.
    guard plan.expected.position > .zero else { return try await store.append(plan) }
    switch faults.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
    case .error(let error): throw error
    case .unknownThoughCommitted:
      _ = try await store.append(plan)
      throw .unknown
    case .stale: return .stale
    case nil: return try await store.append(plan)
    }
  }

  func open() async throws(StoreError) -> StoreStanding { try await store.open() }
  func book(named name: BookName) async throws(StoreError) -> BookID? { try await store.book(named: name) }
  func name(of book: BookID) async throws(StoreError) -> BookName? { try await store.name(of: book) }
  func states(of books: [BookID]) async throws(StoreError) -> [BookState?] { try await store.states(of: books) }
  func authors(of book: BookID) async throws(StoreError) -> [AuthorHead] { try await store.authors(of: book) }
  func author(_ device: DeviceID, of book: BookID) async throws(StoreError) -> AuthorHead? {
    try await store.author(device, of: book)
  }
  func known(of book: BookID, after position: Position) async throws(StoreError) -> [KnownRun] {
    try await store.known(of: book, after: position)
  }
  func entries(of book: BookID, _ selection: LogSelection, limit: Int) async throws(StoreError) -> LogPage {
    try await store.entries(of: book, selection, limit: limit)
  }
  func keep(_ places: [KeptPlace], of book: BookID) async throws(StoreError) -> Bool {
    try await store.keep(places, of: book)
  }
  func received(of book: BookID, since mark: UInt64, by asker: DeviceID) async throws(StoreError) -> Received? {
    try await store.received(of: book, since: mark, by: asker)
  }
  func seek(_ cursor: CursorClaim, in book: BookID) async throws(StoreError) -> CursorCheck {
    try await store.seek(cursor, in: book)
  }
}
