import Bytes
import History
import LocalBook
import Replica
import ReplicaStore
import Testing

@Suite struct SchemaLevelTests {
  @Test func `a program of an older schema level syncs and records, and writes no file`() async throws {
    try await OwnServer.running { port in
      let (newer, older) = (try TestFolder(), try TestFolder())
      let url = "valise://127.0.0.1:\(port)/levels"
      var future = Environment.test("Anne")
      future.schemaLevel = 2
      try newer.write("---\ntitle: one\n---\nText\n", to: "notes/a.md")
      try newer.write("---\ntitle: two\n---\nText\n", to: "notes/b.md")
      _ = try LocalBook.new(at: newer.path, name: "Anne", future)
      _ = try await LocalBook(at: newer.path, future, command: "test").publish(url: url)
      let root = older.path + "/book"
      _ = try await LocalBook.join(url: url, at: root, name: "Ben", .test("Ben"))

      try LocalBook(at: newer.path, future, command: "test").need(level: 2)
      try newer.write("---\ntitle: newer\n---\nText\n", to: "notes/a.md")
      _ = try await LocalBook(at: newer.path, future, command: "test").sync()
      try older.write("---\ntitle: mine\n---\nText\n", to: "book/notes/b.md")

      let summary = try await LocalBook(at: root, .test("Ben"), command: "test").sync()
      #expect(summary.outcome == .synced && summary.sent == 1)
      #expect(summary.saved.neededLevel == 2)
      #expect(summary.received.map(\.name) == ["Anne"])
      #expect(try older.read("book/notes/a.md") == "---\ntitle: one\n---\nText\n")
      _ = try await LocalBook(at: newer.path, future, command: "test").sync()
      #expect(try newer.read("notes/b.md") == "---\ntitle: mine\n---\nText\n")

      var upgraded = Environment.test("Ben")
      upgraded.schemaLevel = 2
      let status = try LocalBook(at: root, upgraded, command: "test").status()
      #expect(status.saved.neededLevel == nil && status.saved.files.isEmpty && status.behind == 0)
      #expect(try older.read("book/notes/a.md") == "---\ntitle: newer\n---\nText\n")
    }
  }
}
