import Foundation
import LocalBook
import Testing

/// Laptops that share a book, in one process, beside a server of their own.
struct Office {
  private let folders: [TestFolder]
  private let environments: [Environment]
  let url: String

  /// Makes a book of the files on the first laptop, publishes it, has the others join, and runs the body.
  static func running(
    _ environments: [Environment] = [.test("Anne"), .test("Ben")], files: [String: String],
    _ body: (Office) async throws -> Void
  ) async throws {
    try await OwnServer.running { port in
      let office = try Office(environments, url: "valise://127.0.0.1:\(port)/office")
      for (name, text) in files { try office.write(text, to: name, on: 0) }
      _ = try LocalBook.new(at: office.root(0), name: nil, environments[0])
      _ = try await office.book(0).publish(url: office.url)
      for index in environments.indices.dropFirst() {
        _ = try await LocalBook.join(url: office.url, at: office.root(index), name: nil, environments[index])
      }
      try await body(office)
    }
  }

  private init(_ environments: [Environment], url: String) throws {
    self.environments = environments
    self.url = url
    folders = try environments.map { _ in try TestFolder() }
  }

  func root(_ laptop: Int) -> String { folders[laptop].path + "/book" }

  func book(_ laptop: Int) throws -> LocalBook {
    try LocalBook(at: root(laptop), environments[laptop], command: "test")
  }

  @discardableResult func sync(_ laptop: Int) async throws -> SyncSummary {
    let summary = try await book(laptop).sync()
    try #require(summary.outcome == .synced)
    return summary
  }

  /// Everybody sends, and everybody receives what the others sent; files in `private/` aside, all folders are alike
  /// then.
  func syncAll() async throws {
    for laptop in folders.indices { try await sync(laptop) }
    for laptop in folders.indices { try await sync(laptop) }
    func shared(_ laptop: Int) -> [String: Data] { files(laptop).filter { !$0.key.hasPrefix("book/private/") } }
    for laptop in folders.indices { #expect(shared(laptop) == shared(0), "the folders differ (F3)") }
  }

  func write(_ text: String, to name: String, on laptop: Int) throws {
    try folders[laptop].write(text, to: "book/" + name)
  }

  func replace(_ old: String, with new: String, in name: String, on laptop: Int) throws {
    let text = try read(name, on: laptop)
    try #require(text.contains(old))
    try write(text.replacingOccurrences(of: old, with: new), to: name, on: laptop)
  }

  func read(_ name: String, on laptop: Int) throws -> String { try folders[laptop].read("book/" + name) }

  func exists(_ name: String, on laptop: Int) -> Bool { folders[laptop].exists("book/" + name) }

  func remove(_ name: String, on laptop: Int) throws { try folders[laptop].remove("book/" + name) }

  func move(_ name: String, to other: String, on laptop: Int) throws {
    try folders[laptop].move("book/" + name, to: "book/" + other)
  }

  /// Every note of a laptop, by path.
  func files(_ laptop: Int) -> [String: Data] {
    var found: [String: Data] = [:]
    for (name, bytes) in folders[laptop].files where !name.hasPrefix("book/.valise") { found[name] = bytes }
    return found
  }

  func conflicts(_ laptop: Int) throws -> [ConflictLine] { try book(laptop).conflicts() }

  /// Has every file read again, whatever its stamp says, and requires that none says anything new (F8).
  func requireNoEcho(_ laptop: Int) throws {
    for name in files(laptop).keys {
      let path = folders[laptop].path + "/" + name
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
    }
    let saved = try book(laptop).save()
    try #require(saved.files.isEmpty, "an echo (F8): \(saved.files)")
  }
}

extension ConflictLine {
  /// Who says what, the shown value first among equals of the listing's order.
  var sides: [String] { values.map { "\($0.person): \($0.text ?? "none")" }.sorted() }
  var shown: String? { values.first { $0.isShown }?.text }
}
