package import Bytes
package import Formats
import Foundation
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
    let authors: [Author]
    let origin: [UInt8]
    let bytes: Int64
    /// 0 in this version.
    let members: Int64
    let floor: Int64
    let state: Int64
  }

  /// What is kept of a device beside its runs.
  struct Author: Sendable {
    let number: Int64
    let device: [UInt8]
    let key: [UInt8]
    let next: Int64
    let last: [UInt8]
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
    let kind: Int64
    let sectionCount: Int64
    /// What later runs are judged by.
    let known: [UInt8]
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
        let books = try Row.fetchAll(database, sql: "SELECT * FROM book ORDER BY name").map {
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
    guard (1...UInt64(FormatLimits.changes)).contains(count) else {
      throw .overLimit(.changes, limit: FormatLimits.changes)
    }
    guard first <= FormatLimits.seq else { throw .layout(.outOfRange(at: 0, found: first)) }
    return PackedRun(
      device: device, first: first, count: Int(clamping: count), signature: Signature(signature),
      sections: try LogEntry.packedSections(in: sections))
  }
}

extension StoredLogs.Book {
  fileprivate init(row: Row, _ database: Database) throws {
    id = BookID(try row.digest("id"))
    guard let name = String.fromDatabaseValue(row["name"]) else { throw StoreError.corrupt("name") }
    self.name = name
    head = try row.count("head")
    chain = try row.digest("chain")
    origin = row.plainBytes("origin")
    (bytes, members) = (row.plainNumber("bytes"), row.plainNumber("members"))
    (floor, state) = (row.plainNumber("floor"), row.plainNumber("state"))
    let number = Int64(clamping: try row.count("book"))
    authors = try Row.fetchAll(
      database, sql: "SELECT author, device, key, next, last FROM author WHERE book = ? ORDER BY author",
      arguments: [number]
    ).map { row in
      StoredLogs.Author(
        number: row.plainNumber("author"), device: row.plainBytes("device"), key: row.plainBytes("key"),
        next: row.plainNumber("next"), last: row.plainBytes("last"))
    }
    entries = try Row.fetchAll(
      database,
      sql: """
        SELECT entry.position, author.device, entry.first, entry.count, entry.id, entry.chain, entry.signature,
          entry.body, entry.kind, entry.sections, entry.known
        FROM entry JOIN author ON author.book = entry.book AND author.author = entry.author
        WHERE entry.book = ? ORDER BY entry.position
        """, arguments: [number]
    ).map { row in
      StoredLogs.Entry(
        position: try row.count("position"), device: try row.device("device"), first: try row.count("first"),
        count: try row.count("count"), id: ChangeID(try row.digest("id")), chain: try row.digest("chain"),
        signature: try row.bytes("signature"), sections: try row.bytes("body"), kind: row.plainNumber("kind"),
        sectionCount: row.plainNumber("sections"), known: row.plainBytes("known"))
    }
  }
}

extension Row {
  /// Empty where the column holds no bytes.
  fileprivate func plainBytes(_ column: String) -> [UInt8] {
    Data.fromDatabaseValue(self[column]).map { [UInt8]($0) } ?? []
  }

  /// -1 where the column holds no number.
  fileprivate func plainNumber(_ column: String) -> Int64 { Int64.fromDatabaseValue(self[column]) ?? -1 }
}
