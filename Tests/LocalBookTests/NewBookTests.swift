import Bytes
import LocalBook
import Replica
import Testing

@Suite struct NewBookTests {
  @Test func `notes that are there already are taken in, byte for byte`() throws {
    let folder = try TestFolder()
    try folder.write("---\ntitle: Visit # a comment\n---\nBody\n", to: "visit.md")
    try folder.write("\u{feff}---\r\nname: \"Emmanuel Macron\"\r\n---\r\nText\r\n", to: "people/macron.md")
    try folder.write("No header", to: "notes/plain.md")
    try folder.write("not a note", to: "list.csv")
    let before = folder.files
    let report = try LocalBook.new(at: folder.path, name: "Anne", .test())
    #expect(folder.files == before)
    #expect(report.kinds.map(\.kind) == ["note", "person", "visit"])
    #expect(report.saved.left.others == 1)
    let status = try folder.open().status()
    #expect(status.saved.files.isEmpty && status.conflicts == 0)
    #expect(folder.files == before)
  }

  @Test func `an edit, a new file, a rename and a deletion are recorded as what they are`() throws {
    let folder = try TestFolder()
    for name in ["a", "b", "c"] {
      try folder.write("---\nbrief: points\n---\n\(name) text that is long enough\n", to: "notes/\(name).md")
    }
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    try folder.write("---\nbrief: background\n---\na text that is long enough\n", to: "notes/a.md")
    try folder.move("notes/b.md", to: "notes/renamed.md")
    try folder.remove("notes/c.md")
    try folder.write("new", to: "people/new.md")
    let report = try folder.open().save(message: "a day's work")
    #expect(report.files.map(\.path) == ["notes/a.md", "notes/c.md", "notes/renamed.md", "people/new.md"])
    #expect(report.files.map(\.what) == [.edited, .deleted, .renamed(from: "notes/b.md"), .created])
    #expect(try folder.open().save().files.isEmpty)
    let log = try folder.open().log(limit: 10)
    #expect(log.first?.message == "a day's work")
    #expect(log.count == 3)
  }

  @Test func `an unreadable file is named with its line, and holds back nothing else`() throws {
    let folder = try TestFolder()
    try folder.write("---\ntitle: x\n---\n", to: "notes/good.md")
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    try folder.write("---\ntitle: x\ntitle: y\n---\n", to: "notes/bad.md")
    try folder.write("---\ntitle: z\n---\n", to: "notes/good.md")
    let report = try folder.open().save()
    #expect(report.files.map(\.path) == ["notes/good.md"])
    #expect(report.trouble.map(\.path) == ["notes/bad.md"])
    #expect(report.trouble.first?.line == 3)
    #expect(try folder.open().save().trouble.count == 1)
  }

  @Test func `a book inside a book is refused`() throws {
    let folder = try TestFolder()
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    #expect(throws: BookError.self) { try LocalBook.new(at: folder.path + "/inner", name: nil, .test()) }
    #expect(throws: BookError.self) { try LocalBook.new(at: folder.path, name: nil, .test()) }
    #expect(!folder.exists("inner"))
  }

  @Test func `a file at an earlier version, and what differs between two`() throws {
    let folder = try TestFolder()
    try folder.write("---\nstatus: proposed\n---\nOne sentence here.\n", to: "engagements/m.md")
    let made = try LocalBook.new(at: folder.path, name: nil, .test())
    try folder.write("---\nstatus: confirmed\n---\nOne other sentence here.\n", to: "engagements/m.md")
    _ = try folder.open().save()
    guard case .file(_, _, let bytes) = try folder.open().show("engagements/m.md@\(made.saved.version)") else {
      Issue.record("no file")
      return
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "---\nstatus: proposed\n---\nOne sentence here.\n")
    let comparison = try folder.open().compare(made.saved.version, nil)
    #expect(comparison.entries.count == 1)
    #expect(comparison.entries.first?.fields.map(\.name.string) == ["status"])
    #expect(comparison.entries.first?.body.isEmpty == false)
  }
}
