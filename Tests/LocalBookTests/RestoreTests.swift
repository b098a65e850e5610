import BookFolder
import Foundation
import LocalBook
import PropertyTesting
import Testing

/// What was is brought back, as a change that everybody gets.
@Suite struct RestoreTests {
  private let note = "notes/a.md"
  private let files = [
    "notes/a.md": "---\ntitle: A\n# why\nlead: \"[[anne]]\"\n---\nFirst words.\n",
    "people/anne.md": "---\nname: Anne\n---\n",
    "notes/b.md": "Second note.\n",
  ]

  @Test func `a file becomes what it was, comment and all, and so it does for colleagues`() async throws {
    try await Office.running(files: files) { office in
      let then = try office.book(0).save().version
      try office.write("---\nlead: nobody\n---\nOther words.\n", to: note, on: 0)
      try office.write("Later.\n", to: "notes/later.md", on: 0)
      let report = try office.book(0).restore(then, file: note)
      #expect(report.files.map(\.what) == [.edited] && report.saved.files.count == 2)
      #expect(try office.read(note, on: 0) == files[note])
      #expect(try office.read("notes/later.md", on: 0) == "Later.\n")
      #expect(try office.book(0).restore(then, file: note).files.isEmpty)
      try office.requireNoEcho(0)
      try await office.syncAll()
      #expect(try office.read(note, on: 1) == files[note])
    }
  }

  @Test func `a colleague's edit at the same time is kept`() async throws {
    try await Office.running(files: files) { office in
      let then = try office.book(0).save().version
      try office.replace("First words", with: "First and wrong words", in: note, on: 0)
      try await office.syncAll()
      try office.replace("words.", with: "words, and Ben's.", in: note, on: 1)
      _ = try office.book(0).restore(then, file: note)
      try await office.syncAll()
      #expect(try office.read(note, on: 0).contains("First words, and Ben's."))
    }
  }

  @Test func `a version brought back where a conflict waits settles it, which is said, and undo asks again`()
    async throws
  {
    try await Office.running(files: [note: "---\ntitle: One\n---\nText.\n"]) { office in
      try office.replace("One", with: "Anne's", in: note, on: 0)
      try office.replace("One", with: "Ben's", in: note, on: 1)
      _ = try office.book(0).save()
      try await office.syncAll()
      let before = try office.conflicts(0).map(\.sides)
      #expect(before.count == 1)
      let log = try office.book(0).log(limit: 10)
      let first = try #require(log.last { $0.files.contains { $0.path == note } }).hash
      let report = try office.book(0).restore(first, file: note)
      #expect(report.settled.map(\.path) == [note] && report.settled.map(\.field) == ["title"])
      #expect(try office.conflicts(0).isEmpty)
      _ = try office.book(0).undo()
      #expect(try office.conflicts(0).map(\.sides) == before)
    }
  }

  @Test func `a deleted file comes back under its name`() async throws {
    try await Office.running(files: files) { office in
      let then = try office.book(0).save().version
      try office.remove(note, on: 0)
      try await office.syncAll()
      #expect(!office.exists(note, on: 1))
      #expect(try office.book(1).restore(then, file: note).files.map(\.path) == [note])
      try await office.syncAll()
      #expect(try office.read(note, on: 0) == files[note])
      #expect(try office.conflicts(0).isEmpty)
    }
  }

  @Test func `a file whose name another has by now stands behind that one, and is named as it stands`() throws {
    let folder = try TestFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    let then = try LocalBook.new(at: folder.path, name: nil, .test()).saved.version
    try folder.move(note, to: "notes/x.md")
    _ = try folder.open().save()
    try folder.move("notes/b.md", to: note)
    let renamed = try folder.open().restore(then, file: note)
    #expect(renamed.files.map(\.path) == ["notes/a (2).md"])
    #expect(renamed.files.map(\.what) == [.renamed(from: "notes/x.md")])
    #expect(try folder.read("notes/a (2).md") == files[note] && folder.read(note) == files["notes/b.md"])
    try folder.remove("notes/a (2).md")
    _ = try folder.open().save()
    let again = try folder.open().restore("\(note)@\(then)", file: note)
    #expect(again.files.map(\.path) == ["notes/a (2).md"] && again.files.map(\.what) == [.broughtBack])
    #expect(try folder.read("notes/a (2).md") == files[note] && folder.read(note) == files["notes/b.md"])
    #expect(try folder.open().undo().files.map(\.what) == [.deleted])
    #expect(try folder.open().redo().files.map(\.path) == ["notes/a (2).md"])
    #expect(try folder.open().restore(then, file: nil).files.map(\.path) == ["notes/b.md"])
    #expect(try folder.read(note) == files[note] && folder.read("notes/b.md") == files["notes/b.md"])
    #expect(try folder.open().save().files.isEmpty)
  }

  @Test func `what is more than a file may have is refused for that`() async throws {
    // As a merge may make them: each side's fields are few enough, and those of both are too many.
    let fields = (0...1).map { laptop in (0..<200).map { "f\(laptop)\($0): x\n" }.joined() }
    try await Office.running(files: [note: "---\ntitle: A\n---\n"]) { office in
      for laptop in 0...1 { try office.write("---\n\(fields[laptop])title: A\n---\n", to: note, on: laptop) }
      try await office.sync(0)
      try await office.sync(1)
      try await office.sync(0)
      let large = try office.book(0).save().version
      try office.write("Small again.\n", to: note, on: 0)
      let error = #expect(throws: BookError.self) { try office.book(0).restore(large, file: note) }
      guard case .notBroughtBack(note, .unreadable(.tooManyFields), _)? = error else {
        Issue.record("it is something else")
        return
      }
      #expect(try office.read(note, on: 0) == "Small again.\n")
    }
  }

  @Test func `a file that the version does not have is not brought back`() async throws {
    try await Office.running(files: files) { office in
      let then = try office.book(0).save().version
      try office.write("Later.\n", to: "notes/later.md", on: 0)
      #expect(throws: BookError.self) { try office.book(0).restore(then, file: "notes/later.md") }
      #expect(throws: BookError.self) { try office.book(0).restore("ffffffff", file: nil) }
      #expect(try office.read("notes/later.md", on: 0) == "Later.\n")
    }
  }

  /// Whatever was done since, edits, renames, deletions and new files: the folder is what it was, byte for byte.
  @Test func `any version of a book can be brought back, and the newest one after it`() throws {
    try forAll(12) { random in
      let folder = try TestFolder()
      for (name, text) in files { try folder.write(text, to: name) }
      var versions = [(try LocalBook.new(at: folder.path, name: nil, .test()).saved.version, folder.files)]
      for step in 0..<8 {
        try edit(folder, step, &random)
        versions.append((try folder.open().save().version, folder.files))
        if random.oneIn(2) {
          let (version, files) = versions[random.below(versions.count)]
          _ = try folder.open().restore(version, file: nil)
          try #require(folder.files == files, "version \(version) of \(versions.map(\.0))")
          versions.append((try folder.open().save().version, folder.files))
        }
      }
    }
  }

  private func edit(_ folder: TestFolder, _ step: Int, _ random: inout SeededRandom) throws {
    for part in 0...random.below(3) {
      let names = folder.files.keys.sorted()
      let name = names.isEmpty ? note : names[random.below(names.count)]
      switch random.below(5) {
      case 0: try folder.write("New \(step).\(part).\n", to: "notes/n\(step)\(part).md")
      case 1 where names.count > 2: try folder.remove(name)
      case 2 where !names.isEmpty: try folder.move(name, to: "notes/moved\(step)\(part).md")
      default:
        let text = names.isEmpty ? "" : try folder.read(name)
        try folder.write(text + "Line \(step).\(part).\n", to: name)
      }
    }
  }
}
