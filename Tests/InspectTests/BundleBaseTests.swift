import Formats
import History
import SyncTesting
import Testing
import valise_inspect

/// What a bundle builds on: its base, and nothing else.
@Suite struct BundleBaseTests {
  /// Two authors; the second one's last change was made on the first one's last.
  private static func book() throws -> TestBook {
    var book = try TestBook()
    book.addAuthor()
    try book.type("one ", by: 0)
    try book.type("two ", by: 1)
    try book.type("three ", by: 0)
    try book.type("four ", by: 1)
    return book
  }

  private static func bundle(of book: TestBook, knowing count: UInt64) throws -> [UInt8] {
    var base = VersionVector()
    base[book.authors[0].device] = count
    base[book.authors[1].device] = 1
    return DiffFile(book: book.id, base: base, runs: [try book.run(1, from: 1)]).encoded()
  }

  private static func snapshot(of book: TestBook) throws -> Inspected {
    let runs = [try book.run(0, from: 0, count: 2), try book.run(1, from: 0, count: 1), try book.run(0, from: 2)]
    let epoch = [UInt8](repeating: 0, count: SnapshotChunk.epochByteCount)
    let file = SnapshotFile(
      book: book.id, chunks: [SnapshotChunk(epoch: epoch, first: 1, runs: runs + [try book.run(1, from: 1)])])
    return try Inspected(file: "whole", file.encoded())
  }

  @Test func `a change that was made on what is neither in the bundle nor below it is found`() throws {
    let book = try Self.book()
    let bytes = try Self.bundle(of: book, knowing: 2)
    for other in [nil, try Self.snapshot(of: book)] {
      let read = try Inspected(file: "bundle", bytes, with: other)
      #expect(read.findings.map(\.name) == ["unknownParent"])
      #expect(read.findings.first?.place.change?.device == book.authors[1].device)
    }
  }

  @Test func `one that builds on its base alone is sound, and a snapshot too`() throws {
    let book = try Self.book()
    let whole = try Self.snapshot(of: book)
    #expect(whole.findings == [])
    for other in [nil, whole] {
      #expect(try Inspected(file: "bundle", Self.bundle(of: book, knowing: 3), with: other).findings == [])
    }
  }
}
