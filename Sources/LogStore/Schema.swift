import Bytes
import CFileSystem
import Glibc
import GRDB
import SyncProtocol

/// The tables (`INTEGER` and `BLOB` only), and the rules for when a log begins another life.
enum Schema {
  static let version = 1

  static func prepare(_ database: Database) throws {
    try prepareLog(database)
    // Beside the log, so that a program that does not know it can still serve the file.
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS kept (
          book INTEGER NOT NULL, device BLOB NOT NULL, position INTEGER NOT NULL, changes INTEGER NOT NULL,
          mark INTEGER NOT NULL, PRIMARY KEY (book, device)) WITHOUT ROWID
        """)
  }

  private static func prepareLog(_ database: Database) throws {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if found == version { return }
    guard found == 0, try !database.tableExists("fence") else { throw StoreError.incompatible(schema: found) }
    try database.execute(
      sql: """
        CREATE TABLE fence (
          one INTEGER PRIMARY KEY CHECK (one = 1), epoch BLOB NOT NULL, n INTEGER NOT NULL, gate INTEGER NOT NULL,
          device INTEGER NOT NULL, inode INTEGER NOT NULL, born INTEGER NOT NULL);
        CREATE TABLE epoch (
          n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, reason TEXT NOT NULL, opened INTEGER NOT NULL);
        CREATE TABLE book (
          book INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, head INTEGER NOT NULL,
          origin BLOB NOT NULL, chain BLOB NOT NULL, members INTEGER NOT NULL, floor INTEGER NOT NULL,
          bytes INTEGER NOT NULL, state INTEGER NOT NULL);
        CREATE TABLE author (
          book INTEGER NOT NULL, author INTEGER NOT NULL, device BLOB NOT NULL, key BLOB NOT NULL,
          next INTEGER NOT NULL, last BLOB NOT NULL, PRIMARY KEY (book, author), UNIQUE (book, device)) WITHOUT ROWID;
        CREATE TABLE entry (
          book INTEGER NOT NULL, position INTEGER NOT NULL, kind INTEGER NOT NULL, author INTEGER NOT NULL,
          first INTEGER NOT NULL, count INTEGER NOT NULL, at INTEGER NOT NULL, id BLOB NOT NULL, chain BLOB NOT NULL,
          signature BLOB NOT NULL, sections INTEGER NOT NULL, known BLOB NOT NULL, body BLOB NOT NULL,
          PRIMARY KEY (book, position), UNIQUE (book, author, first)) WITHOUT ROWID;
        PRAGMA user_version = \(version);
        """)
  }

  /// The file's epoch; another one when the file is new, or is not the one that the epoch was opened in (E1): a copy
  /// or a restored backup may lack what its original acknowledged.
  static func standing(
    _ database: Database, of file: FileIdentity, newEpoch: () -> Epoch, now: () -> Int64
  ) throws -> StoreStanding {
    let fence = try Row.fetchOne(database, sql: "SELECT epoch, n, device, inode, born FROM fence")
    if let fence, file == FileIdentity(device: fence["device"], inode: fence["inode"], born: fence["born"]) {
      guard let epoch = Epoch(try fence.bytes("epoch")) else { throw StoreError.corrupt("fence") }
      return StoreStanding(epoch: epoch, epochNumber: fence["n"], durability: .local, schema: version)
    }
    let epoch = newEpoch()
    let number = (fence?["n"] ?? 0) + 1
    try database.execute(
      sql: "INSERT OR REPLACE INTO fence (one, epoch, n, gate, device, inode, born) VALUES (1, ?, ?, 0, ?, ?, ?)",
      arguments: [epoch.bytes.data, number, file.device, file.inode, file.born])
    try database.execute(
      sql: "INSERT INTO epoch (n, id, reason, opened) VALUES (?, ?, ?, ?)",
      arguments: [number, epoch.bytes.data, fence == nil ? "new file" : "another file", now()])
    return StoreStanding(epoch: epoch, epochNumber: number, durability: .local, schema: version)
  }
}

/// Which file this is, as far as the file system tells: a copy is another one.
struct FileIdentity: Equatable, Sendable {
  let device: Int64
  let inode: Int64
  /// When it was made, in nanoseconds; 0 where that is not known.
  let born: Int64

  init(device: Int64, inode: Int64, born: Int64) {
    self.device = device
    self.inode = inode
    self.born = born
  }

  init(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      self.init(device: 0, inode: 0, born: 0)
      return
    }
    self.init(
      device: Int64(bitPattern: UInt64(status.st_dev)), inode: Int64(bitPattern: UInt64(status.st_ino)),
      born: unsafe Int64(valise_birth(path)))
  }
}
