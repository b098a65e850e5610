import Foundation
package import Formats
import GRDB
import History
package import Replica

// For looking at a store that may be damaged: rows as they lie there, and nothing that traps on what a column holds.
// What a row has to be, `Stored…(of:)` says: the store writes its rows by it, and they are held against it.

/// A row of the store's runs; nothing of it has been looked at.
package struct StoredRun: Equatable, Sendable {
  package let number: Int64
  package let device: [UInt8]
  package let first: Int64
  package let last: Int64
  package let packed: [UInt8]

  /// The columns beside the run that say something else than it does.
  package func columns(unlike run: PackedRun) -> [String] {
    [
      ("device", device == run.device.bytes), ("first", first == Int64(clamping: run.first)),
      ("last", last == Int64(clamping: run.last)),
    ].wrong
  }
}

extension StoreTransaction {
  /// Every run, in the order in which they came.
  package func storedRuns() throws(StorageError) -> [StoredRun] {
    var runs: [StoredRun] = []
    for row in try rows("SELECT n, device, first, last, packed FROM \(own)run ORDER BY n") {
      runs.append(
        StoredRun(
          number: row.plainNumber("n"), device: row.plainBytes("device"), first: row.plainNumber("first"),
          last: row.plainNumber("last"), packed: row.plainBytes("packed")))
    }
    return runs
  }

  /// Every change, in the order in which they came.
  package func storedChanges() throws(StorageError) -> [StoredChange] {
    var changes: [StoredChange] = []
    for row in try rows(
      """
      SELECT n, id, device, seq, parents, run, time, origin, CAST(message AS BLOB) AS message FROM \(own)change ORDER BY n
      """)
    { changes.append(StoredChange(plain: row)) }
    return changes
  }

  /// Every entry, deleted ones included, by id.
  package func storedEntries() throws(StorageError) -> [StoredEntry] {
    var entries: [StoredEntry] = []
    for row in try rows(
      """
      SELECT n, id, conflicts, CAST(kind AS BLOB) AS kind, CAST(path AS BLOB) AS path, placed, state FROM \(own)entry
      ORDER BY id
      """)
    { entries.append(StoredEntry(plain: row)) }
    return entries
  }

  /// Everybody who ever wrote in the book.
  package func storedDevices() throws(StorageError) -> [StoredDevice] {
    var devices: [StoredDevice] = []
    for row in try rows("SELECT n, id, key, CAST(name AS BLOB) AS name, said FROM \(own)device ORDER BY n") {
      devices.append(StoredDevice(plain: row))
    }
    return devices
  }

  /// Which changes have operations on which entries; by the entry's number, then in order of arrival.
  package func storedTouches() throws(StorageError) -> [StoredTouch] {
    var touches: [StoredTouch] = []
    for row in try rows("SELECT entry, change, shapes FROM \(own)touch ORDER BY entry, change") {
      touches.append(
        StoredTouch(
          entry: row.plainNumber("entry"), change: row.plainNumber("change"), shapes: row.plainBytes("shapes")))
    }
    return touches
  }

  /// The first change of each block of the history's shape, and the block.
  package func storedBlocks() throws(StorageError) -> [(first: Int64, changes: [UInt8])] {
    var blocks: [(first: Int64, changes: [UInt8])] = []
    for row in try rows("SELECT first, changes FROM \(own)graph ORDER BY first") {
      blocks.append((row.plainNumber("first"), row.plainBytes("changes")))
    }
    return blocks
  }

  /// What SQLite finds wrong with its own pages and indices; empty when nothing is.
  package func pageFaults() throws(StorageError) -> [String] {
    let found = try rows("PRAGMA integrity_check(20)").map { row in
      row.databaseValues.first.flatMap { String.fromDatabaseValue($0) } ?? "?"
    }
    return found == ["ok"] ? [] : found
  }
}

extension Row {
  func plainBytes(_ column: String) -> [UInt8] {
    (self[column] as (any DatabaseValueConvertible)?).flatMap { Data.fromDatabaseValue($0.databaseValue) }
      .map { Array($0) } ?? []
  }

  /// -1 where there is none.
  func plainNumber(_ column: String) -> Int64 {
    (self[column] as (any DatabaseValueConvertible)?).flatMap { Int64.fromDatabaseValue($0.databaseValue) } ?? -1
  }
}

extension [(name: String, isRight: Bool)] {
  var wrong: [String] { filter { !$0.isRight }.map(\.name) }
}
