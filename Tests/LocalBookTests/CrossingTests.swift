import Foundation
import LocalBook
import Testing

/// What moved over the border of `private/` is taken back on both sides, whatever colleagues did meanwhile, and no text
/// goes with it.
@Suite struct CrossingTests {
  private let note = "private/notes/idea.md"
  private let shared = "notes/idea.md"

  @Test func `what was shared and a colleague deleted comes back to private at once, and stays there`() async throws {
    try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
      try office.write("Secret.\n", to: note, on: 0)
      _ = try office.book(0).share(note, to: nil)
      try await office.syncAll()
      try office.remove(shared, on: 1)
      try await office.syncAll()
      let undone = try office.book(0).undo()
      #expect(undone.left.map(\.what) == [.deleted] && undone.left.first?.people == ["Ben"])
      #expect(undone.files.map(\.what) == [.broughtBack] && undone.files.map(\.path) == [note])
      #expect(undone.inHistory == [.init(path: shared, isSent: true)])
      #expect(try office.read(note, on: 0) == "Secret.\n")
      // The shared side has it no more, so the private one keeps it.
      _ = try office.book(0).redo()
      #expect(try office.read(note, on: 0) == "Secret.\n" && !office.exists(shared, on: 0))
      _ = try office.book(0).undo()
      #expect(try office.read(note, on: 0) == "Secret.\n")
      try await office.syncAll()
    }
  }

  @Test func `a move into private is done again after a colleague deleted what undo had shared again`() async throws {
    let name = "notes/a.md"
    try await Office.running(files: [name: "A note of some length.\n", "notes/b.md": "Other.\n"]) { office in
      try office.move(name, to: "private/a.md", on: 0)
      _ = try office.book(0).save()
      _ = try office.book(0).undo()
      try await office.syncAll()
      try office.remove(name, on: 1)
      try await office.syncAll()
      let redone = try office.book(0).redo()
      #expect(redone.left.map(\.what) == [.deleted] && redone.inHistory.isEmpty)
      #expect(try office.read("private/a.md", on: 0) == "A note of some length.\n")
    }
  }

  @Test func `of several files that crossed, each goes back unless it is the last of its text`() async throws {
    let texts = ["a": "A note of some length.\n", "b": "Quite other words here.\n", "c": "The third one stays.\n"]
    let files = Dictionary(uniqueKeysWithValues: texts.map { ("notes/\($0).md", $1) })
    try await Office.running(files: files) { office in
      for name in ["a", "b"] { try office.move("notes/\(name).md", to: "private/\(name).md", on: 0) }
      try office.write("The third one stays, edited.\n", to: "notes/c.md", on: 0)
      _ = try office.book(0).save()
      for name in ["a", "c"] { try office.remove("notes/\(name).md", on: 1) }
      try await office.sync(1)
      try await office.sync(0)
      _ = try office.book(0).undo()
      #expect(try office.read("private/a.md", on: 0) == texts["a"] && !office.exists("notes/a.md", on: 0))
      #expect(try office.read("notes/b.md", on: 0) == texts["b"] && !office.exists("private/b.md", on: 0))
    }
  }

  @Test func `undo names what is private again and stays in the shared history, not what was made beside it`() throws {
    let folder = try TestFolder()
    try folder.write("A thought of some length.\n", to: note)
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    try folder.move(note, to: shared)
    try folder.write("Made beside it.\n", to: "notes/beside.md")
    _ = try folder.open().save()
    let undone = try folder.open().undo()
    #expect(undone.files.map(\.path) == ["notes/beside.md", shared, note])
    #expect(undone.inHistory.map(\.path) == [shared])
  }

  @Test func `a copied laptop that was given a device of its own takes back both halves of what it shared`()
    async throws
  {
    try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
      try office.write("Secret.\n", to: note, on: 0)
      try await office.syncAll()
      let folder = try TestFolder()
      try FileManager.default.copyItem(atPath: office.root(0), toPath: folder.path + "/book")
      func book() throws -> LocalBook { try LocalBook(at: folder.path + "/book", .test("Anne"), command: "test") }
      try office.replace("Text", with: "Original text", in: "notes/a.md", on: 0)
      try await office.sync(0)
      _ = try book().share(note, to: nil)
      // A colleague's changes come in before the server finds the copy: they have other numbers after that.
      try office.write("Ben's.\n", to: "notes/ben.md", on: 1)
      let bundle = folder.path + "/bundle"
      _ = try office.book(1).createBundle(at: bundle, since: nil)
      _ = try book().apply(bundle)
      #expect(try await book().sync().notices == [.newDevice])
      let undone = try book().undo()
      #expect(undone.files.map(\.path) == [shared, note])
      #expect(undone.inHistory.map(\.path) == [shared])
      #expect(try folder.read("book/" + note) == "Secret.\n" && !folder.exists("book/" + shared))
    }
  }
}
