package import BookFolder
import Bytes
import GRDB
package import Replica

/// A laptop's durable store of one book: history, merged entries, what its files show, settings; one SQLite file.
///
/// A transaction is on disk when `transaction` returns: write-ahead log with `synchronous = FULL`. Beside the history that
/// a book shares the file holds another one that never leaves the laptop, in tables of its own (model.md 3).
package final class ReplicaStore: Sendable {
  private let queue: DatabaseQueue
  /// Which history this value reads and writes.
  package let side: BookSide

  /// Opens the store, and makes it where there is none.
  package init(path: String) throws(StorageError) {
    side = .shared
    do {
      var configuration = Configuration()
      configuration.label = "book"
      configuration.busyMode = .timeout(10)
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.writeWithoutTransaction { database in
        // Of a store that is yet to be made; an entry's row fills one page of this size, not two half.
        try database.execute(sql: "PRAGMA page_size = \(Self.pageSize)")
        try database.execute(sql: "PRAGMA cache_size = -\(Self.cacheKiB)")
        // Rows that go are not overwritten with zeros: that would be a write for each, and the history keeps all anyway.
        try database.execute(sql: "PRAGMA secure_delete = FAST")
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.logPages)")
        // Set last: whatever else touches the journal mode lowers it (and NORMAL does not sync at a commit).
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try Self.createTables(database)
        guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
          throw StorageError.failed("SQLite refuses synchronous = FULL")
        }
      }
    } catch { throw StorageError(error) }
  }

  /// Opens a store that is there, and makes nothing: `damaged` where the file is no store of this version's.
  package init(existing path: String) throws(StorageError) {
    side = .shared
    do {
      queue = try DatabaseQueue(path: path)
      let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
      // 2 lacks no more than an index.
      guard (2...Self.schemaVersion).contains(version),
        try queue.read({ try $0.tableExists("run") && $0.tableExists("setting") })
      else { throw StorageError.damaged("no store of a book of this version's") }
    } catch { throw StorageError(error) }
  }

  private init(_ queue: DatabaseQueue, _ side: BookSide) {
    self.queue = queue
    self.side = side
  }

  /// The same file, for another of its histories.
  package func on(_ side: BookSide) -> ReplicaStore { ReplicaStore(queue, side) }

  /// Runs the body in one transaction: all of it is kept once this returns, none of it when it throws.
  package func transaction<T, Failure: WrapsStorageError>(
    _ body: (StoreTransaction) throws(Failure) -> T
  ) throws(Failure) -> T {
    var outcome: Result<T, Failure>?
    do {
      try queue.inTransaction(.immediate) { database in
        do throws(Failure) {
          outcome = .success(try body(StoreTransaction(database, side)))
          return .commit
        } catch {
          outcome = .failure(error)
          return .rollback
        }
      }
    } catch { throw Failure(StorageError(error)) }
    guard let outcome else { throw Failure(.failed("SQLite did not run the transaction")) }
    return try outcome.get()
  }

  /// Runs the body on one state of the store, without taking the writer's place.
  package func reading<T, Failure: WrapsStorageError>(
    _ body: (StoreTransaction) throws(Failure) -> T
  ) throws(Failure) -> T {
    var outcome: Result<T, Failure>?
    do {
      try queue.read { database in
        do throws(Failure) { outcome = .success(try body(StoreTransaction(database, side))) } catch {
          outcome = .failure(error)
        }
      }
    } catch { throw Failure(StorageError(error)) }
    guard let outcome else { throw Failure(.failed("SQLite did not run the transaction")) }
    return try outcome.get()
  }

  private static func createTables(_ database: Database) throws {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version != schemaVersion else { return }
    guard (0..<schemaVersion).contains(version) else {
      throw StorageError.damaged("the store has the schema \(version), newer than this program")
    }
    try database.inTransaction {
      if version == 0 {
        try database.execute(sql: schema(for: .shared))
      } else {
        for side in [BookSide.shared, .private] where try database.tableExists(side.prefix + "setting") {
          if version == 1 { try database.execute(sql: GraphBlock.table(for: side) + checkpointTable(for: side)) }
          try database.execute(sql: "DROP INDEX \(side.prefix)entry_by_path;" + pathIndex(for: side))
        }
      }
      try database.execute(sql: "PRAGMA user_version = \(schemaVersion)")
      return .commit
    }
  }

  /// 1 had no checkpoints and no blocks; these are made of what is there as more of it comes. The index by path of 1 and 2
  /// held the path alone.
  private static let schemaVersion = 3

  /// Bytes of a page.
  private static let pageSize = 8192

  /// What a transaction changes beyond this is written, and read again, before it ends.
  private static let cacheKiB = 16 << 10

  /// Pages of the write-ahead log after which it is taken into the file before the store is closed: a page that several
  /// transactions of a command change is written there once.
  private static let logPages = (64 << 20) / pageSize

  private static func checkpointTable(for side: BookSide) -> String {
    """
    CREATE TABLE \(side.prefix)checkpoint (entry INTEGER NOT NULL, change INTEGER NOT NULL, edits INTEGER NOT NULL,
                          body BLOB NOT NULL, PRIMARY KEY (entry, change));
    """
  }

  /// All that is asked of every entry at once: where it belongs, without a page for each.
  private static func pathIndex(for side: BookSide) -> String {
    let own = side.prefix
    return "CREATE INDEX \(own)entry_by_path ON \(own)entry (path, id, placed) WHERE path IS NOT NULL;"
  }

  /// The tables of one history; those of the private one are made when there is something to keep in them.
  static func schema(for side: BookSide) -> String {
    let own = side.prefix
    return """
      CREATE TABLE \(own)setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
      CREATE TABLE \(own)device  (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, key BLOB, name TEXT NOT NULL, said BLOB NOT NULL);
      CREATE TABLE \(own)run     (n INTEGER PRIMARY KEY, device BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
                            packed BLOB NOT NULL);
      CREATE INDEX \(own)run_by_device ON \(own)run (device, last);
      CREATE TABLE \(own)change  (n INTEGER PRIMARY KEY, id BLOB NOT NULL, device BLOB NOT NULL, seq INTEGER NOT NULL,
                            parents BLOB NOT NULL, run INTEGER NOT NULL, time INTEGER NOT NULL, origin BLOB NOT NULL,
                            message TEXT NOT NULL);
      CREATE UNIQUE INDEX \(own)change_by_device ON \(own)change (device, seq);
      CREATE TABLE \(own)entry   (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, conflicts INTEGER NOT NULL, kind TEXT NOT NULL,
                            path TEXT, placed BLOB NOT NULL, state BLOB NOT NULL);
      CREATE INDEX \(own)entry_in_conflict ON \(own)entry (id) WHERE conflicts > 0;
      CREATE TABLE \(own)touch   (entry INTEGER NOT NULL, change INTEGER NOT NULL, shapes BLOB NOT NULL,
                            PRIMARY KEY (entry, change)) WITHOUT ROWID;
      CREATE TABLE \(own)shown   (entry BLOB PRIMARY KEY, version BLOB NOT NULL, state BLOB) WITHOUT ROWID;
      \(GraphBlock.table(for: side))
      \(checkpointTable(for: side))
      \(pathIndex(for: side))
      """
  }
}

/// An error type that can say that a store did not answer.
package protocol WrapsStorageError: Error {
  init(_ error: StorageError)
}

extension ReplicaError: WrapsStorageError {
  package init(_ error: StorageError) { self = .storage(error) }
}

extension StorageError {
  /// What SQLite says, without the values that a statement held.
  init(_ error: any Error) {
    if let error = error as? StorageError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self = .failed("\(error)")
      return
    }
    switch error.resultCode {
    case .SQLITE_FULL: self = .full
    // The file that readers and writers share can grow no more: SQLite calls that an I/O error.
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: self = .full
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(error.message ?? "\(error.resultCode)")
    default: self = .failed(error.message ?? "\(error.resultCode)")
    }
  }
}
