import Foundation
import GRDB
package import Replica

// For looking at a store that may be damaged: rows as they lie there, and nothing that traps on what a column holds.

/// A row of the store's runs; nothing of it has been looked at.
package struct StoredRun: Equatable, Sendable {
  package let number: Int64
  package let packed: [UInt8]
}

/// What the store's own list says of a change.
package struct StoredChange: Equatable, Sendable {
  package let index: Int64
  package let id: [UInt8]
  package let device: [UInt8]
  package let seq: Int64
}

/// A row of the store's entries.
package struct StoredEntry: Equatable, Sendable {
  package let id: [UInt8]
  package let state: [UInt8]
}

extension StoreTransaction {
  /// Every run, in the order in which they came.
  package func storedRuns() throws(StorageError) -> [StoredRun] {
    var runs: [StoredRun] = []
    for row in try rows("SELECT n, packed FROM \(own)run ORDER BY n") {
      runs.append(StoredRun(number: row.plainNumber("n"), packed: row.plainBytes("packed")))
    }
    return runs
  }

  /// Every change, in the order in which they came.
  package func storedChanges() throws(StorageError) -> [StoredChange] {
    var changes: [StoredChange] = []
    for row in try rows("SELECT n, id, device, seq FROM \(own)change ORDER BY n") {
      changes.append(
        StoredChange(
          index: row.plainNumber("n"), id: row.plainBytes("id"), device: row.plainBytes("device"),
          seq: row.plainNumber("seq")))
    }
    return changes
  }

  /// Every entry, deleted ones included, by id.
  package func storedEntries() throws(StorageError) -> [StoredEntry] {
    var entries: [StoredEntry] = []
    for row in try rows("SELECT id, state FROM \(own)entry ORDER BY id") {
      entries.append(StoredEntry(id: row.plainBytes("id"), state: row.plainBytes("state")))
    }
    return entries
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
  fileprivate func plainBytes(_ column: String) -> [UInt8] {
    (self[column] as (any DatabaseValueConvertible)?).flatMap { Data.fromDatabaseValue($0.databaseValue) }
      .map { Array($0) } ?? []
  }

  /// -1 where there is none.
  fileprivate func plainNumber(_ column: String) -> Int64 {
    (self[column] as (any DatabaseValueConvertible)?).flatMap { Int64.fromDatabaseValue($0.databaseValue) } ?? -1
  }
}
