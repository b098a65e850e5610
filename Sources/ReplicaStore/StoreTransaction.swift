package import BookFolder
import Bytes
package import Formats
import GRDB
package import History
package import Merge
package import Replica

/// One transaction on a laptop's store: what the replica asks of its storage, answered by SQLite.
package final class StoreTransaction: ReplicaStorage {
  private let database: Database
  /// Which history it reads and writes.
  package let side: BookSide
  /// What the names of this history's tables begin with.
  let own: String
  /// Whether this transaction has moved an entry.
  var hasNotedMove = false

  init(_ database: Database, _ side: BookSide) {
    self.database = database
    self.side = side
    own = side.prefix
  }

  /// The same transaction, for another of the store's histories.
  package func on(_ side: BookSide) -> StoreTransaction { StoreTransaction(database, side) }

  func ask<T>(_ body: (Database) throws -> T) throws(StorageError) -> T {
    do { return try body(database) } catch { throw StorageError(error) }
  }

  func run(_ sql: String, _ arguments: StatementArguments) throws(StorageError) {
    try ask { try $0.cachedStatement(sql: sql).execute(arguments: arguments) }
  }

  func rows(_ sql: String, _ arguments: StatementArguments = []) throws(StorageError) -> [Row] {
    try ask { try Row.fetchAll($0.cachedStatement(sql: sql), arguments: arguments) }
  }

  func row(_ sql: String, _ arguments: StatementArguments = []) throws(StorageError) -> Row? {
    try ask { try Row.fetchOne($0.cachedStatement(sql: sql), arguments: arguments) }
  }

  // MARK: History

  package func tip() throws(StorageError) -> Tip? {
    guard let bytes = try setting("tip") else { return nil }
    return try decoding("tip", bytes) { reader throws(DecodingError) in try Tip(from: &reader) }
  }

  package func put(_ tip: Tip) throws(StorageError) {
    var writer = ByteWriter()
    tip.encode(into: &writer)
    try set("tip", to: writer.bytes)
  }

  package func append(_ run: PackedRun, _ rows: [ChangeRow]) throws(StorageError) {
    var writer = ByteWriter()
    writer.put(run)
    try self.run(
      "INSERT INTO \(own)run (device, first, last, packed) VALUES (?, ?, ?, ?)",
      [run.device.bytes.blob, Int64(clamping: run.first), Int64(clamping: run.last), writer.bytes.blob])
    let number = try ask { $0.lastInsertedRowID }
    for row in rows {
      let stored = StoredChange(of: row, run: number)
      try self.run(
        """
        INSERT INTO \(own)change (n, id, device, seq, parents, run, time, origin, message)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          stored.index, stored.id.blob, stored.device.blob, stored.seq, stored.parents.blob, stored.run, stored.time,
          stored.origin.blob, row.message.string,
        ])
    }
    if let last = rows.last { try fillBlocks(through: last.index) }
  }

  package func row(at index: ChangeIndex) throws(StorageError) -> ChangeRow? {
    guard let row = try row("SELECT * FROM \(own)change WHERE n = ?", [index.int]) else { return nil }
    let (ref, id, parents) = try Self.place(of: row)
    let origin = try decoding("change", row.bytes("origin")) { reader throws(DecodingError) in
      try Origin(from: &reader)
    }
    return ChangeRow(
      index: index, id: id, ref: ref, parents: parents, time: row["time"], origin: origin,
      message: ExactText(row["message"] as String))
  }

  package func run(holding index: ChangeIndex) throws(StorageError) -> PackedRun? {
    try row("SELECT packed FROM \(own)run WHERE n = (SELECT run FROM \(own)change WHERE n = ?)", [index.int]).map(
      Self.packedRun)
  }

  package func runs(of device: DeviceID, from seq: UInt64) throws(StorageError) -> [PackedRun] {
    var runs: [PackedRun] = []
    for row in try rows(
      "SELECT packed FROM \(own)run WHERE device = ? AND last >= ? ORDER BY last",
      [device.bytes.blob, Int64(clamping: seq)])
    { runs.append(try Self.packedRun(row)) }
    return runs
  }

  // MARK: Entries

  package func entry(_ id: EntryID) throws(StorageError) -> EntryState? {
    guard let row = try row("SELECT state FROM \(own)entry WHERE id = ?", [id.key.blob]) else { return nil }
    return try Self.state(row.bytes("state"))
  }

  package func put(_ entry: EntryState, conflicts: Int) throws(StorageError) {
    let stored = StoredEntry(of: entry, conflicts: conflicts)
    let path = entry.isAlive ? EntryView.path(of: entry).string : nil
    try noteMove(of: entry.id, to: path)
    try run(
      """
      INSERT INTO \(own)entry (id, conflicts, kind, path, placed, state) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET conflicts = excluded.conflicts, kind = excluded.kind, path = excluded.path,
        placed = excluded.placed, state = excluded.state
      """,
      [
        stored.id.blob, stored.conflicts, EntryView.kind(of: entry).string, path, stored.placed.blob,
        stored.state.blob,
      ])
  }

  package func entries() throws(StorageError) -> [EntryID] { try ids("SELECT id FROM \(own)entry ORDER BY id") }

  package func entriesInConflict() throws(StorageError) -> [EntryID] {
    try ids("SELECT id FROM \(own)entry WHERE conflicts > 0 ORDER BY id")
  }

  /// How many things wait for a person to settle them.
  package func conflictCount() throws(StorageError) -> Int {
    try row("SELECT sum(conflicts) AS total FROM \(own)entry WHERE conflicts > 0")?["total"] ?? 0
  }

  package func touches(of entry: EntryID) throws(StorageError) -> [Touch] {
    try touches(
      "SELECT change, shapes FROM \(own)touch WHERE entry = (SELECT n FROM \(own)entry WHERE id = ?) ORDER BY change",
      [entry.key.blob])
  }

  private func touches(_ sql: String, _ arguments: StatementArguments) throws(StorageError) -> [Touch] {
    var touches: [Touch] = []
    for row in try rows(sql, arguments) {
      let shapes = try decoding("touch", row.bytes("shapes")) { reader throws(DecodingError) in
        try Touch.shapes(from: &reader)
      }
      touches.append(Touch(index: ChangeIndex(row["change"] as Int), shapes: shapes))
    }
    return touches
  }

  package func touches(of entry: EntryID, after index: ChangeIndex) throws(StorageError) -> [Touch] {
    try touches(
      "SELECT change, shapes FROM \(own)touch WHERE entry = (SELECT n FROM \(own)entry WHERE id = ?) AND change > ? "
        + "ORDER BY change", [entry.key.blob, index.int])
  }

  package func add(_ touch: Touch, to entry: EntryID) throws(StorageError) {
    try run(
      "INSERT INTO \(own)touch (entry, change, shapes) SELECT n, ?, ? FROM \(own)entry WHERE id = ?",
      [touch.index.int, touch.encodedShapes.blob, entry.key.blob])
  }

  // MARK: Devices

  package func device(_ id: DeviceID) throws(StorageError) -> DeviceRow? {
    try row("SELECT * FROM \(own)device WHERE id = ?", [id.bytes.blob]).map(Self.deviceRow)
  }

  /// Everybody who ever wrote in the book, in the order of their first change here.
  package func devices() throws(StorageError) -> [DeviceRow] {
    var devices: [DeviceRow] = []
    for row in try rows("SELECT * FROM \(own)device ORDER BY n") { devices.append(try Self.deviceRow(row)) }
    return devices
  }

  package func put(_ device: DeviceRow) throws(StorageError) {
    let stored = StoredDevice(of: device)
    try run(
      """
      INSERT INTO \(own)device (id, key, name, said) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET key = excluded.key, name = excluded.name, said = excluded.said
      """, [stored.id.blob, device.key?.bytes.blob, device.name.string, stored.said.blob])
  }

  // MARK: Settings

  package func setting(_ name: String) throws(StorageError) -> [UInt8]? {
    try row("SELECT value FROM \(own)setting WHERE name = ?", [name]).map { $0.bytes("value") }
  }

  /// Nil takes the setting away.
  package func set(_ name: String, to value: [UInt8]?) throws(StorageError) {
    if let value {
      try run("INSERT OR REPLACE INTO \(own)setting (name, value) VALUES (?, ?)", [name, value.blob])
    } else {
      try run("DELETE FROM \(own)setting WHERE name = ?", [name])
    }
  }

  func ids(_ sql: String, _ arguments: StatementArguments = []) throws(StorageError) -> [EntryID] {
    var ids: [EntryID] = []
    for row in try rows(sql, arguments) { ids.append(try Self.entryID(row.bytes("id"))) }
    return ids
  }
}

extension StoreTransaction {
  /// When a change was made, by its device's clock; nil when it is not here.
  package func time(of ref: ChangeRef) throws(StorageError) -> Int64? {
    try row(
      "SELECT time FROM \(own)change WHERE device = ? AND seq = ?", [ref.device.bytes.blob, Int64(clamping: ref.seq)]
    )?["time"]
  }

  package func times() throws(StorageError) -> [Int64] {
    try rows("SELECT time FROM \(own)change ORDER BY n").map { $0["time"] }
  }

  /// A change's id; nil when it is not here.
  package func id(of ref: ChangeRef) throws(StorageError) -> ChangeID? {
    guard
      let row = try row(
        "SELECT id FROM \(own)change WHERE device = ? AND seq = ?", [ref.device.bytes.blob, Int64(clamping: ref.seq)])
    else { return nil }
    guard let digest = Digest(row.bytes("id")) else { throw .damaged("change") }
    return ChangeID(digest)
  }

  /// Every run that somebody with this vector lacks, in the order in which they came here: parents first.
  package func runs(beyond vector: VersionVector) throws(StorageError) -> [PackedRun] {
    var runs: [PackedRun] = []
    for row in try rows("SELECT n, device, last FROM \(own)run ORDER BY n") {
      guard let device = DeviceID(row.bytes("device")) else { throw .damaged("run") }
      guard UInt64(row["last"] as Int64) >= vector[device] else { continue }
      let packed = try self.row("SELECT packed FROM \(own)run WHERE n = ?", [row["n"] as Int64])
      if let packed { runs.append(try Self.packedRun(packed)) }
    }
    return runs
  }

  /// Forgets the history and everything merged from it, and keeps the settings: to receive the book anew.
  package func forgetHistory() throws(StorageError) {
    for table in ["run", "change", "graph", "entry", "touch", "checkpoint", "device", "shown"] {
      try run("DELETE FROM \(own)\(table)", [])
    }
    try set("tip", to: nil)
    try set("former-names", to: nil)
  }
}

extension StoreTransaction {
  /// How many changes of each device are here. Costs the devices, not their changes.
  package func vector() throws(StorageError) -> VersionVector {
    var vector = VersionVector()
    // From each device to the next one in the index; grouping would read all of it.
    let sql = """
      WITH RECURSIVE one (device) AS (
        SELECT min(device) FROM \(own)change UNION ALL
        SELECT (SELECT min(device) FROM \(own)change WHERE device > one.device) FROM one WHERE device IS NOT NULL)
      SELECT device, (SELECT max(seq) FROM \(own)change WHERE device = one.device) AS last FROM one
      WHERE device IS NOT NULL
      """
    for row in try rows(sql) {
      guard let device = DeviceID(row.bytes("device")) else { throw .damaged("change") }
      vector[device] = UInt64(row["last"] as Int64) + 1
    }
    return vector
  }
}
