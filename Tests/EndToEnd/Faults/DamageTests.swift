import Foundation
import ProgramTesting
import PropertyTesting
import Testing

/// Bytes that the disk has changed: a damaged store, or another damaged file in `.valise`.
@Suite(.serialized) struct DamageTests {
  /// Exit code of a sync that finds no server.
  private static let offline: Int32 = 3

  private func book(_ place: Place, _ server: Server) throws {
    for number in 0..<12 { try place.write("Text of note \(number).\n", to: "anne/notes/n\(number).md") }
    try #require(place.valise("new", "anne", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "anne", "publish", server.url("book")).code == 0)
  }

  @Test func `a damaged store ends no command with a crash, costs no file, and says how to get the book back`() throws {
    let place = try Place()
    let server = try Server(place)
    try book(place, server)
    try place.write("Not sent.\n", to: "anne/notes/new.md")
    let notes = place.notes("anne")
    // Copies of a laptop that reached the server would be laptops of their own.
    try server.kill()
    var random = SeededRandom(seed: replayedSeed ?? 21)
    var refused = 0
    for round in 0..<24 {
      try? FileManager.default.removeItem(at: place.url("hurt"))
      try FileManager.default.copyItem(at: place.url("anne"), to: place.url("hurt"))
      let store = place.url("hurt/.valise/book.sqlite")
      var bytes = try Data(contentsOf: store)
      switch round % 4 {
      case 0: bytes = bytes.prefix(random.below(bytes.count))
      case 1: bytes.replaceSubrange(0..<100, with: Data(count: 100))
      default:
        // A few sectors of something else.
        for _ in 0...random.below(3) {
          let start = random.below(bytes.count / 512) * 512
          bytes.replaceSubrange(start..<start + 512, with: (0..<512).map { _ in UInt8(random.below(256)) })
        }
      }
      try bytes.write(to: store)
      for command in ["status", "log", "sync"] {
        let ended = try place.valise("-C", "hurt", command)
        try #require(!ended.wasKilled && ended.code < 64, "round \(round), \(command): \(ended.errors)")
        if ended.code != 0 && ended.code != Self.offline {
          refused += 1
          #expect(ended.errors.contains("next:"), "round \(round), \(command): \(ended.errors)")
        }
      }
      let now = place.notes("hurt")
      for (path, text) in notes { try #require(now[path] == text, "round \(round): \(path)") }
      try #require(place.notes("anne") == notes)
    }
    #expect(refused >= 24)
    try server.start()
    // The advice works: the book from the server, and the file that had not been sent copied over.
    try #require(place.valise("join", server.url("book"), "again", "--name", "Anne").code == 0)
    #expect(place.notes("again").count == 12)
  }

  @Test(arguments: ["device", "lock", "book.sqlite-wal"])
  func `a file of .valise that is damaged or gone ends no command with a crash, and costs no note`(name: String) throws
  {
    let place = try Place()
    let server = try Server(place)
    try book(place, server)
    let notes = place.notes("anne")
    try server.kill()
    for damage in [nil, Data(), Data("nonsense".utf8), Data((0..<5_000).map { UInt8($0 % 251) })] {
      try? FileManager.default.removeItem(at: place.url("hurt"))
      try FileManager.default.copyItem(at: place.url("anne"), to: place.url("hurt"))
      let file = place.url("hurt/.valise/\(name)")
      if let damage {
        try damage.write(to: file)
      } else if place.exists("hurt/.valise/\(name)") {
        try FileManager.default.removeItem(at: file)
      }
      try place.write("Typed since.\n", to: "hurt/notes/since.md")
      for command in ["status", "sync"] {
        let ended = try place.valise("-C", "hurt", command)
        try #require(!ended.wasKilled && ended.code < 64, "\(name), \(command): \(ended.errors)")
        #expect(
          [0, Self.offline].contains(ended.code) || ended.errors.contains("next:"),
          "\(name), \(command): \(ended.errors)")
      }
      let now = place.notes("hurt")
      for (path, text) in notes { try #require(now[path] == text, "\(path)") }
      try #require(now["notes/since.md"] == Data("Typed since.\n".utf8))
    }
  }

  @Test func `a server whose store is damaged does not start, says so, and starts on a backup`() throws {
    let place = try Place()
    let server = try Server(place)
    try book(place, server)
    try #require(try Running(place, "valised", ["backup", "--data", "server", "backup"]).wait().code == 0)
    try server.kill()
    try Data("SQLite format 3\0 but nothing else".utf8).write(to: place.url("server/log.sqlite"))
    for name in ["log.sqlite-wal", "log.sqlite-shm"] {
      try? FileManager.default.removeItem(at: place.url("server/\(name)"))
    }
    let ended = try Running(
      place, "valised", ["serve", "--data", "server", "--listen", "127.0.0.1:\(server.port)"]
    ).wait()
    #expect(ended.code == 73 && ended.errors.contains("next: valised serve --data BACKUP"), "\(ended.errors)")
    server.data = "backup"
    try server.start()
    #expect(try place.valise("-C", "anne", "sync").code == 0)
  }
}
