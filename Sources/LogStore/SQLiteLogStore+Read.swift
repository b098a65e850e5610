package import History
package import SyncProtocol
import Bytes
import Formats
import GRDB

extension SQLiteLogStore {
  package func book(named name: BookName) async throws(StoreError) -> BookID? {
    try await read { database in
      try Row.fetchOne(database, sql: "SELECT id FROM book WHERE name = ?", arguments: [name.string])
        .map { BookID(try $0.digest("id")) }
    }
  }

  package func name(of book: BookID) async throws(StoreError) -> BookName? {
    try await read { database in
      try String.fetchOne(database, sql: "SELECT name FROM book WHERE id = ?", arguments: [book.digest.bytes.data])
        .flatMap { BookName(ExactText($0)) }
    }
  }

  package func states(of books: [BookID]) async throws(StoreError) -> [BookState?] {
    let epoch = try openedEpoch()
    return try await read { database in
      try books.map { book in
        try Row.fetchOne(
          database.cachedStatement(sql: "SELECT head, chain FROM book WHERE id = ?"),
          arguments: [book.digest.bytes.data]
        ).map { row in
          BookState(
            book: book, epoch: epoch, position: try row.position("head"), chain: ChainHash(try row.digest("chain")))
        }
      }
    }
  }

  package func authors(of book: BookID) async throws(StoreError) -> [AuthorHead] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT device, key, next, last FROM author WHERE book = (SELECT book FROM book WHERE id = ?)
          ORDER BY device
          """, arguments: [book.digest.bytes.data]
      ).map(AuthorHead.init(row:))
    }
  }

  package func author(_ device: DeviceID, of book: BookID) async throws(StoreError) -> AuthorHead? {
    try await read { database in
      try Row.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT device, key, next, last FROM author
            WHERE book = (SELECT book FROM book WHERE id = ?) AND device = ?
            """), arguments: [book.digest.bytes.data, device.bytes.data]
      ).map(AuthorHead.init(row:))
    }
  }

  package func known(of book: BookID, after position: Position) async throws(StoreError) -> [KnownRun] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT entry.position, entry.first, entry.count, entry.known, author.device, author.key
          FROM entry JOIN author ON author.book = entry.book AND author.author = entry.author
          WHERE entry.book = (SELECT book FROM book WHERE id = ?) AND entry.position > ? ORDER BY entry.position
          """, arguments: [book.digest.bytes.data, position.integer]
      ).map(KnownRun.init(row:))
    }
  }

  package func entries(
    of book: BookID, _ selection: LogSelection, limit: Int
  ) async throws(StoreError) -> LogPage {
    try await read { database in
      let rows = try Row.fetchCursor(
        database.cachedStatement(
          sql: """
            SELECT entry.position, author.device, entry.first, entry.count, entry.id, entry.chain, entry.signature,
              entry.sections, entry.body
            FROM entry JOIN author ON author.book = entry.book AND author.author = entry.author
            WHERE entry.book = (SELECT book FROM book WHERE id = ?) AND entry.position > ? AND entry.position <= ?
            ORDER BY entry.position
            """),
        arguments: [book.digest.bytes.data, selection.after.integer, selection.through.integer])
      var entries: [LogEntry] = []
      var bytes = 0
      while let row = try rows.next() {
        do {
          let bare = try LogEntry(row: row)
          guard selection.wants(bare) else { continue }
          if bytes >= limit { return LogPage(entries: entries, next: entries.last?.position) }
          let entry = selection.asker == bare.device ? bare : try LogEntry(row: row, withSections: true)
          bytes += entry.sections.count
          entries.append(entry)
        } catch StoreError.corrupt(let damage) {
          // What is sound before it is given out; whoever reads on from there hears of the damage.
          guard let last = entries.last else { throw StoreError.corrupt(damage) }
          return LogPage(entries: entries, next: last.position)
        }
      }
      return LogPage(entries: entries, next: nil)
    }
  }

  package func seek(_ cursor: CursorClaim, in book: BookID) async throws(StoreError) -> CursorCheck {
    guard cursor.epoch == (try openedEpoch()) else { return .otherEpoch }
    return try await read { database in
      let id = book.digest.bytes.data
      let row =
        cursor.position == .zero
        ? try Row.fetchOne(database, sql: "SELECT origin AS chain FROM book WHERE id = ?", arguments: [id])
        : try Row.fetchOne(
          database,
          sql: "SELECT chain FROM entry WHERE book = (SELECT book FROM book WHERE id = ?) AND position = ?",
          arguments: [id, cursor.position.integer])
      guard let row else { return .beyondHead }
      return ChainHash(try row.digest("chain")).prefix == cursor.chain ? .onChain : .offChain
    }
  }
}

extension AuthorHead {
  fileprivate init(row: Row) throws {
    guard let key = PublicKey(try row.bytes("key")), case let next = try row.count("next"), next > 0 else {
      throw StoreError.corrupt("author")
    }
    self.init(
      device: try row.device("device"), key: key,
      head: DeviceHead(seq: next - 1, id: ChangeID(try row.digest("last"))))
  }
}

extension KnownRun {
  fileprivate init(row: Row) throws {
    self = try row.atPosition { position in
      let first = try row.count("first")
      let changes = try KnownChange.changes(from: row.bytes("known"), count: Int(clamping: row.count("count")))
      return KnownRun(
        position: position, device: try row.device("device"), first: first, changes: changes,
        key: first == 0 ? PublicKey(try row.bytes("key")) : nil)
    }
  }
}

extension LogEntry {
  /// With its sections these are looked at as the client will: nothing is sent that it cannot take, and what travels
  /// frame by frame are whole frames.
  fileprivate init(row: Row, withSections: Bool = false) throws {
    self = try row.atPosition { position in
      guard let signature = Signature(try row.bytes("signature")) else { throw StoreError.corrupt("signature") }
      let (first, count) = (try row.count("first"), Int(clamping: try row.count("count")))
      guard first <= FormatLimits.seq, (1...FormatLimits.changes).contains(count) else {
        throw StoreError.corrupt("count")
      }
      let sectionCount = Int(clamping: try row.count("sections"))
      let sections = withSections ? try row.bytes("body") : []
      guard try !withSections || LogEntry.packedSections(in: sections).count == sectionCount else {
        throw StoreError.corrupt("sections")
      }
      return LogEntry(
        position: position, device: try row.device("device"), first: first, count: count, signature: signature,
        id: ChangeID(try row.digest("id")), chain: ChainHash(try row.digest("chain")), sectionCount: sectionCount,
        sections: sections)
    }
  }
}

extension Row {
  /// What is read of a row of the log; damage is said with the position.
  fileprivate func atPosition<Value>(_ read: (Position) throws -> Value) throws -> Value {
    let position = try position("position")
    let damage: String
    do { return try read(position) } catch StoreError.corrupt(let what) { damage = what } catch let error as FormatError
    { damage = "body (\(error.name))" } catch let error as DecodingError { damage = "known (\(error.name))" }
    throw StoreError.corrupt("position \(position.rawValue): \(damage)")
  }
}
