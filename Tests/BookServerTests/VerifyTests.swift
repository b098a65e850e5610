import BookServer
import Bytes
import Foundation
import GRDB
import LogStore
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// `valised verify`: everything that a server answers from, altered thing by thing.
@Suite final class VerifyTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/valise-verify-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A log of two authors, three runs.
  private func makeLog() async throws {
    let store = try SQLiteLogStore(path: folder + "/log.sqlite", newEpoch: { .numbered(1) }, now: { 0 })
    _ = try await store.open()
    var book = try TestBook()
    book.addAuthor()
    let root = book.heads
    try book.type("one ", by: 0, on: root)
    try book.type("two ", by: 1, on: root)
    var state = BookState.start(of: book.id, epoch: .numbered(1), hash: Signing.hash)
    var known = KnownHistory()
    for run in [try book.run(0, from: 0, count: 1), try book.run(1), try book.run(0, from: 1)] {
      let outcome = Sequencer.plan(
        [run], on: state, naming: .of("visit"), known: known, cryptography: Signing.cryptography)
      let plan = try #require(outcome.plan, "\(outcome.verdicts)")
      #expect(try await store.append(plan) == .committed)
      (state, known) = (plan.next, outcome.known)
    }
    try store.close()
  }

  private func alter(_ statement: String) throws {
    let queue = try DatabaseQueue(path: folder + "/log.sqlite")
    try queue.write { database in
      try database.execute(sql: statement)
      #expect(database.changesCount == 1, "\(statement)")
    }
    try queue.close()
  }

  @Test func `a log that nobody touched is sound`() async throws {
    try await makeLog()
    let report = try BookServer.verify(data: folder)
    #expect(report.isSound, "\(report)")
    #expect(report.books.map(\.positions) == [3])
  }

  @Test(arguments: [
    "body = CAST(x'41' || substr(body, 2) AS BLOB)",
    "body = CAST(substr(body, 1, 4) || x'12' || substr(body, 6) AS BLOB)",
    "body = CAST(substr(body, 1, 5) || x'01' || substr(body, 7) AS BLOB)", "sections = sections + 1", "kind = kind + 1",
    "known = CAST(known || x'00' AS BLOB)", "known = CAST(x'0000' || substr(known, 3) AS BLOB)", "count = 0",
    "count = 1 << 40", "first = 9223372036854775807",
  ])
  func `a row of the log that says something else than its run is found`(change: String) async throws {
    try await makeLog()
    try alter("UPDATE entry SET \(change) WHERE position = 2")
    let report = try BookServer.verify(data: folder)
    #expect(!report.isSound)
    #expect(report.books.first?.fault?.position == 2, "\(report)")
  }

  @Test(arguments: [
    ("author", "key = zeroblob(32)"), ("author", "next = next + 1"), ("author", "last = zeroblob(32)"),
    ("book", "origin = zeroblob(32)"), ("book", "bytes = bytes + 1"), ("book", "state = 1"), ("book", "floor = 1"),
    ("book", "members = 1"), ("book", "head = head + 1"), ("book", "chain = zeroblob(32)"),
  ])
  func `a row of a device or of the book that says something else than the log is found`(
    table: String, change: String
  ) async throws {
    try await makeLog()
    try alter("UPDATE \(table) SET \(change) WHERE book = 1 \(table == "author" ? "AND author = 2" : "")")
    let report = try BookServer.verify(data: folder)
    #expect(!report.isSound)
    #expect(report.books.first?.fault != nil && report.books.first?.fault?.position == nil, "\(report)")
  }
}
