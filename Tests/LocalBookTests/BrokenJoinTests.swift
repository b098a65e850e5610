import Foundation
import LocalBook
import ProgramTesting
import PropertyTesting
import SyncClient
import Testing

/// A download that breaks off in the middle, and the same command again.
@Suite struct BrokenJoinTests {
  @Test func `a join that was cut goes on where it was, and fetches nothing again that it has`() async throws {
    try await running { place in
      let whole = try await place.join("whole", place.url)
      #expect(whole.kept == 0)
      let bytes = place.proxy.passed.count
      try await place.breakOff("cut", after: bytes * 2 / 3)
      #expect(FileManager.default.fileExists(atPath: place.path("cut") + "/.valise/unfinished"))
      let before = place.proxy.passed.count
      let report = try await place.join("cut", place.url)
      let again = place.proxy.passed.count - before
      #expect(report.kept > 0)
      // What was not a page yet when the network fell silent comes once more; a page is 256 KiB and a run.
      #expect(again < bytes / 3 + 600_000, "\(again) of \(bytes) bytes")
      #expect(place.files("cut") == place.files("whole"))
      #expect(try await place.open("cut").sync().outcome == .synced)
    }
  }

  @Test func `a book that began with much is cut where a join can go on`() async throws {
    try await running(began: 12, of: 300_000) { place in
      _ = try await place.join("whole", place.url)
      let bytes = place.proxy.passed.count
      try await place.breakOff("cut", after: bytes * 2 / 3)
      let before = place.proxy.passed.count
      #expect(try await place.join("cut", place.url).kept > 0)
      // What was cut in the middle of a run comes once more, and a run has a megabyte of files.
      #expect(place.proxy.passed.count - before < bytes / 3 + 1_300_000)
      #expect(place.files("cut") == place.files("whole"))
    }
  }

  @Test func `a part of another book, or one that was damaged, is fetched anew`() async throws {
    try await running { place in
      _ = try await place.join("whole", place.url)
      let bytes = place.proxy.passed.count / 2
      let store = place.path("cut") + "/.valise/book.sqlite"
      let damages: [(String, (Data) -> Data)] = [
        ("nothing is left", { _ in Data() }), ("other bytes", { Data(repeating: 7, count: $0.count) }),
        ("cut off", { $0.prefix($0.count / 2) }),
        (
          "a stretch of zeros",
          { data in
            var data = data
            data.replaceSubrange(data.count / 2..<data.count / 2 + 9_000, with: Data(count: 9_000))
            return data
          }
        ),
      ]
      for (words, damage) in damages {
        try await place.breakOff("cut", after: bytes)
        let file = URL(filePath: store)
        try damage(try Data(contentsOf: file)).write(to: file)
        #expect(try await place.join("cut", place.url).kept == 0, "\(words)")
        #expect(place.files("cut") == place.files("whole"), "\(words)")
        try FileManager.default.removeItem(atPath: place.path("cut"))
      }
      try await place.breakOff("cut", after: bytes)
      let other = place.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
      #expect(try await place.join("cut", other).kept == 0, "another address")
      #expect(place.files("cut") == place.files("whole"))
    }
  }

  /// A book on a server behind a proxy: it began with so many notes that do not pack well, and others came one by one.
  private func running(
    began: Int = 0, of size: Int = 120_000, _ body: (Place) async throws -> Void
  ) async throws {
    try await OwnServer.running { port in
      let proxy = try Proxy(to: UInt16(port))
      defer { proxy.stop() }
      let place = Place(folder: try TestFolder(), proxy: proxy)
      var random = SeededRandom(seed: 3)
      func write(_ note: Int) throws {
        let text = Data(random.bytes(size)).base64EncodedString(options: .lineLength76Characters)
        try place.folder.write(text + "\n", to: "anne/notes/\(note).md")
      }
      try place.folder.write("Text.\n", to: "anne/notes/0.md")
      for note in 0..<began { try write(100 + note) }
      _ = try LocalBook.new(at: place.path("anne"), name: nil, .test("Anne"))
      _ = try await place.open("anne").publish(url: "valise://127.0.0.1:\(port)/book")
      for note in 0..<(began > 0 ? 0 : 12) {
        try write(1 + note)
        _ = try await place.open("anne").sync()
      }
      try await body(place)
    }
  }

  private struct Place {
    let folder: TestFolder
    let proxy: Proxy

    var url: String { "valise://127.0.0.1:\(proxy.port)/book" }

    func path(_ name: String) -> String { folder.path + "/" + name }

    func open(_ name: String) throws -> LocalBook {
      try LocalBook(at: path(name), .test(name), command: "test")
    }

    func join(_ name: String, _ url: String) async throws -> BookReport {
      try await LocalBook.join(url: url, at: path(name), name: nil, .test(name))
    }

    /// A join that gets so many bytes, and then nothing more.
    func breakOff(_ name: String, after bytes: Int) async throws {
      var impatient = Environment.test(name)
      impatient.timeouts.quiet = .milliseconds(500)
      impatient.timeouts.dead = .seconds(2)
      proxy.freeze(after: bytes)
      defer { proxy.thaw() }
      do {
        _ = try await LocalBook.join(url: url, at: path(name), name: nil, impatient)
        Issue.record("joined through a frozen network")
      } catch BookError.joinBrokeOff(_, let changes, _) {
        #expect(changes > 0)
      }
    }

    /// The book's files, by name.
    func files(_ name: String) -> [String: Data] {
      folder.files.filter { $0.key.hasPrefix(name + "/notes/") }.reduce(into: [:]) { files, file in
        files[String(file.key.dropFirst(name.count + 1))] = file.value
      }
    }
  }
}
