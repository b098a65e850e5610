import Glibc
import LocalBook
import Testing

/// What is named by mistake is said to be what it is.
@Suite struct MistakenNameTests {
  private let note = "notes/a.md"

  private func book() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write("Shared.\n", to: note)
    try folder.write("Private.\n", to: "private/p.md")
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    _ = try folder.open().tag("as-printed", nil, moving: false)
    return folder
  }

  @Test func `a file where a version is asked for`() throws {
    let folder = try book()
    let asked: [(LocalBook) throws -> Void] = [
      { _ = try $0.compare(note, nil) }, { _ = try $0.compare("notes/a", nil) },
      { _ = try $0.restore(note, file: nil) },
      { _ = try $0.passages(note, nil) }, { _ = try $0.createBundle(at: folder.path + "/b", since: note) },
      { _ = try $0.tag("final", note, moving: false) }, { _ = try $0.compare("private/p.md", nil) },
      { _ = try $0.createBundle(at: folder.path + "/b", since: "\(note)@as-printed") },
    ]
    for (number, ask) in asked.enumerated() {
      let error = #expect(throws: BookError.self) { try ask(try folder.open()) }
      guard case .notAVersionButFile(_, let version)? = error else {
        Issue.record("\(number) is something else")
        continue
      }
      #expect((version != nil) == (number == asked.count - 1), "\(number)")
    }
    #expect(!folder.exists("b"))
    #expect(throws: BookError.self) { try folder.open().restore("notes/none.md", file: nil) }
  }

  @Test func `a version of the book where only those of private files are`() throws {
    let folder = try book()
    let shared = try folder.open().save().version
    for version in ["as-printed", shared] {
      let error = #expect(throws: BookError.self) { try folder.open().show("private/p.md@\(version)") }
      guard case .notAPrivateVersion(version)? = error else {
        Issue.record("\(version) is something else")
        continue
      }
    }
    _ = try folder.open().show("private/p.md@{9999-12-31}")
  }

  @Test func `a time of a private file is one in the visit's zone`() throws {
    let folder = try TestFolder()
    var environment = Environment.test()
    // Noon on the 9th in Greenwich; on Kiritimati it is two in the morning of the 10th.
    environment.now = { 1_636_459_200 * 1_000_000_000 }
    try folder.write("---\nzone: Pacific/Kiritimati\n---\n", to: "visit.md")
    try folder.write("Private.\n", to: "private/p.md")
    _ = try LocalBook.new(at: folder.path, name: nil, environment)
    _ = try folder.open(environment).show("private/p.md@{2021-11-10 02:00}")
    #expect(throws: BookError.self) { try folder.open(environment).show("private/p.md@{2021-11-10 01:59}") }
    #expect(throws: BookError.self) { try folder.open(environment).show("private/p.md@{2021-11-09 23:00}") }
  }

  @Test func `a deleted file that is asked for its lines, shared or private`() throws {
    let folder = try book()
    #expect(try folder.open().blame("private/p.md").lines.map(\.text) == ["Private."])
    for file in [note, "private/p.md"] {
      try folder.remove(file)
      _ = try folder.open().save(acceptDeletions: true)
      let error = #expect(throws: BookError.self) { try folder.open().blame(file) }
      guard case .notInVersion(file, _, true)? = error else {
        Issue.record("\(file) is something else")
        continue
      }
    }
  }

  @Test func `a folder that is not there, where a file is to be made in it`() throws {
    let folder = try book()
    let error = #expect(throws: BookError.self) { try folder.open().export(to: folder.path + "/none/snapshot") }
    guard case .file("reach", _, ENOENT)? = error else {
      Issue.record("it is something else")
      return
    }
  }
}
