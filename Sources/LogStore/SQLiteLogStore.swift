import Bytes
import GRDB
import History
import Synchronization
package import SyncProtocol

/// Logs in one SQLite file: WAL, every commit on the disk before it returns.
///
/// Appends of all books that wait together share a transaction. After a failed commit the store is poisoned.
package final class SQLiteLogStore: LogStore {
  let pool: DatabasePool
  let path: String
  private let newEpoch: @Sendable () -> Epoch
  private let now: @Sendable () -> Int64
  private let commits: GroupCommit
  private let epoch = Mutex<Epoch?>(nil)

  /// Opens or makes the file. `now` gives seconds since 1970, for the entries' time of arrival, which nobody compares.
  ///
  /// `pageLimit` is the most pages of 4 KiB that the file may have; nil for no limit.
  package init(
    path: String, newEpoch: @escaping @Sendable () -> Epoch, now: @escaping @Sendable () -> Int64,
    pageLimit: Int? = nil
  ) throws(StoreError) {
    self.path = path
    self.newEpoch = newEpoch
    self.now = now
    var configuration = Configuration()
    configuration.maximumReaderCount = 8
    configuration.label = "log"
    configuration.busyMode = .timeout(5)
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      // The pool sets NORMAL on its writer after everything that can be configured; that would not sync a commit.
      let synchronous = try pool.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA synchronous = FULL")
        if let pageLimit { try database.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
        return try Int.fetchOne(database, sql: "PRAGMA synchronous")
      }
      guard synchronous == 2 else { throw StoreError.cannotOpen("synchronous is \(synchronous ?? -1), not FULL") }
    } catch let error as StoreError {
      throw error
    } catch { throw StoreError(opening: error) }
    commits = GroupCommit(pool: pool, now: now)
  }

  package func open() async throws(StoreError) -> StoreStanding {
    let identity = FileIdentity(path: path)
    let standing = try await write { [newEpoch, now] database in
      try Schema.prepare(database)
      return try Schema.standing(database, of: identity, newEpoch: newEpoch, now: now)
    }
    epoch.withLock { $0 = standing.epoch }
    return standing
  }

  func openedEpoch() throws(StoreError) -> Epoch {
    guard let epoch = epoch.withLock({ $0 }) else { throw .cannotOpen("the store was not opened") }
    return epoch
  }

  package func append(_ plan: AppendPlan) async throws(StoreError) -> AppendResult {
    try await commits.append(plan).get()
  }

  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await pool.write(body)
    } catch let error as StoreError {
      throw error
    } catch { throw StoreError(reading: error) }
  }

  /// One snapshot of the file.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await pool.read(body)
    } catch let error as StoreError {
      throw error
    } catch { throw StoreError(reading: error) }
  }

  /// Ends all use of the file, and folds the log into it.
  package func close() throws(StoreError) {
    // The last connection to close is the one that folds the log in, and one for reading only cannot.
    pool.invalidateReadOnlyConnections()
    do { try pool.close() } catch { throw StoreError(reading: error) }
  }
}

extension StoreError {
  /// An error outside any commit: nothing was written.
  init(reading error: any Error) {
    guard let error = error as? DatabaseError else {
      self = .corrupt("\(error)")
      return
    }
    switch error.resultCode {
    case .SQLITE_FULL: self = .readOnly(.diskFull)
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(.fileSystem)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .unavailable(retryAfter: 1_000)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(error.message ?? "SQLite \(error.resultCode)")
    // The file that readers and writers share can grow no more: SQLite calls that an I/O error.
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: self = .readOnly(.diskFull)
    case .SQLITE_IOERR: self = .poisoned("SQLite \(error.extendedResultCode)")
    default: self = .corrupt("SQLite \(error.extendedResultCode)")
    }
  }

  init(opening error: any Error) {
    let error = error as? DatabaseError
    switch error?.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(error?.message ?? "its first page")
    default: self = .cannotOpen(error?.message ?? "SQLite does not say why")
    }
  }
}
