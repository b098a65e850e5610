import Bytes
import GRDB
package import History
package import Replica

extension StoreTransaction {
  package func checkpoint(of entry: EntryID, before index: ChangeIndex?) throws(StorageError) -> BodyCheckpoint? {
    let row = try row(
      """
      SELECT change, edits, body FROM \(own)checkpoint
      WHERE entry = (SELECT n FROM \(own)entry WHERE id = ?) AND change < ? ORDER BY change DESC LIMIT 1
      """, [entry.key.blob, index.map { Int64($0.int) } ?? .max])
    guard let row else { return nil }
    let bytes = row.bytes("body")
    guard let text = ExactText(validating: bytes) else { throw .damaged("checkpoint") }
    return BodyCheckpoint(index: ChangeIndex(row["change"] as Int), edits: row["edits"] as Int, text: text)
  }

  package func add(_ checkpoint: BodyCheckpoint, to entry: EntryID) throws(StorageError) {
    try run(
      "INSERT INTO \(own)checkpoint (entry, change, edits, body) SELECT n, ?, ?, ? FROM \(own)entry WHERE id = ?",
      [checkpoint.index.int, checkpoint.edits, checkpoint.text.bytes.blob, entry.key.blob])
  }
}
