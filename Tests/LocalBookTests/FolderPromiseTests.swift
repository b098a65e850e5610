import Foundation
import Glibc
import LocalBook
import Synchronization
import Testing

/// F1, F3, F4, F5 and F8 through whole commands (folder.md 1).
@Suite struct FolderPromiseTests {
  private let note = "notes/a.md"
  private let text = "---\ntitle: A\nroom: one\n---\nSome words stand here.\n"

  private static let commands: [@Sendable (LocalBook) async throws -> Void] = [
    { _ = try $0.status() }, { _ = try $0.save() }, { _ = try await $0.sync() }, { _ = try $0.conflicts() },
    { _ = try $0.log(limit: 1) }, { _ = try $0.show("notes/a.md") }, { _ = try $0.compare(nil, nil) },
    { _ = try? $0.resolve("notes/a.md:none", take: "Nobody", value: nil) },
    { _ = try? $0.show("notes/none.md") },
  ]

  @Test(arguments: commands.indices)
  func `F1: whatever the command, what is on disk when it starts is in the history when it ends`(command: Int)
    async throws
  {
    try await Office.running(files: [note: text]) { office in
      let before = try office.book(0).log(limit: 100).count
      try office.replace("Some", with: "Unrecorded", in: note, on: 0)
      try await Self.commands[command](office.book(0))
      #expect(try office.book(0).log(limit: 100).count == before + 1)
      #expect(try office.book(0).save().files.isEmpty)
      guard case .file(_, _, let bytes) = try office.book(0).show(note) else { return }
      #expect(String(decoding: bytes, as: UTF8.self).contains("Unrecorded"))
    }
  }

  @Test func `F3: endings and byte order marks changed here, words there: both laptops hold the same bytes`()
    async throws
  {
    try await Office.running(files: [note: text, "notes/b.md": text]) { office in
      try office.write(text.replacingOccurrences(of: "\n", with: "\r\n"), to: note, on: 0)
      try office.replace("words", with: "more words", in: note, on: 1)
      try office.write("\u{feff}" + text, to: "notes/b.md", on: 1)
      try office.replace("room: one", with: "# moved\nroom: two", in: "notes/b.md", on: 0)
      try await office.syncAll()
      let expected = text.replacingOccurrences(of: "words", with: "more words")
      #expect(try office.read(note, on: 0) == expected.replacingOccurrences(of: "\n", with: "\r\n"))
      let other = "\u{feff}" + text.replacingOccurrences(of: "room: one", with: "# moved\nroom: two")
      #expect(try Array(office.read("notes/b.md", on: 0).utf8) == Array(other.utf8))
      try office.requireNoEcho(0)
      try office.requireNoEcho(1)
    }
  }

  @Test func `F4: an unreadable file is left alone, holds back nothing else, and colleagues' changes to it wait`()
    async throws
  {
    try await Office.running(files: [note: text, "notes/b.md": text, "notes/c.md": text]) { office in
      let broken = "---\ntitle: A\n  bad: [\n---\nMine.\n"
      try office.write(broken, to: note, on: 0)
      try office.replace("Some", with: "My", in: "notes/b.md", on: 0)
      try office.replace("Some", with: "Remote", in: note, on: 1)
      try office.replace("Some", with: "Remote", in: "notes/c.md", on: 1)
      try await office.sync(1)
      let summary = try await office.sync(0)
      #expect(summary.saved.files.map(\.path) == ["notes/b.md"] && summary.sent == 1)
      #expect(summary.saved.trouble.map(\.path).contains(note))
      #expect(try office.read(note, on: 0) == broken)
      #expect(try office.read("notes/c.md", on: 0).contains("Remote"))

      let status = try office.book(0).status()
      #expect(status.behind == 1)
      #expect(status.saved.trouble.contains { $0.path == note && $0.line == 3 })
      #expect(status.saved.trouble.contains { $0.path == note && $0.waiting.map(\.people) == [["Ben"]] })
      #expect(try office.read(note, on: 0) == broken)

      // Readable again, it is an edit of what it showed before: the colleague's is woven in.
      try office.write(text.replacingOccurrences(of: "here", with: "here too"), to: note, on: 0)
      try await office.syncAll()
      #expect(try office.read(note, on: 1).contains("Remote words stand here too."))
      #expect(try office.book(0).status().behind == 0)
    }
  }

  @Test(arguments: [
    Data([0xff, 0xfe, 0x41]), Data("a\0b".utf8), Data(count: 5 << 20), Data("---\na: b\na: c\n---\n".utf8),
  ])
  func `F4: bad UTF-8, a NUL, too many bytes, a key twice: named, and not touched by a colleague's deletion`(
    bytes: Data
  ) async throws {
    try await Office.running(files: [note: text, "notes/b.md": text]) { office in
      let path = URL(fileURLWithPath: office.root(0) + "/" + note)
      // A letter first: nothing but zero bytes would be a file that is suddenly empty.
      let bytes = bytes.first == 0 ? Data("a".utf8) + bytes : bytes
      try bytes.write(to: path)
      try office.remove(note, on: 1)
      try office.replace("Some", with: "Remote", in: "notes/b.md", on: 1)
      try await office.sync(1)
      let summary = try await office.sync(0)
      #expect(summary.saved.trouble.map(\.path).contains(note))
      #expect(try Data(contentsOf: path) == bytes)
      #expect(try office.read("notes/b.md", on: 0).contains("Remote"))
      #expect(try office.book(0).status().behind == 1)
      #expect(try Data(contentsOf: path) == bytes)
    }
  }

  @Test func `F5: words appended while remote changes are written are all there in the end`() async throws {
    let names = ["notes/a.md", "notes/b.md", "notes/c.md"]
    let files = Dictionary(uniqueKeysWithValues: names.map { ($0, text) })
    try await Office.running(files: files) { office in
      let isOver = Atomic(false)
      let typed = Mutex<[String]>([])
      let paths = names.map { office.root(0) + "/" + $0 }
      let person = Thread {
        var count = 0
        // No more than a body can take without slowing everything down.
        while !isOver.load(ordering: .relaxed), count < 600 {
          count += 1
          let word = "typed\(count)x"
          if Self.append(" \(word)\n", to: paths[count % paths.count]) { typed.withLock { $0.append(word) } }
          usleep(useconds_t(1 + count % 9) * 1_000)
        }
      }
      person.start()
      for round in 1...40 {
        for name in names {
          try office.replace("Some", with: "Some\(round)", in: name, on: 1)
          try office.replace("Some\(round)", with: "Some", in: name, on: 1)
          try office.replace("title: A", with: "title: A\(round)A", in: name, on: 1)
          try office.replace("title: A\(round)A", with: "title: A", in: name, on: 1)
          try office.replace("room: ", with: "room: r\(round) ", in: name, on: 1)
        }
        try await office.sync(1)
        try await office.sync(0)
      }
      isOver.store(true, ordering: .relaxed)
      while !person.isFinished { usleep(1_000) }
      try await office.syncAll()
      let everything = try names.map { try office.read($0, on: 1) }.joined()
      let words = typed.withLock { $0 }
      #expect(words.count > 60)
      for word in words { #expect(everything.contains(word)) }
      #expect(try office.conflicts(0).isEmpty)
      for name in names { #expect(try office.read(name, on: 0).contains("room: r40 r39 ")) }
    }
  }

  /// As an editor that appends does; false when the file was gone before the word was in it.
  private static func append(_ text: String, to path: String) -> Bool {
    let file = unsafe open(path, O_WRONLY | O_APPEND)
    guard file >= 0 else { return false }
    defer { close(file) }
    let bytes = Array(text.utf8)
    let count = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
    var status = stat()
    let isKnown = unsafe fstat(file, &status) == 0
    // Without a name: held open since before a command that has ended, and that one looked at it once more.
    return count == bytes.count && isKnown && status.st_nlink > 0
  }
}
