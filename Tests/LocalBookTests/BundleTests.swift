import Formats
import Foundation
import Glibc
import LocalBook
import Testing

/// A book, or a part of one, in a file: taken in twice, late, out of order, damaged, or of another book.
@Suite struct BundleTests {
  private let note = "notes/a.md"
  private let files = ["notes/a.md": "---\ntitle: A\n---\nFirst words.\n", "people/b.md": "---\nname: Ben\n---\n"]

  /// Where files are that go from laptop to laptop.
  private let stick: TestFolder

  init() throws { stick = try TestFolder() }

  private func bundle(_ office: Office, _ name: String, since: String? = nil, on laptop: Int = 0) throws -> String {
    let path = stick.path + "/" + name
    #expect(try office.book(laptop).createBundle(at: path, since: since).changes > 0)
    return path
  }

  private func changes(_ office: Office, _ laptop: Int) throws -> [String] {
    try office.book(laptop).log(limit: 1_000).map(\.hash)
  }

  @Test func `two laptops at one version write the same light snapshot, and it gives back the same files`() async throws
  {
    try await Office.running(files: files) { office in
      try office.replace("First", with: "Second", in: note, on: 1)
      try office.replace("First", with: "Third", in: note, on: 0)
      try await office.syncAll()
      let paths = [0, 1].map { stick.path + "/light-\($0)" }
      for (laptop, path) in paths.enumerated() {
        #expect(try office.book(laptop).export(to: path, light: true).kind == .light)
      }
      let bytes = try paths.map { Array(try Data(contentsOf: URL(filePath: $0))) }
      #expect(bytes[0] == bytes[1])
      let folder = stick.path + "/files"
      guard case .files(let report) = try LocalBook.restore(from: paths[0], at: folder, name: nil, .test("Carla"))
      else {
        throw Unexpected()
      }
      #expect(report.files == files.count)
      for name in files.keys {
        #expect(try String(contentsOfFile: folder + "/" + name, encoding: .utf8) == office.read(name, on: 0))
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/.valise"))
      #expect(throws: BookError.self) { try LocalBook.restore(from: paths[0], at: folder, name: nil, .test("Carla")) }
      #expect(throws: BookError.self) { try office.book(0).apply(paths[0]) }
    }
  }

  @Test func `a link to a file is the file; a folder, a device and a pipe are refused for what they are`() async throws
  {
    try await Office.running(files: files) { office in
      let file = stick.path + "/snapshot"
      _ = try office.book(0).export(to: file)
      let (link, pipe) = (stick.path + "/link", stick.path + "/pipe")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "snapshot")
      guard case .book = try LocalBook.restore(from: link, at: stick.path + "/r", name: nil, .test("Carla")) else {
        throw Unexpected()
      }
      #expect(unsafe mkfifo(pipe, 0o600) == 0)
      for (path, number) in [(stick.path, EISDIR), ("/dev/null", ENOTSUP), (pipe, ENOTSUP), (file + "x", ENOENT)] {
        do {
          _ = try LocalBook.restore(from: path, at: stick.path + "/none", name: nil, .test("Carla"))
          Issue.record("\(path) was read")
        } catch BookError.file("read", let named, let errno) { #expect(named == path && errno == number) }
        #expect(!FileManager.default.fileExists(atPath: stick.path + "/none"))
      }
      // Nothing is written through a link either.
      #expect(throws: BookError.self) { try office.book(0).export(to: link) }
    }
  }

  /// Something was made of a file that it is not to be made into.
  private struct Unexpected: Error {}

  @Test func `a snapshot becomes a book of the same bytes and the same history, and goes on from there`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("First", with: "Second", in: note, on: 1)
      try await office.syncAll()
      let (file, folder) = (stick.path + "/snapshot", stick.path + "/restored")
      let report = try office.book(0).export(to: file)
      #expect(try report.changes == changes(office, 0).count)
      #expect(report.bytes > 100)
      let restoredBook = try LocalBook.restore(from: file, at: folder, name: "Carla", .test("Carla"))
      guard case .book(let made) = restoredBook else { throw Unexpected() }
      #expect(made.kinds.reduce(0) { $0 + $1.count } == 2 && made.url == nil)
      func restored() throws -> LocalBook { try LocalBook(at: folder, .test("Carla"), command: "test") }
      for name in files.keys {
        #expect(try String(contentsOfFile: folder + "/" + name, encoding: .utf8) == office.read(name, on: 0))
      }
      #expect(try restored().log(limit: 1_000).map(\.hash) == changes(office, 0))
      try Data("New here.\n".utf8).write(to: URL(fileURLWithPath: folder + "/notes/c.md"))
      // The server has the very same book: the restored laptop is one more of its laptops.
      _ = try await restored().publish(url: office.url)
      try await office.syncAll()
      #expect(try office.read("notes/c.md", on: 1) == "New here.\n")
    }
  }

  @Test func `a bundle brings what the other lacks; twice it says that nothing is new, and changes nothing`()
    async throws
  {
    try await Office.running(files: files) { office in
      let known = try office.book(1).save().version
      try office.replace("First words", with: "First and last words", in: note, on: 0)
      let file = try bundle(office, "one", since: known)
      let applied = try office.book(1).apply(file)
      #expect(applied.outcome == .applied(changesInFile: 1) && applied.received.map(\.name) == ["Anne"])
      #expect(try office.read(note, on: 1).contains("First and last words."))
      let (before, log) = (office.files(1), try changes(office, 1))
      let again = try office.book(1).apply(file)
      #expect(again.received.isEmpty && again.saved.files.isEmpty)
      #expect(office.files(1) == before)
      #expect(try changes(office, 1) == log)
      try office.requireNoEcho(1)
      try await office.syncAll()
    }
  }

  @Test func `edits on both sides are merged as a sync merges them, and conflicts wait`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("title: A", with: "title: B", in: note, on: 0)
      try office.replace("First", with: "Very first", in: note, on: 0)
      try office.replace("title: A", with: "title: C", in: note, on: 1)
      try office.replace("words", with: "words of all", in: note, on: 1)
      let applied = try office.book(1).apply(try bundle(office, "both"))
      #expect(applied.newConflicts == 1 && applied.together.map(\.field) == ["title", nil])
      #expect(try office.read(note, on: 1).contains("Very first words of all."))
      // Back in a bundle of its own: without a server both have the same bytes.
      _ = try office.book(0).apply(try bundle(office, "back", on: 1))
      #expect(office.files(0) == office.files(1))
      #expect(try office.conflicts(0).map(\.field) == ["title"])
      try await office.syncAll()
    }
  }

  @Test func `bundles out of order: the later one is refused and named, and taken once the earlier one is here`()
    async throws
  {
    try await Office.running(files: files) { office in
      let first = try office.book(1).save().version
      try office.replace("First", with: "One", in: note, on: 0)
      let early = try bundle(office, "early", since: first)
      let second = try office.book(0).save().version
      try office.replace("words", with: "two", in: note, on: 0)
      let late = try bundle(office, "late", since: second)
      let before = office.files(1)
      #expect { try office.book(1).apply(late) } throws: { error in
        if case BookError.fileLacksChanges(late) = error { true } else { false }
      }
      #expect(office.files(1) == before)
      for file in [early, late, early, late] { _ = try office.book(1).apply(file) }
      #expect(try office.read(note, on: 1).contains("One two."))
      try await office.syncAll()
    }
  }

  @Test func `a change made on one that came in a bundle reaches the server with it`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("First", with: "Anne's", in: note, on: 0)
      _ = try office.book(1).apply(try bundle(office, "unsent"))
      try office.replace("words", with: "words, and Ben's", in: note, on: 1)
      // Anne's laptop never comes back; nothing of hers passes for sent before it is.
      #expect(try office.book(1).status().server.unsent == 2)
      #expect(try await office.sync(1).sent == 2)
      #expect(try office.book(1).status().server.unsent == 0)
      let third = stick.path + "/third"
      _ = try await LocalBook.join(url: office.url, at: third, name: "Carla", .test("Carla"))
      let text = try String(contentsOfFile: third + "/" + note, encoding: .utf8)
      #expect(text.contains("Anne's words, and Ben's."))
    }
  }

  @Test func `a file of another book, or of nothing, is refused; a name that is taken is not written over`()
    async throws
  {
    try await Office.running(files: files) { office in
      let other = try TestFolder()
      try other.write("Other.\n", to: "other/notes/x.md")
      _ = try LocalBook.new(at: other.path + "/other", name: nil, .test("Otto"))
      let theirs = other.path + "/theirs"
      let book = try LocalBook(at: other.path + "/other", .test("Otto"), command: "test")
      _ = try book.createBundle(at: theirs, since: nil)
      #expect { try office.book(0).apply(theirs) } throws: { error in
        if case BookError.fileOfAnotherBook = error { true } else { false }
      }
      #expect { try book.createBundle(at: theirs, since: nil) } throws: { error in
        if case BookError.fileExists(theirs) = error { true } else { false }
      }
      #expect(try book.createBundle(at: other.path + "/none", since: try book.save().version).changes == 0)
      #expect(!other.exists("none"))
      try other.write("No bundle.\n", to: "text")
      #expect { try office.book(0).apply(other.path + "/text") } throws: { error in
        if case BookError.badFile(_, .notAFile) = error { true } else { false }
      }
    }
  }

  @Test func `no byte of a bundle can be altered unseen, and a damaged one changes nothing`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("First", with: "Quite another", in: note, on: 0)
      let whole = try Data(contentsOf: URL(fileURLWithPath: try bundle(office, "whole")))
      let (before, log) = (office.files(1), try changes(office, 1))
      let file = stick.path + "/damaged"
      for offset in whole.indices {
        var damaged = whole
        damaged[offset] ^= 1 << UInt8(offset % 8)
        try damaged.write(to: URL(fileURLWithPath: file))
        #expect(throws: BookError.self, "byte \(offset)") { try office.book(1).apply(file) }
      }
      #expect(office.files(1) == before)
      #expect(try changes(office, 1) == log)
    }
  }
}
