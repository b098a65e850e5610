import BookFolder
import Foundation
import GRDB
import LocalBook
import Testing

/// `valise-inspect verify` on a laptop's store: whatever a question is answered from, altered column by column.
@Suite final class StoreRowTests {
  private let folder: URL
  private let inspect: Inspecting
  private var store: URL { folder.appending(path: "anne/.valise/book.sqlite") }

  /// Two people who wrote together, with a conflict and an entry that is deleted; one of them has a private note too.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "rows-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    inspect = try Inspecting(in: folder)
    try write("---\ntitle: A\n---\nOne.\n", to: "notes/a.md", of: "anne")
    try write("Gone soon.\n", to: "notes/b.md", of: "anne")
    try write("Mine.\n", to: "private/p.md", of: "anne")
    _ = try LocalBook.new(at: path("anne"), name: "Anne", Self.environment(day: 0))
    _ = try book("anne", day: 1).export(to: path("before.snapshot"))
    _ = try LocalBook.restore(from: path("before.snapshot"), at: path("ben"), name: "Ben", Self.environment(day: 1))
    try FileManager.default.removeItem(at: folder.appending(path: "anne/notes/b.md"))
    for laptop in ["anne", "ben"] { try write("---\ntitle: By \(laptop)\n---\nOne.\n", to: "notes/a.md", of: laptop) }
    _ = try book("ben", day: 2).save(message: "by Ben")
    _ = try book("ben", day: 2).createBundle(at: path("ben.bundle"), since: nil)
    _ = try book("anne", day: 2).apply(path("ben.bundle"))
    try write("---\ntitle: By anne\n---\nOne and two.\n", to: "notes/a.md", of: "anne")
    _ = try book("anne", day: 3).save(message: "two")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test func `a store that nobody touched is sound`() throws {
    let verified = try inspect("verify", "anne")
    #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
    #expect(verified.output.components(separatedBy: "Sound").count == 3, "\(verified.output)")
  }

  @Test func `each column that is not what the changes make of it is found, and named with its row`() throws {
    let last = "WHERE n = (SELECT max(n) FROM change)"
    let alterations: [(row: String, column: String, statement: String)] = [
      ("change ", "parents", "UPDATE change SET parents = x'00' \(last)"),
      ("change ", "time", "UPDATE change SET time = time - 1 \(last)"),
      ("change ", "origin", "UPDATE change SET origin = x'01' \(last)"),
      ("change ", "message", "UPDATE change SET message = 'another' \(last)"),
      ("change ", "run", "UPDATE change SET run = run - 1 \(last)"),
      ("change ", "id", "UPDATE change SET id = zeroblob(32) \(last)"),
      ("run 1", "device", "UPDATE run SET device = zeroblob(16) WHERE n = 1"),
      ("run 1", "first", "UPDATE run SET first = first + 1 WHERE n = 1"),
      ("run 1", "last", "UPDATE run SET last = last + 1 WHERE n = 1"),
      ("device ", "no change makes such a row", "UPDATE device SET id = zeroblob(16) WHERE n = 1"),
      ("device ", "key", "UPDATE device SET key = zeroblob(32) WHERE n = 1"),
      ("device ", "name", "UPDATE device SET name = 'Somebody Else' WHERE n = 1"),
      ("device ", "said", "UPDATE device SET said = CAST(x'01' || substr(said, 2) AS BLOB) WHERE n = 2"),
      ("entry ", "no change makes such a row", "UPDATE entry SET id = zeroblob(32) WHERE n = 1"),
      ("entry ", "path", "UPDATE entry SET path = 'notes/other.md' WHERE path = 'notes/a.md'"),
      ("entry ", "path", "UPDATE entry SET path = NULL WHERE path = 'notes/a.md'"),
      ("entry ", "path", "UPDATE entry SET path = 'notes/back.md' WHERE path IS NULL"),
      ("entry ", "kind", "UPDATE entry SET kind = 'visit' WHERE path = 'notes/a.md'"),
      ("entry ", "conflicts", "UPDATE entry SET conflicts = 5 WHERE path = 'notes/a.md'"),
      (
        "entry ", "placed",
        "UPDATE entry SET placed = CAST(x'7f' || substr(placed, 2) AS BLOB) WHERE path LIKE '%/a.md'"
      ),
      ("touch ", "shapes", "UPDATE touch SET shapes = x'000001' WHERE change = (SELECT max(n) FROM change)"),
      ("touch", "of these", "DELETE FROM touch WHERE change = (SELECT max(n) FROM change)"),
      ("device ", "name", "UPDATE private_device SET name = 'Somebody Else'"),
    ]
    let sound = try copy()
    for (row, column, statement) in alterations {
      try alter(statement)
      let verified = try inspect("verify", "anne")
      #expect(verified.code == 1, "\(statement): \(verified.output)\(verified.errors)")
      #expect(
        verified.output.split(separator: "\n").contains { $0.hasPrefix(row) && $0.contains(column) },
        "\(statement): \(verified.output)")
      try put(sound)
    }
    #expect(try inspect("verify", "anne").code == 0)
  }

  private func alter(_ statement: String) throws {
    let queue = try DatabaseQueue(path: store.path)
    try queue.write { database in
      try database.execute(sql: statement)
      #expect(database.changesCount > 0, "\(statement)")
    }
    try queue.close()
  }

  /// All of the store in one file.
  private func copy() throws -> Data {
    let queue = try DatabaseQueue(path: store.path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    try queue.close()
    return try Data(contentsOf: store)
  }

  private func put(_ copy: Data) throws {
    for end in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.path + end) }
    try copy.write(to: store)
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func write(_ text: String, to file: String, of laptop: String) throws {
    let place = folder.appending(path: "\(laptop)/\(file)")
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: place)
  }

  private func book(_ laptop: String, day: Int64) throws -> LocalBook {
    try LocalBook(at: path(laptop), Self.environment(day: day), command: "test")
  }

  private static func environment(day: Int64) -> Environment {
    Environment(
      now: { (1_636_362_000 + day * 86_400) * 1_000_000_000 },
      randomBytes: { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      }, personName: { "Anne" })
  }
}
