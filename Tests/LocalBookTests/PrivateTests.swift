import Bytes
import Foundation
import LocalBook
import PropertyTesting
import Replica
import Testing

/// `private/`: recorded and given back as everything is, and never sent.
@Suite struct PrivateTests {
  private let note = "private/notes/idea.md"
  private let text = "---\ntitle: Idea\n---\nA thought.\n"

  private func book() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write("Shared.\n", to: "notes/shared.md")
    try folder.write(text, to: note)
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    return folder
  }

  private func bytes(_ shown: Shown) -> String? {
    if case .file(_, _, let bytes) = shown { String(decoding: bytes, as: UTF8.self) } else { nil }
  }

  @Test func `a private file has a history, can be shown, compared and brought back, and the shared one knows nothing`()
    throws
  {
    let folder = try book()
    let shared = try folder.open().log(limit: 100)
    #expect(try folder.open().log(limit: 100, ofPrivate: true).first?.files.map(\.path) == [note])
    #expect(shared.flatMap(\.files).map(\.path) == ["notes/shared.md"])
    let then = try #require(try folder.open().history(of: note, limit: 1).first?.hash)
    try folder.write(text + "Another.\n", to: note)
    let saved = try folder.open().save()
    #expect(saved.files.map(\.path) == [note] && saved.files.map(\.what) == [.edited])
    #expect(try folder.open().log(limit: 100) == shared)
    #expect(try folder.open().history(of: note, limit: 9).count == 2)
    #expect(try bytes(folder.open().show(note)) == text + "Another.\n")
    #expect(try bytes(folder.open().show("\(note)@\(then)")) == text)
    #expect(try folder.open().compare("\(note)@\(then)", nil).entries.count == 1)
    #expect(try folder.open().compare(then, nil).entries.map(\.path.string) == [note])
    let report = try folder.open().restore(then, file: note)
    #expect(report.files.map(\.path) == [note])
    #expect(try folder.read(note) == text)
    try folder.remove(note)
    #expect(try folder.open().save().files.map(\.what) == [.deleted])
    _ = try folder.open().restore(then, file: note)
    #expect(try folder.read(note) == text)
    #expect(try folder.open().log(limit: 100) == shared)
    #expect(try folder.open().save().files.isEmpty)
  }

  @Test func `status has the word as long as anything is there`() throws {
    let folder = try book()
    #expect(try folder.open().status().saved.left.privates == 1)
    try folder.write("x", to: "private/plan.pdf")
    #expect(try folder.open().status().saved.left.privates == 2)
    try folder.remove("private")
    #expect(try folder.open().status().saved.left.privates == 0)
  }

  @Test func `a private file is renamed, broken and mended as any other`() throws {
    let folder = try book()
    try folder.move(note, to: "private/other.md")
    #expect(try folder.open().save().files.map(\.what) == [.renamed(from: note)])
    #expect(try folder.open().history(of: "private/other.md", limit: 9).count == 2)
    try folder.write("---\ntitle: [\n---\n", to: "private/other.md")
    #expect(try folder.open().save().trouble.map(\.path) == ["private/other.md"])
    #expect(throws: BookError.self) { try folder.open().share("private/other.md", to: nil) }
    try folder.write(text, to: "private/other.md")
    #expect(try folder.open().status().saved.trouble.isEmpty)
  }

  @Test func `share makes a new entry of it, without its drafts, and a colleague gets it`() async throws {
    try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
      try office.write(text + "Draft word.\n", to: note, on: 0)
      _ = try office.book(0).save()
      try office.write(text, to: note, on: 0)
      let report = try office.book(0).share(note, to: nil)
      #expect(report.from == note && report.to == "notes/idea.md")
      #expect(!office.exists(note, on: 0))
      #expect(try office.book(0).history(of: "notes/idea.md", limit: 9).count == 1)
      #expect(try office.book(0).history(of: note, limit: 9).count == 3)
      try await office.syncAll()
      #expect(try office.read("notes/idea.md", on: 1) == text)
      #expect(try office.book(0).save().files.isEmpty)
    }
  }

  @Test func `share takes the kind of the folder that it goes to, and refuses what would not be shared`() throws {
    let folder = try book()
    try folder.write("---\nname: Ann\n---\n", to: "private/people/ann.md")
    try folder.write("Free.\n", to: "private/free.md")
    try folder.write("drafts/\n", to: ".valiseignore")
    #expect(try folder.open().share("private/people/ann.md", to: nil).saved.files.contains { $0.kind == "person" })
    for (file, name) in [
      ("notes/shared.md", nil), ("private/none.md", nil), ("private/free.md", "notes/shared.md"),
      ("private/free.md", "notes/SHARED.md"), ("private/free.md", "drafts/a.md"), ("private/free.md", "private/b.md"),
      ("private/free.md", "../b.md"), ("private/free.md", "a?.md"), ("private/free.md", ".valise/a.md"),
    ] as [(String, String?)] {
      #expect(throws: BookError.self, "\(file) as \(name ?? "")") { try folder.open().share(file, to: name) }
      #expect(folder.exists(file) || file == "private/none.md")
    }
    #expect(try folder.open().share("private/free", to: "topics/new/free.md").to == "topics/new/free.md")
  }

  @Test func `a note of private/ that stands in Private/, which was there before, is shared from there`() throws {
    let folder = try TestFolder()
    try folder.write("One.\n", to: "Private/one.md")
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    try folder.write("Two words.\n", to: "private/two.md")
    _ = try folder.open().save()
    let report = try folder.open().share("private/two.md", to: nil)
    #expect(report.to == "two.md")
    #expect(try folder.read("two.md") == "Two words.\n")
    #expect(!folder.exists("Private/two.md") && !folder.exists("private/two.md") && folder.exists("Private/one.md"))
  }

  @Test
  func `moved by hand: out of private it is shared; into private it is deleted for the others, and both are said`()
    async throws
  {
    try await Office.running(files: ["notes/a.md": "A note of some length.\n", "notes/b.md": "Other.\n"]) { office in
      try office.write(text, to: note, on: 0)
      _ = try office.book(0).save()
      try office.move(note, to: "notes/idea.md", on: 0)
      let out = try office.book(0).save()
      #expect(out.notices.count == 1 && out.notices[0].contains("notes/idea.md"))
      #expect(out.files.map(\.what) == [.created, .deleted])
      try office.move("notes/a.md", to: "private/a.md", on: 0)
      let into = try office.book(0).save()
      #expect(into.notices.count == 1 && into.notices[0].contains("private/a.md"))
      try await office.syncAll()
      #expect(try office.read("notes/idea.md", on: 1) == text)
      #expect(!office.exists("notes/a.md", on: 1))
      #expect(try office.read("private/a.md", on: 0) == "A note of some length.\n")
      // And back: a new file for everybody.
      try office.move("private/a.md", to: "notes/a.md", on: 0)
      try await office.syncAll()
      #expect(try office.read("notes/a.md", on: 1) == "A note of some length.\n")
    }
  }

  @Test func `F6: many files moved into private at once are many deletions; many moved out of it are none`() throws {
    let folder = try TestFolder()
    for number in 1...8 { try folder.write("Text \(number) of some length.\n", to: "notes/n\(number).md") }
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    for number in 1...7 { try folder.move("notes/n\(number).md", to: "private/n\(number).md") }
    #expect(throws: BookError.self) { try folder.open().save() }
    _ = try folder.open().save(acceptDeletions: true)
    for number in 1...7 { try folder.move("private/n\(number).md", to: "notes/n\(number).md") }
    #expect(try folder.open().save().files.filter { $0.what == .created }.count == 7)
    for number in 1...8 { try folder.write("Private \(number).\n", to: "private/p\(number).md") }
    _ = try folder.open().save()
    try folder.remove("private")
    #expect(throws: BookError.self) { try folder.open().save() }
    let report = try folder.open().restoreLost()
    #expect(report.files.count == 8 && folder.exists("private/p8.md"))
  }

  @Test func `a copied laptop becomes a device of its own, and its private files keep their history`() async throws {
    try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
      try office.write(text, to: note, on: 0)
      try await office.sync(0)
      try FileManager.default.copyItem(atPath: office.root(0), toPath: office.root(0) + "-copy")
      try office.replace("Text", with: "Original text", in: "notes/a.md", on: 0)
      try await office.sync(0)
      let copy = office.root(0) + "-copy"
      try Data("Copied.\n".utf8).write(to: URL(fileURLWithPath: copy + "/notes/copied.md"))
      let summary = try await LocalBook(at: copy, .test(), command: "test").sync()
      #expect(summary.notices == [.newDevice])
      #expect(try LocalBook(at: copy, .test(), command: "test").history(of: note, limit: 9).count == 1)
      try Data((text + "More.\n").utf8).write(to: URL(fileURLWithPath: copy + "/" + note))
      #expect(try LocalBook(at: copy, .test(), command: "test").save().files.map(\.path) == [note])
    }
  }

  @Test func `what share did is taken back on both sides at once, and done again`() async throws {
    for isSent in [false, true] {
      try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
        try office.write("Secret.\n", to: note, on: 0)
        _ = try office.book(0).share(note, to: nil)
        if isSent { try await office.syncAll() }
        let undone = try office.book(0).undo()
        #expect(undone.change.files.map(\.path) == ["notes/idea.md", note])
        #expect(undone.files.map(\.what) == [.deleted, .broughtBack])
        #expect(undone.inHistory == [.init(path: "notes/idea.md", isSent: isSent)])
        #expect(try office.read(note, on: 0) == "Secret.\n" && !office.exists("notes/idea.md", on: 0))
        try await office.syncAll()
        #expect(!office.exists("notes/idea.md", on: 1))
        let redone = try office.book(0).redo()
        #expect(redone.files.map(\.what) == [.broughtBack, .deleted] && redone.inHistory.isEmpty)
        #expect(try office.read("notes/idea.md", on: 0) == "Secret.\n" && !office.exists(note, on: 0))
        try await office.syncAll()
        #expect(try office.read("notes/idea.md", on: 1) == "Secret.\n")
        _ = try office.book(0).undo()
        #expect(try office.read(note, on: 0) == "Secret.\n" && !office.exists("notes/idea.md", on: 0))
        // The note's own beginning comes next, and nothing after it.
        #expect(try office.book(0).undo().files.map(\.path) == [note])
        #expect(throws: BookError.self) { try office.book(0).undo() }
      }
    }
  }

  @Test
  func `share is taken back after what was done since, however near; with a colleague's words the file stays, too`()
    async throws
  {
    try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
      try office.write("Secret.\n", to: note, on: 0)
      _ = try office.book(0).share(note, to: nil)
      try office.write("Another.\n", to: "private/other.md", on: 0)
      _ = try office.book(0).save()
      try office.write("Secret, edited.\n", to: "notes/idea.md", on: 0)
      _ = try office.book(0).save()
      #expect(try office.book(0).undo().files.map(\.what) == [.edited])
      #expect(try office.book(0).undo().files.map(\.path) == ["private/other.md"])
      try await office.syncAll()
      try office.write("Secret.\nBen's words.\n", to: "notes/idea.md", on: 1)
      try await office.syncAll()
      let undone = try office.book(0).undo()
      #expect(undone.left.map(\.what) == [.file] && undone.left.first?.people == ["Ben"])
      #expect(undone.inHistory.isEmpty)
      #expect(try office.read(note, on: 0) == "Secret.\n")
      #expect(try office.read("notes/idea.md", on: 0).contains("Ben's words"))
    }
  }

  @Test func `a move into private is taken back on both sides; what a colleague deleted meanwhile stays private`()
    async throws
  {
    let name = "notes/a.md"
    for isDeletedByBen in [false, true] {
      try await Office.running(files: [name: "A note of some length.\n", "notes/b.md": "Other.\n"]) { office in
        try office.move(name, to: "private/a.md", on: 0)
        _ = try office.book(0).save()
        if isDeletedByBen {
          try office.remove(name, on: 1)
          try await office.syncAll()
        }
        _ = try office.book(0).undo()
        #expect(office.exists("private/a.md", on: 0) == isDeletedByBen)
        #expect(office.exists(name, on: 0) != isDeletedByBen)
        if isDeletedByBen {
          // It is taken back, and nothing takes the last text away.
          #expect(throws: BookError.self) { try office.book(0).undo() }
          _ = try office.book(0).redo()
          #expect(try office.read("private/a.md", on: 0) == "A note of some length.\n")
        } else {
          #expect(try office.read(name, on: 0) == "A note of some length.\n")
          _ = try office.book(0).redo()
          #expect(try office.read("private/a.md", on: 0) == "A note of some length.\n")
          #expect(!office.exists(name, on: 0))
        }
      }
    }
  }
}
