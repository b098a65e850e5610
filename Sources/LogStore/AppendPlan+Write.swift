import Bytes
import GRDB
import History
import SyncProtocol

extension AppendPlan {
  /// The append, inside the caller's transaction: the first statement compares; if it changes no row, none follows.
  func write(to database: Database, at time: Int64) throws -> AppendResult {
    let bytes = entries.reduce(0) { $0 + $1.entry.sections.count }
    if expected.position == .zero {
      guard let name else { return .stale }
      try database.cachedStatement(
        sql: """
          INSERT OR IGNORE INTO book (id, name, head, origin, chain, members, floor, bytes, state)
          SELECT ?, ?, ?, ?, ?, 0, 0, ?, 0 WHERE (SELECT epoch FROM fence) = ?
          """
      ).run([
        book.digest.bytes.data, name.string, next.position.integer, expected.chain.data, next.chain.data, bytes,
        expected.epoch.bytes.data,
      ])
    } else {
      try database.cachedStatement(
        sql: """
          UPDATE book SET head = ?, chain = ?, bytes = bytes + ?
          WHERE id = ? AND head = ? AND chain = ? AND state = 0 AND (SELECT epoch FROM fence) = ?
          """
      ).run([
        next.position.integer, next.chain.data, bytes, book.digest.bytes.data, expected.position.integer,
        expected.chain.data, expected.epoch.bytes.data,
      ])
    }
    guard database.changesCount == 1 else { return .stale }
    guard
      let row = try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT book FROM book WHERE id = ?"), arguments: [book.digest.bytes.data])
    else { throw StoreError.corrupt("a book that was just written") }
    for entry in entries { try entry.write(to: database, book: row, at: time) }
    return .committed
  }
}

extension AppendPlan.Entry {
  fileprivate func write(to database: Database, book: Int64, at time: Int64) throws {
    let author = try author(in: database, book: book)
    try database.cachedStatement(
      sql: """
        INSERT INTO entry
        (book, position, kind, author, first, count, at, id, chain, signature, sections, known, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).run([
      book, entry.position.integer, Int(ChainHash.runKind), author, Int64(clamping: entry.first), entry.count, time,
      entry.id.digest.bytes.data, entry.chain.data, entry.signature.bytes.data, entry.sectionCount,
      KnownChange.bytes(of: known.changes).data, entry.sections.data,
    ])
  }

  /// The device's number in the book, its head moved on.
  private func author(in database: Database, book: Int64) throws -> Int64 {
    let device = entry.device.bytes.data
    let next = Int64(clamping: entry.last + 1)
    let id = entry.id.digest.bytes.data
    if let key = known.key {
      try database.cachedStatement(
        sql: """
          INSERT INTO author (book, author, device, key, next, last)
          VALUES (?, (SELECT COALESCE(MAX(author), 0) + 1 FROM author WHERE book = ?), ?, ?, ?, ?)
          """
      ).run([book, book, device, key.bytes.data, next, id])
    } else {
      try database.cachedStatement(sql: "UPDATE author SET next = ?, last = ? WHERE book = ? AND device = ?")
        .run([next, id, book, device])
    }
    guard database.changesCount == 1,
      let author = try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT author FROM author WHERE book = ? AND device = ?"),
        arguments: [book, device])
    else { throw StoreError.corrupt("a run of a device that never introduced itself") }
    return author
  }
}

extension Statement {
  fileprivate func run(_ arguments: StatementArguments) throws { try execute(arguments: arguments) }
}
