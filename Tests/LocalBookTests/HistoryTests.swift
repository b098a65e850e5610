import Bytes
import Foundation
import LocalBook
import Replica
import Testing

/// A file's changes, and versions named by how far they lie back.
@Suite struct HistoryTests {
  @Test func `a file has its history under all its names, and when it is deleted`() async throws {
    try await Office.running(files: ["notes/a.md": "First.\n", "notes/b.md": "Another.\n"]) { office in
      try office.replace("First", with: "Second", in: "notes/a.md", on: 1)
      try await office.syncAll()
      try office.replace("Another", with: "An other", in: "notes/b.md", on: 0)
      _ = try office.book(0).save()
      try office.move("notes/a.md", to: "notes/c.md", on: 0)
      _ = try office.book(0).save()
      let changes = try office.book(0).history(of: "notes/c.md", limit: 10)
      #expect(changes.map(\.person) == ["Anne", "Ben", "Anne"])
      #expect(
        changes.map { $0.files.first { $0.path.hasSuffix("c.md") || $0.path.hasSuffix("a.md") }?.what }
          == [.renamed(from: "notes/a.md"), .edited, .created])
      #expect(try office.book(0).history(of: "notes/c.md", limit: 1).count == 1)
      try office.remove("notes/c.md", on: 0)
      #expect(try office.book(0).history(of: "notes/c.md", limit: 10).map(\.person) == ["Anne", "Anne", "Ben", "Anne"])
      #expect(throws: BookError.self) { try office.book(0).history(of: "notes/none.md", limit: 10) }
    }
  }

  @Test func `a version so many changes back is that without the last ones of the log`() async throws {
    try await Office.running(files: ["notes/a.md": "One.\n"]) { office in
      try office.replace("One", with: "Two", in: "notes/a.md", on: 0)
      _ = try office.book(0).save()
      try office.write("Ben's.\n", to: "notes/b.md", on: 1)
      try await office.syncAll()
      try office.replace("Two", with: "Three", in: "notes/a.md", on: 1)
      try await office.syncAll()
      for laptop in 0...1 {
        func shown(_ what: String) throws -> String {
          guard case .file(_, _, let bytes) = try office.book(laptop).show(what) else { return "" }
          return String(decoding: bytes, as: UTF8.self)
        }
        #expect(try shown("notes/a.md@~0") == "Three.\n" && shown("notes/a.md@~1") == "Two.\n")
        let log = try office.book(laptop).log(limit: 100)
        #expect(throws: BookError.self) { try shown("notes/a.md@~\(log.count)") }
        for (back, line) in log.enumerated().dropLast() {
          let since = try office.book(laptop).compare("~\(back + 1)", "~\(back)").entries.map(\.path.string)
          #expect(since == line.files.map(\.path), "\(back) back")
        }
      }
      for name in ["~", "~x", "~-1", "~99999999999999999999"] {
        #expect(throws: BookError.self) { try office.book(0).compare(name, nil) }
      }
    }
  }
}
