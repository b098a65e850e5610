package import Bytes
package import Formats
import History
package import SyncProtocol

// What a store keeps beside the runs can be made from them at any time, and a server answers from it without looking at
// a run: so a sound log is not enough.

extension StoredLogs {
  /// A row that says something else than the log does.
  package struct Mismatch: Equatable, Sendable {
    /// Its table, and what it is of.
    package let row: String
    package let columns: [String]
  }
}

extension StoredLogs.Entry {
  /// The columns that say something else than the entry's run, which holds these changes.
  package func columns(unlike run: PackedRun, of changes: [KnownChange]) -> [String] {
    var wrong: [String] = []
    if kind != Int64(ChainHash.runKind) { wrong.append("kind") }
    if sectionCount != Int64(run.sections.count) { wrong.append("sections") }
    if known != KnownChange.bytes(of: changes) { wrong.append("known") }
    if sections != LogEntry.sections(of: run) { wrong.append("body") }
    return wrong
  }
}

extension StoredLogs.Book {
  /// The book's own row and those of its devices, where they say something else than its log, which has these devices.
  package func mismatches(with heads: [AuthorHead], hash: ([UInt8]) -> Digest) -> [StoredLogs.Mismatch] {
    var found: [StoredLogs.Mismatch] = []
    func note(_ row: String, _ columns: [(name: String, isRight: Bool)]) {
      let wrong = columns.filter { !$0.isRight }.map(\.name)
      if !wrong.isEmpty { found.append(StoredLogs.Mismatch(row: row, columns: wrong)) }
    }
    note(
      "book",
      [
        ("origin", origin == ChainHash.start(of: id, hash: hash).digest.bytes),
        ("bytes", bytes == entries.reduce(0) { $0 + Int64($1.sections.count) }),
        ("members", members == 0), ("floor", floor == 0), ("state", state == 0),
      ])
    for author in authors {
      let head = heads.first { $0.device.bytes == author.device }
      note(
        "author \(author.number)",
        [
          ("device", head != nil), ("key", head.map { $0.key.bytes == author.key } ?? true),
          ("next", head.map { Int64(clamping: $0.head.seq) + 1 == author.next } ?? true),
          ("last", head.map { $0.head.id.digest.bytes == author.last } ?? true),
        ])
    }
    return found
  }
}
