import BookFolder
import Foundation
import Glibc
import Synchronization
import Testing

/// What the system tells of a real folder.
@Suite(.serialized) struct FolderWatcherTests {
  private final class Heard: Sendable {
    private let news = Mutex<[FolderWatcher.News]>([])
    func add(_ one: FolderWatcher.News) { news.withLock { $0.append(one) } }
    var all: [FolderWatcher.News] { news.withLock { $0 } }

    /// The limit only catches what hangs.
    func wait(for one: FolderWatcher.News) -> Bool {
      for _ in 0..<1_000 {
        if all.contains(one) { return true }
        usleep(10_000)
      }
      return false
    }
  }

  private static func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("valise-watch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("notes"), withIntermediateDirectories: true)
    return folder
  }

  private static func write(_ text: String, _ folder: URL, _ name: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  private static func move(_ folder: URL, _ name: String, _ other: URL, _ newName: String) throws {
    try FileManager.default.moveItem(
      at: folder.appendingPathComponent(name), to: other.appendingPathComponent(newName))
  }

  @Test func `notes that are written, come, go or are renamed are told, and nothing else`() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent(".valise"), withIntermediateDirectories: true)
    let heard = Heard()
    let watcher = try FolderWatcher(folder.path) { heard.add($0) }
    for name in [".valise/x.md", "notes/picture.png", "notes/a.md~", "notes/.a.md.swp", "notes/.hidden.md"] {
      try Self.write("x", folder, name)
    }
    try Self.write("x", folder, "notes/a.md")
    #expect(heard.wait(for: .writing(path: "notes/a.md")))
    #expect(heard.wait(for: .changed(path: "notes/a.md")))
    try Self.move(folder, "notes/a.md", folder, "notes/b.md")
    #expect(heard.wait(for: .changed(path: "notes/b.md")))
    try FileManager.default.removeItem(at: folder.appendingPathComponent("notes/b.md"))
    try Self.write("*.txt", folder, ".valiseignore")
    #expect(heard.wait(for: .changed(path: ".valiseignore")))
    let paths: [String] = heard.all.compactMap {
      switch $0 {
      case .writing(let path), .changed(let path): path
      case .released, .lost, .blind: nil
      }
    }
    #expect(Set(paths) == ["notes/a.md", "notes/b.md", ".valiseignore"])
    withExtendedLifetime(watcher) {}
  }

  @Test func `new folders are watched, however deep they come`() throws {
    let (folder, away) = (try Self.folder(), try Self.folder())
    defer { for url in [folder, away] { try? FileManager.default.removeItem(at: url) } }
    let heard = Heard()
    let watcher = try FolderWatcher(folder.path) { heard.add($0) }
    try FileManager.default.createDirectory(
      at: away.appendingPathComponent("one/two"), withIntermediateDirectories: true)
    try Self.move(away, "one", folder, "one")
    #expect(heard.wait(for: .changed(path: "one")))
    try Self.write("x", folder, "one/two/deep.md")
    #expect(heard.wait(for: .changed(path: "one/two/deep.md")))
    withExtendedLifetime(watcher) {}
  }

  @Test func `a folder that is taken away is told like a note; the folder itself, or the book's own, is lost`() throws {
    for name in ["notes", ".valise", ""] {
      let folder = try Self.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(".valise"), withIntermediateDirectories: true)
      let heard = Heard()
      let watcher = try FolderWatcher(folder.path) { heard.add($0) }
      try FileManager.default.removeItem(at: name.isEmpty ? folder : folder.appendingPathComponent(name))
      #expect(heard.wait(for: name == "notes" ? .changed(path: "notes") : .lost))
      if name == "notes" { #expect(!heard.all.contains(.lost)) }
      withExtendedLifetime(watcher) {}
    }
  }

  @Test func `a command that lets go of the book is told, and what is written in the book's own folder is not`() throws
  {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent(".valise"), withIntermediateDirectories: true)
    let heard = Heard()
    let watcher = try FolderWatcher(folder.path) { heard.add($0) }
    try Self.write("x", folder, ".valise/book.sqlite-wal")
    let lock = unsafe open(folder.appendingPathComponent(".valise/lock").path, O_RDWR | O_CREAT, 0o600)
    try #require(lock >= 0)
    usleep(100_000)
    #expect(heard.all.isEmpty)
    close(lock)
    #expect(heard.wait(for: .released))
    #expect(heard.all == [.released])
    withExtendedLifetime(watcher) {}
  }

  @Test func `more than the system keeps is told as lost`() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let limit = (try? String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)) ?? ""
    let count = Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 16_384
    try #require(count <= 100_000, "a queue of \(count) is more than a test fills")
    let heard = Heard()
    let watcher = try FolderWatcher(folder.path) {
      // Whoever is slow to listen finds the queue full.
      if heard.all.isEmpty { usleep(3_000_000) }
      heard.add($0)
    }
    let file = try FileHandle(
      forWritingTo: {
        try Self.write("x", folder, "notes/a.md")
        return folder.appendingPathComponent("notes/a.md")
      }())
    for number in 0..<(count + 5_000) {
      // Two names in turn: equal events that follow each other are told as one.
      try Self.write("", folder, "notes/\(number % 2).md")
      if number % 2_000 == 0, heard.all.contains(.lost) { break }
    }
    try file.close()
    #expect(heard.wait(for: .lost))
    withExtendedLifetime(watcher) {}
  }

  @Test func `a folder that is not there is an error`() throws {
    let folder = try Self.folder()
    try FileManager.default.removeItem(at: folder)
    #expect(throws: SystemFailure.self) { _ = try FolderWatcher(folder.path) { _ in } }
  }
}
