package import Bytes
package import History
package import SyncProtocol

/// A server's logs on disk or in memory: it compares and appends, and decides nothing (`Sequencer` does).
///
/// What every store guarantees, and one suite of tests checks on each:
/// - G1 An append is atomic; once `committed` it survives whatever the durability promises.
/// - G2 A book's positions are 1, 2, 3, … without gaps, in the order of commits.
/// - G3 It commits only while the book still stands where the plan expects it, in the plan's epoch; else `stale`.
/// - G4 A repeated change is found by its device and seq, and keeps its first position.
/// - G5 An outcome that is not known is reported as `unknown`, never as success or failure.
/// - G6 Pages are whole entries in order, without gaps, each with its chain hash.
package protocol LogStore: Sendable {
  /// Checks schema and durability, opens an epoch if it must. Everything else waits for this.
  func open() async throws(StoreError) -> StoreStanding

  /// The book that the server calls so.
  func book(named name: BookName) async throws(StoreError) -> BookID?

  /// What the server calls a book; nil when it has none of that id.
  func name(of book: BookID) async throws(StoreError) -> BookName?

  /// Where each book's log stands; nil for a book that is not here.
  func states(of books: [BookID]) async throws(StoreError) -> [BookState?]

  /// The devices of a book and how far each has come, ascending: its version vector, with keys and ids.
  func authors(of book: BookID) async throws(StoreError) -> [AuthorHead]

  /// One device of a book.
  func author(_ device: DeviceID, of book: BookID) async throws(StoreError) -> AuthorHead?

  /// What later runs are judged by, of the runs after a position, in order.
  func known(of book: BookID, after position: Position) async throws(StoreError) -> [KnownRun]

  /// All or nothing, durable on return.
  func append(_ plan: AppendPlan) async throws(StoreError) -> AppendResult

  /// Entries in order: at least one of those selected, and more while they have less than `limit` bytes. A page ends
  /// before a damaged entry; one that would begin with it throws `corrupt`.
  func entries(of book: BookID, _ selection: LogSelection, limit: Int) async throws(StoreError) -> LogPage

  /// How a cursor stands to a book's log.
  func seek(_ cursor: CursorClaim, in book: BookID) async throws(StoreError) -> CursorCheck

  /// Remembers how far laptops have kept a book; nobody's place goes back. Whether anything was new.
  ///
  /// Places beyond the log, and laptops beyond `SyncLimits.devices`, are left out.
  func keep(_ places: [KeptPlace], of book: BookID) async throws(StoreError) -> Bool

  /// News of what laptops have kept, but the asker's own, since a mark: those longest known first, as many as may be told
  /// at once. Nil when there are none.
  func received(of book: BookID, since mark: UInt64, by asker: DeviceID) async throws(StoreError) -> Received?
}

/// How far a laptop has kept a book's log.
package struct KeptPlace: Hashable, Sendable {
  package let device: DeviceID
  package let position: Position

  package init(device: DeviceID, position: Position) {
    self.device = device
    self.position = position
  }
}

/// What a store says of itself when it is open.
package struct StoreStanding: Equatable, Sendable {
  package let epoch: Epoch
  /// Epochs are numbered from 1.
  package let epochNumber: Int
  package let durability: Durability
  package let schema: Int

  /// What `committed` promises.
  package enum Durability: Equatable, Sendable {
    /// Gone with the process.
    case none
    /// On this machine's disk.
    case local
  }

  package init(epoch: Epoch, epochNumber: Int, durability: Durability, schema: Int) {
    self.epoch = epoch
    self.epochNumber = epochNumber
    self.durability = durability
    self.schema = schema
  }
}

/// How far a device has come in a book.
package struct AuthorHead: Equatable, Sendable {
  package let device: DeviceID
  package let key: PublicKey
  package let head: DeviceHead

  package init(device: DeviceID, key: PublicKey, head: DeviceHead) {
    self.device = device
    self.key = key
    self.head = head
  }
}

/// What became of a plan.
package enum AppendResult: Equatable, Sendable {
  case committed
  /// The book does not stand where the plan expects it (or its name went to another book); nothing was written.
  case stale
}

/// What went wrong in a store.
package enum StoreError: Error, Equatable, Sendable {
  /// Not now; nothing was written. Try again after so many milliseconds.
  case unavailable(retryAfter: UInt32)
  /// It may have been committed or not; the plan is to be repeated until it is known.
  case unknown
  case readOnly(ReadOnly)
  /// The file is of another program's schema.
  case incompatible(schema: Int)
  /// What was read is not what was written; where.
  case corrupt(String)
  /// A commit or a sync failed, and nobody knows what the disk holds: the process has to end.
  case poisoned(String)
  /// The file cannot be opened or made.
  case cannotOpen(String)

  package enum ReadOnly: Equatable, Sendable {
    case diskFull
    case fileSystem
  }
}
