import Foundation
import LocalBook
import Testing

/// Files that take each other's names stay who they are, and a colleague's words follow them.
@Suite struct MoveTests {
  private let files = ["notes/a.md": "The first note.\n", "notes/b.md": "Second, another.\n"]

  @Test func `b becomes c and a becomes b, in one save`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("first", with: "very first", in: "notes/a.md", on: 1)
      try office.replace("Second", with: "Second of all", in: "notes/b.md", on: 1)
      try office.move("notes/b.md", to: "notes/c.md", on: 0)
      try office.move("notes/a.md", to: "notes/b.md", on: 0)
      let saved = try office.book(0).save()
      #expect(saved.files.map(\.what) == [.renamed(from: "notes/a.md"), .renamed(from: "notes/b.md")])
      try await office.syncAll()
      #expect(try office.read("notes/b.md", on: 0) == "The very first note.\n")
      #expect(try office.read("notes/c.md", on: 0) == "Second of all, another.\n")
      #expect(office.files(0).count == 2)
      for laptop in 0...1 { try office.requireNoEcho(laptop) }
    }
  }

  @Test func `two files change names`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("first", with: "very first", in: "notes/a.md", on: 1)
      try office.move("notes/a.md", to: "notes/x.md", on: 0)
      try office.move("notes/b.md", to: "notes/a.md", on: 0)
      try office.move("notes/x.md", to: "notes/b.md", on: 0)
      try await office.syncAll()
      #expect(try office.read("notes/b.md", on: 0) == "The very first note.\n")
      #expect(try office.read("notes/a.md", on: 0) == "Second, another.\n")
      #expect(try office.conflicts(0).isEmpty)
      for laptop in 0...1 { try office.requireNoEcho(laptop) }
    }
  }

  @Test func `a name that is written over is an edit, and the other file is deleted`() async throws {
    try await Office.running(files: files) { office in
      try office.remove("notes/b.md", on: 0)
      try office.move("notes/a.md", to: "notes/b.md", on: 0)
      let saved = try office.book(0).save()
      #expect(saved.files.map(\.path) == ["notes/a.md", "notes/b.md"])
      #expect(saved.files.map(\.what) == [.deleted, .edited])
      try await office.syncAll()
      #expect(try office.read("notes/b.md", on: 1) == "The first note.\n")
      #expect(!office.exists("notes/a.md", on: 1))
    }
  }

  @Test func `a copy under a second name is a new file`() async throws {
    try await Office.running(files: files) { office in
      try office.write(try office.read("notes/a.md", on: 0), to: "notes/copy.md", on: 0)
      try office.replace("Second", with: "Second of all", in: "notes/b.md", on: 0)
      #expect(try office.book(0).save().files.map(\.what) == [.edited, .created])
      try await office.syncAll()
      #expect(office.files(1).count == 3)
    }
  }
}
