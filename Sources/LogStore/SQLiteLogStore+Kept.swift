import Bytes
import GRDB
package import History
package import SyncProtocol

extension SQLiteLogStore {
  package func keep(_ places: [KeptPlace], of book: BookID) async throws(StoreError) -> Bool {
    try await write { database in
      let id = book.digest.bytes.data
      guard let row = try Row.fetchOne(database, sql: "SELECT book, head FROM book WHERE id = ?", arguments: [id])
      else {
        return false
      }
      let (number, head): (Int64, Position) = (row["book"], try row.position("head"))
      var isNew = false
      for place in places where place.position <= head {
        if try place.keep(in: database, book: number) { isNew = true }
      }
      return isNew
    }
  }

  package func received(
    of book: BookID, since mark: UInt64, by asker: DeviceID
  ) async throws(StoreError) -> Received? {
    try await read { database in
      let rows = try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT device, changes, mark FROM kept
            WHERE book = (SELECT book FROM book WHERE id = ?) AND mark > ? AND device != ? ORDER BY mark LIMIT ?
            """),
        arguments: [book.digest.bytes.data, Int64(clamping: mark), asker.bytes.data, SyncLimits.laptopsTold])
      return Received(
        longestKnownFirst: try rows.map { (try $0.device("device"), try $0.count("changes"), try $0.count("mark")) })
    }
  }
}

extension KeptPlace {
  /// Moves the laptop's place on, counting what it has kept since; false where it has not moved.
  fileprivate func keep(in database: Database, book: Int64) throws -> Bool {
    let device = self.device.bytes.data
    let known = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT position, changes FROM kept WHERE book = ? AND device = ?"),
      arguments: [book, device])
    let before = try known.map { try $0.position("position") } ?? .zero
    guard position > before else { return false }
    if known == nil {
      let count = try Int.fetchOne(
        database.cachedStatement(sql: "SELECT count(*) FROM kept WHERE book = ?"), arguments: [book])
      guard count ?? 0 < SyncLimits.devices else { return false }
    }
    let added = try Int64.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT coalesce(sum(entry.count), 0)
          FROM entry JOIN author ON author.book = entry.book AND author.author = entry.author
          WHERE entry.book = ? AND entry.position > ? AND entry.position <= ? AND author.device != ?
          """), arguments: [book, before.integer, position.integer, device])
    let changes = try known.map { try $0.count("changes") } ?? 0
    try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO kept (book, device, position, changes, mark)
        VALUES (?, ?, ?, ?, (SELECT coalesce(max(mark), 0) + 1 FROM kept WHERE book = ?))
        """
    ).execute(arguments: [book, device, position.integer, Int64(clamping: changes) + (added ?? 0), book])
    return true
  }
}
