package import Bytes
import GRDB
package import History
package import Merge
package import Replica

/// An entry whose file does not show its newest version yet: what it shows, and the version it was made from.
package struct ShownEntry: Equatable, Sendable {
  package let version: Version
  /// Nil where there is no file yet.
  package let state: EntryState?

  package init(version: Version, state: EntryState?) {
    self.version = version
    self.state = state
  }
}

extension StoreTransaction {
  /// Remembers what a file shows before something newer is merged; what is remembered already stays.
  package func keepShown(_ id: EntryID, _ shown: ShownEntry) throws(StorageError) {
    try put(shown, of: id, sql: "INSERT OR IGNORE INTO \(own)shown (entry, version, state) VALUES (?, ?, ?)")
  }

  /// Says what a file shows now, after an edit of it was recorded.
  package func replaceShown(_ id: EntryID, _ shown: ShownEntry) throws(StorageError) {
    try put(shown, of: id, sql: "INSERT OR REPLACE INTO \(own)shown (entry, version, state) VALUES (?, ?, ?)")
  }

  /// The file shows the newest version again.
  package func forgetShown(_ id: EntryID) throws(StorageError) {
    try run("DELETE FROM \(own)shown WHERE entry = ?", [id.key.blob])
  }

  /// What the entry's file shows, where that is not the newest version.
  package func shown(_ id: EntryID) throws(StorageError) -> ShownEntry? {
    guard let row = try row("SELECT version, state FROM \(own)shown WHERE entry = ?", [id.key.blob]) else { return nil }
    let version = try decoding("shown", row.bytes("version")) { reader throws(DecodingError) in
      try Version(from: &reader)
    }
    let state: EntryState? = row.hasNull("state") ? nil : try Self.state(row.bytes("state"))
    return ShownEntry(version: version, state: state)
  }

  /// The entries whose files are behind, by id.
  package func entriesBehind() throws(StorageError) -> [EntryID] {
    var ids: [EntryID] = []
    for row in try rows("SELECT entry FROM \(own)shown ORDER BY entry") {
      ids.append(try Self.entryID(row.bytes("entry")))
    }
    return ids
  }

  /// Those of them that are deleted.
  package func deletedEntriesBehind() throws(StorageError) -> [EntryID] {
    // CROSS: SQLite would else go through all entries, and look for each whether it is behind.
    let sql = "SELECT id FROM \(own)shown CROSS JOIN \(own)entry ON id = \(own)shown.entry"
    return try ids(sql + " WHERE path IS NULL ORDER BY id")
  }

  private func put(_ shown: ShownEntry, of id: EntryID, sql: String) throws(StorageError) {
    var version = ByteWriter()
    shown.version.encode(into: &version)
    var state: [UInt8]?
    if let entry = shown.state {
      var writer = ByteWriter()
      entry.encode(into: &writer)
      state = writer.bytes
    }
    try run(sql, [id.key.blob, version.bytes.blob, state?.blob])
  }
}

/// An entry that is not deleted, and where it says that it belongs.
package struct PlacedEntry: Equatable, Sendable {
  package let id: EntryID
  package let path: ExactText
  /// The event that says so: decides who of two in one place stands first.
  package let stamp: Stamp

  init(id: EntryID, path: ExactText, stamp: Stamp) {
    self.id = id
    self.path = path
    self.stamp = stamp
  }

  /// Where an entry says that it belongs; nil when it is deleted.
  package init?(_ state: EntryState) {
    guard state.isAlive else { return nil }
    id = state.id
    path = EntryView.path(of: state)
    stamp = state.register(.path)?.members.first?.stamp ?? state.creation
  }
}

extension StoreTransaction {
  /// All entries that are not deleted, by the order of the events that placed them.
  package func placedEntries() throws(StorageError) -> [PlacedEntry] {
    try placed("SELECT id, path, placed FROM \(own)entry WHERE path IS NOT NULL")
  }

  /// Whether an entry has come, gone, or been given another path since `forgetMoves`: only then can a file stand where it
  /// does not belong.
  package func hasMoves() throws(StorageError) -> Bool { try setting("moves") != nil }

  package func forgetMoves() throws(StorageError) {
    try set("moves", to: nil)
    hasNotedMove = false
  }

  func noteMove(of id: EntryID, to path: String?) throws(StorageError) {
    if hasNotedMove { return }
    let known = try row("SELECT path FROM \(own)entry WHERE id = ?", [id.key.blob])?["path"] as String?
    if known.map({ ExactText($0) }) == path.map({ ExactText($0) }) { return }
    try set("moves", to: [1])
    hasNotedMove = true
  }

  /// The entry that says that it belongs at this path; the first that said so, where several do.
  package func entry(at path: ExactText) throws(StorageError) -> EntryID? {
    try placed("SELECT id, path, placed FROM \(own)entry WHERE path = ?", [path.string]).first?.id
  }

  /// The entries that say that they belong at this path, or did when they were deleted, by id. Costs every deleted entry.
  package func entries(lastCalled path: ExactText) throws(StorageError) -> [EntryID] {
    var found = try ids("SELECT id FROM \(own)entry WHERE path = ? ORDER BY id", [path.string])
    for id in try ids("SELECT id FROM \(own)entry WHERE path IS NULL ORDER BY id") {
      if let state = try entry(id), EntryView.path(of: state) == path { found.append(id) }
    }
    return found.sorted()
  }

  package func deletedEntries(ofKind kind: ExactText) throws(StorageError) -> [EntryID] {
    try ids("SELECT id FROM \(own)entry WHERE path IS NULL AND kind = ? ORDER BY id", [kind.string])
  }

  /// How many entries of each kind are not deleted, by kind.
  package func kinds() throws(StorageError) -> [(kind: ExactText, count: Int)] {
    let counts = try rows("SELECT kind, count(*) AS number FROM \(own)entry WHERE path IS NOT NULL GROUP BY kind")
    return counts.map { (ExactText($0["kind"] as String), $0["number"] as Int) }.sorted { $0.kind < $1.kind }
  }

  private func placed(_ sql: String, _ arguments: StatementArguments = []) throws(StorageError) -> [PlacedEntry] {
    var placed: [PlacedEntry] = []
    for row in try rows(sql, arguments) {
      let stamp = try decoding("entry", row.bytes("placed")) { reader throws(DecodingError) in
        Stamp(lamport: try reader.varint(), operation: try reader.operationRef())
      }
      placed.append(
        PlacedEntry(id: try Self.entryID(row.bytes("id")), path: ExactText(row["path"] as String), stamp: stamp))
    }
    return placed.sorted { $0.stamp < $1.stamp }
  }
}
