import BookFolder
import FolderTesting
import Foundation
import Glibc
import LocalBook
import PropertyTesting
import Synchronization
import Testing

/// F5: a person saves in the very instant in which a colleague's change is written.
@Suite struct LateSaveTests {
  private let note = "notes/a.md"
  private let text = "---\ntitle: A\nroom: one\n---\nSome words stand here.\n"
  private let name = Array("a.md".utf8)

  /// Runs the body with an office whose first laptop's files can be watched.
  private func office(_ body: (Office, WatchedFiles) async throws -> Void) async throws {
    let files = WatchedFiles()
    var anne = Environment.test("Anne")
    anne.files = files
    try await Office.running([anne, .test("Ben")], files: [note: text, "notes/b.md": "Another.\n"]) { office in
      try await body(office, files)
    }
  }

  /// Does something once, when a call on a name is about to be made; nil: any name.
  private func once(
    _ files: WatchedFiles, at call: String, of name: [UInt8]?, _ act: @escaping @Sendable () -> Void
  ) {
    let isDone = Mutex(false)
    files.watch { (found, called) throws(SystemFailure) in
      guard found == call, name == nil || called == name else { return }
      let isFirst = isDone.withLock { isDone in
        defer { isDone = true }
        return !isDone
      }
      if isFirst { act() }
    }
  }

  private static func write(_ bytes: Data, to path: String, atomically: Bool) {
    let isWritten: Void? = try? bytes.write(to: URL(fileURLWithPath: path), options: atomically ? .atomic : [])
    if isWritten == nil { Issue.record("\(path) cannot be written") }
  }

  @Test func `F5 U4: saves in the instant of the swap, 200 times: every word of both is there`() async throws {
    try await office { office, files in
      var random = SeededRandom(seed: replayedSeed ?? 5)
      var words: [String] = []
      let path = office.root(0) + "/" + note
      for round in 0..<200 {
        try office.replace("Some", with: "Some remote\(round)x", in: note, on: 1)
        if random.oneIn(3) { try office.replace("title: ", with: "title: T", in: note, on: 1) }
        try await office.sync(1)
        let word = "typed\(round)x"
        words += [word, "remote\(round)x"]
        let typed = try office.read(note, on: 0).replacingOccurrences(of: "here", with: "here \(word)")
        let atomically = random.oneIn(2)
        let moment = ["exchange", "exchange", "status", "read"][random.below(4)]
        once(files, at: moment, of: name) { Self.write(Data(typed.utf8), to: path, atomically: atomically) }
        try await office.sync(0)
        files.watch(nil)
        try await office.sync(1)
        if random.oneIn(4) { try office.requireNoEcho(0) }
      }
      try await office.syncAll()
      let end = try office.read(note, on: 1)
      for word in words { #expect(end.contains(word), "\(word) is lost") }
      #expect(try office.conflicts(0).isEmpty)
    }
  }

  private static let unreadable = Data("---\ntitle: [\n---\nOnly here\n".utf8)

  @Test(arguments: ["exchange", "take"])
  func `F5 F4: a save in that instant that cannot be read is the person's again, and holds back nothing else`(
    call: String
  ) async throws {
    try await office { office, files in
      if call == "exchange" {
        try office.replace("Some", with: "Some remote", in: note, on: 1)
      } else {
        try office.remove(note, on: 1)
      }
      try office.write("Another, remote.\n", to: "notes/b.md", on: 1)
      try await office.sync(1)
      let path = office.root(0) + "/" + note
      once(files, at: call, of: name) { Self.write(Self.unreadable, to: path, atomically: true) }
      try await office.sync(0)
      files.watch(nil)
      #expect(office.files(0)["book/" + note] == Self.unreadable)
      #expect(try office.read("notes/b.md", on: 0) == "Another, remote.\n")
      #expect(office.files(0).count == 2)
      #expect(try office.book(0).status().saved.trouble.map(\.path) == [note])
      #expect(office.files(0)["book/" + note] == Self.unreadable && office.files(0).count == 2)
    }
  }

  @Test func `F5: deleted in that instant, it is a deletion that met an edit`() async throws {
    try await office { office, files in
      try office.replace("Some", with: "Some remote", in: note, on: 1)
      try await office.sync(1)
      let path = office.root(0) + "/" + note
      once(files, at: "exchange", of: name) { unsafe unlink(path) }
      try await office.sync(0)
      files.watch(nil)
      try await office.syncAll()
      #expect(try office.conflicts(0).map(\.name) == ["\(note):deleted"])
      #expect(try office.read(note, on: 0).contains("Some remote"))
    }
  }

  @Test func `F5: a new file of the same name in that instant: both stand in the folder`() async throws {
    try await office { office, files in
      try office.write("Remote.\n", to: "notes/new.md", on: 1)
      try await office.sync(1)
      let path = office.root(0) + "/notes/new.md"
      once(files, at: "move", of: Array("new.md".utf8)) {
        Self.write(Data("Mine.\n".utf8), to: path, atomically: false)
      }
      try await office.sync(0)
      files.watch(nil)
      try await office.syncAll()
      let both = ["notes/new.md", "notes/new (2).md"]
      #expect(try Set(both.map { try office.read($0, on: 1) }) == ["Mine.\n", "Remote.\n"])
    }
  }

  @Test func `F5: an editor that holds the file open writes to it after the swap: the next command finds it`()
    async throws
  {
    try await office { office, files in
      let path = office.root(0) + "/" + note
      let contents = [text.replacingOccurrences(of: "here", with: "here, typed late"), "---\nbroken: [\n---\n"]
      for (round, content) in contents.enumerated() {
        let file = unsafe open(path, O_WRONLY)
        try #require(file >= 0)
        try office.replace("Some", with: "Some remote\(round)", in: note, on: 1)
        try await office.sync(1)
        try await office.sync(0)
        #expect(try office.read(note, on: 0).contains("remote\(round)"))
        let bytes = Array(content.utf8)
        try #require(ftruncate(file, 0) == 0)
        let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
        try #require(count == bytes.count)
        close(file)
        _ = try office.book(0).save()
        let everything = office.files(0).values.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(everything.contains(round == 0 ? "stand here, typed late." : "broken: ["))
        #expect(everything.contains("remote\(round)"))
        if round == 0 {
          try await office.syncAll()
          try office.write(text, to: note, on: 0)
          try await office.syncAll()
        }
      }
      #expect(office.exists("notes/a (late save).md", on: 0))
    }
  }

  @Test func `F5: a colleague's rename meets a save in that instant, of the old name: both are there, in one file`()
    async throws
  {
    try await office { office, files in
      for (round, other) in ["people/z.md", "notes/0.md", note].enumerated() {
        let old = office.files(1).keys.map { String($0.dropFirst("book/".count)) }.first { $0 != "notes/b.md" } ?? ""
        try office.move(old, to: other, on: 1)
        try office.replace("Some", with: "Some remote\(round)x", in: other, on: 1)
        try await office.sync(1)
        let path = office.root(0) + "/" + old
        let typed = try office.read(old, on: 0).replacingOccurrences(of: "here", with: "here typed\(round)x")
        once(files, at: round == 1 ? "move" : "take", of: nil) {
          Self.write(Data(typed.utf8), to: path, atomically: round != 0)
        }
        try await office.sync(0)
        files.watch(nil)
        try await office.syncAll()
        #expect(office.files(1).count == 2, "\(office.files(1).keys.sorted())")
        let text = try office.read(other, on: 1)
        #expect(text.contains("remote\(round)x") && text.contains("typed\(round)x"), "\(text)")
        try office.requireNoEcho(0)
      }
      #expect(try office.conflicts(0).isEmpty)
    }
  }

  @Test func `F3: a renamed file whose old name cannot be taken away goes as soon as it can, edited or not`()
    async throws
  {
    try await office { office, files in
      for edited in [false, true] {
        let (old, new) = edited ? ("notes/new.md", "notes/newer.md") : (note, "notes/new.md")
        let oldName = Array(old.dropFirst("notes/".count).utf8)
        try office.move(old, to: new, on: 1)
        try office.replace("Some", with: "Some new", in: new, on: 1)
        try await office.sync(1)
        files.watch { (call, name) throws(SystemFailure) in
          if call == "take" && name == oldName { throw SystemFailure("rename", EPERM) }
        }
        let summary = try await office.sync(0)
        #expect(summary.saved.trouble.map(\.path) == [old])
        #expect(try office.read(new, on: 0).contains("Some new"))
        #expect(try office.book(0).status().saved.files.isEmpty)
        // Both of its files are edited, and a colleague edits it as well.
        try office.replace("Some", with: "Some more", in: new, on: 1)
        try office.replace("words", with: "words mine", in: new, on: 0)
        if edited { try office.replace("here", with: "here late", in: old, on: 0) }
        try await office.sync(1)
        try await office.sync(0)
        files.watch(nil)
        try await office.syncAll()
        #expect(office.files(0).count == 2, "\(office.files(0).keys.sorted())")
        let text = try office.read(new, on: 1)
        #expect(text.contains("Some more new") && text.contains("words mine"), "\(text)")
        #expect(!edited || text.contains("here late"))
        try office.requireNoEcho(0)
      }
    }
  }

  @Test(arguments: ["create", "exchange", "take", "move", "status", "read", "remove", "makeFolder"])
  func `F1 F3: a disk that fails at any call loses nothing, and the next command makes up for it`(call: String)
    async throws
  {
    try await office { office, files in
      var last = note
      for failing in 1...20 {
        let next = "people/p\(failing % 3)/renamed\(failing).md"
        try office.move(last, to: next, on: 1)
        try office.replace("Some", with: "Some r\(failing)", in: next, on: 1)
        last = next
        try office.write(
          "A new note, number \(failing), unlike the others: \(failing * 7_919).\n", to: "notes/new.md", on: 1)
        try await office.sync(1)
        try office.replace("Another", with: "Another \(failing)", in: "notes/b.md", on: 0)
        let calls = Mutex(0)
        files.watch { (found, _) throws(SystemFailure) in
          guard found == call else { return }
          let count = calls.withLock { count in
            count += 1
            return count
          }
          if count == failing { throw SystemFailure(call, EIO) }
        }
        // It may fail, and may go on without the file: neither loses anything.
        _ = try? await office.book(0).sync()
        files.watch(nil)
        try await office.syncAll()
        #expect(try office.read(next, on: 0).contains("Some r\(failing) "))
        #expect(try office.read("notes/b.md", on: 1).contains("Another \(failing)"))
        #expect(office.files(1).count == 3, "\(call) \(failing): \(office.files(1).keys.sorted())")
        if failing % 3 == 0 { try office.remove("notes/new.md", on: 1) }
      }
      #expect(try office.conflicts(0).isEmpty)
    }
  }
}
