package import Bytes
package import Formats
import GRDB
package import History
package import SyncProtocol

/// A server's file, to be looked at only: nothing is made, and no epoch is begun.
package struct StoredLogs: Sendable {
  /// This life of the logs, and how many there have been.
  package let epoch: Epoch
  package let epochNumber: Int
  package let books: [Book]
  /// What SQLite finds wrong with its own pages and indices; empty when nothing is.
  package let pageFaults: [String]

  /// A book, and its log as it lies there.
  package struct Book: Sendable {
    package let id: BookID
    package let name: String
    /// What the book's own row says of the end of its log.
    package let head: UInt64
    package let chain: Digest
    package let entries: [Entry]
  }

  /// A position of the log; what it holds has not been looked at.
  package struct Entry: Sendable {
    package let position: UInt64
    package let device: DeviceID
    package let first: UInt64
    package let count: UInt64
    package let id: ChangeID
    package let chain: Digest
    package let signature: [UInt8]
    /// The run's SECTION frames, as they travel.
    package let sections: [UInt8]
  }

  /// Reads all of a file that is there: `incompatible` where it is none of this version's.
  package init(existing path: String) throws(StoreError) {
    do {
      // One that could write would fold the write-ahead log into the file when it closes.
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      (epoch, epochNumber, books, pageFaults) = try queue.read { database in
        guard try database.tableExists("fence"), try database.tableExists("book"),
          let fence = try Row.fetchOne(database, sql: "SELECT epoch, n FROM fence"),
          let epoch = Epoch(try fence.bytes("epoch"))
        else { throw StoreError.incompatible(schema: 0) }
        let books = try Row.fetchAll(database, sql: "SELECT book, id, name, head, chain FROM book ORDER BY name").map {
          try Book(row: $0, database)
        }
        let found = try Row.fetchAll(database, sql: "PRAGMA integrity_check(20)").map { row in
          row.databaseValues.first.flatMap { String.fromDatabaseValue($0) } ?? "?"
        }
        return (epoch, Int(clamping: try fence.count("n")), books, found == ["ok"] ? [] : found)
      }
    } catch let error as StoreError { throw error } catch { throw StoreError(reading: error) }
  }
}

extension StoredLogs.Entry {
  /// The run, out of the frames that hold its sections.
  package func run() throws(FormatError) -> PackedRun {
    var reader = ByteReader(sections)
    var found: [PackedSection] = []
    while !reader.isAtEnd {
      do { _ = try reader.take(FrameHeader.byteCount) } catch { throw .layout(error) }
      found.append(try reader.section(index: found.count))
    }
    return PackedRun(
      device: device, first: first, count: Int(clamping: count), signature: Signature(signature), sections: found)
  }
}

extension StoredLogs.Book {
  fileprivate init(row: Row, _ database: Database) throws {
    id = BookID(try row.digest("id"))
    guard let name = String.fromDatabaseValue(row["name"]) else { throw StoreError.corrupt("name") }
    self.name = name
    head = try row.count("head")
    chain = try row.digest("chain")
    entries = try Row.fetchAll(
      database,
      sql: """
        SELECT entry.position, author.device, entry.first, entry.count, entry.id, entry.chain, entry.signature, entry.body
        FROM entry JOIN author ON author.book = entry.book AND author.author = entry.author
        WHERE entry.book = ? ORDER BY entry.position
        """, arguments: [Int64(clamping: try row.count("book"))]
    ).map { row in
      StoredLogs.Entry(
        position: try row.count("position"), device: try row.device("device"), first: try row.count("first"),
        count: try row.count("count"), id: ChangeID(try row.digest("id")), chain: try row.digest("chain"),
        signature: try row.bytes("signature"), sections: try row.bytes("body"))
    }
  }
}
