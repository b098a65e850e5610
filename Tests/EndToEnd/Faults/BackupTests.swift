import Foundation
import ProgramTesting
import Testing

/// A server whose disk is lost: yesterday's backup takes its place, and the laptops bring back what it lacks.
@Suite(.serialized) struct BackupTests {
  /// Three laptops of one book, a note each, all in step; and the server's backup of that.
  private func yesterday(_ place: Place, _ server: Server) throws {
    for name in ["anne", "ben", "carla"] { try place.write("Text of \(name).\n", to: "anne/notes/\(name).md") }
    try #require(place.valise("new", "anne", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "anne", "publish", server.url("book")).code == 0)
    for name in ["ben", "carla"] {
      try #require(place.valise("join", server.url("book"), name, "--name", name.capitalized).code == 0)
    }
    let backup = try valised(place, "backup", "--data", "server", "backup")
    try #require(backup.code == 0, "\(backup.errors)")
    #expect(
      backup.output == "book: 2 changes, every id and signature is right\nBacked up into 'backup'.\n")
  }

  private func valised(_ place: Place, _ words: String...) throws -> Ended {
    try Running(place, "valised", words).wait()
  }

  private func edit(_ place: Place, _ laptop: String) throws {
    let path = "\(laptop)/notes/\(laptop).md"
    try place.write(try place.read(path) + "Today's words of \(laptop).\n", to: path)
  }

  private func sync(_ place: Place, _ laptop: String) throws -> [String: Any] {
    let ended = try place.valise("-C", laptop, "sync", "--json")
    try #require(ended.code == 0, "\(ended.errors)")
    return try #require(try ended.objects().first)
  }

  @Test func `U8: yesterday's backup gets today's changes back, those of laptops that are gone too, and it is said`()
    throws
  {
    let place = try Place()
    let server = try Server(place)
    try yesterday(place, server)
    // Today: Anne and Ben write and sync, Carla writes offline. Then Anne's laptop and the server's disk are lost.
    for laptop in ["anne", "ben"] {
      try edit(place, laptop)
      _ = try sync(place, laptop)
    }
    try edit(place, "carla")
    try server.kill()
    try FileManager.default.removeItem(at: place.url("anne"))
    try FileManager.default.removeItem(at: place.url("server"))
    server.data = "backup"
    try server.start()
    // Ben's laptop brings back its own change and Anne's, and says so; once.
    let first = try place.valise("-C", "ben", "sync")
    try #require(first.code == 0, "\(first.errors)")
    #expect(first.output.contains("The server was restored from a backup; 2 changes sent again."), "\(first.output)")
    #expect(try (sync(place, "ben")["serverNotices"] as? [Any])?.isEmpty == true)
    _ = try sync(place, "carla")
    _ = try sync(place, "ben")
    try #require(place.valise("join", server.url("book"), "new", "--name", "New").code == 0)
    for laptop in ["ben", "carla", "new"] {
      let text = place.notes(laptop).values.map { String(decoding: $0, as: UTF8.self) }.joined()
      for author in ["anne", "ben", "carla"] { #expect(text.contains("Today's words of \(author).")) }
      #expect(place.notes(laptop) == place.notes("new"))
      #expect(try place.valise("-C", laptop, "conflicts").output == "No conflicts.\n")
    }
    let verified = try valised(place, "verify", "--data", "backup")
    #expect(verified.code == 0 && verified.output.hasSuffix("Nothing is damaged.\n"), "\(verified.output)")
  }

  @Test func `U8: two servers from one backup: whoever comes to the other one is told, and nothing of either is lost`()
    throws
  {
    let place = try Place()
    let server = try Server(place)
    try yesterday(place, server)
    try server.kill()
    for copy in ["east", "west"] {
      try FileManager.default.copyItem(at: place.url("backup"), to: place.url(copy))
    }
    func goTo(_ data: String) throws {
      try server.kill()
      server.data = data
      try server.start()
    }
    func notices(_ laptop: String) throws -> [String] {
      let found = try sync(place, laptop)["serverNotices"] as? [[String: Any]]
      return try #require(found).compactMap { $0["notice"] as? String }
    }
    // The address leads to the one, then to the other; neither has what the other was sent.
    for (data, laptop) in [("east", "anne"), ("west", "ben")] {
      try goTo(data)
      try edit(place, laptop)
      #expect(try notices(laptop) == ["newEpoch"], "\(laptop)")
      #expect(try notices(laptop) == [], "\(laptop), once")
    }
    // Anne's laptop was at the other one: that is said, and what this one lacks is sent again.
    let told = try place.valise("-C", "anne", "sync")
    #expect(told.code == 0)
    #expect(told.output.contains("The server was restored from a backup; 1 change sent again."), "\(told.output)")
    #expect(told.output.contains("Ben: 1 note edited."), "\(told.output)")
    _ = try sync(place, "ben")
    // And back: the first one is told what was missed there, by whoever comes.
    try goTo("east")
    #expect(try notices("ben") == ["newEpoch"])
    #expect(try notices("carla") == ["newEpoch"])
    _ = try sync(place, "anne")
    try #require(place.valise("join", server.url("book"), "new", "--name", "New").code == 0)
    for laptop in ["anne", "ben", "carla", "new"] {
      #expect(place.notes(laptop) == place.notes("new"), "\(laptop)")
      let text = place.notes(laptop).values.map { String(decoding: $0, as: UTF8.self) }.joined()
      for author in ["anne", "ben"] { #expect(text.contains("Today's words of \(author)."), "\(laptop)") }
      #expect(try place.valise("-C", laptop, "conflicts").output == "No conflicts.\n")
    }
    try server.kill()
    for data in ["east", "west"] { #expect(try valised(place, "verify", "--data", data).code == 0) }
  }

  @Test func `a backup written over the file of the server that lost something begins another epoch all the same`()
    throws
  {
    let place = try Place()
    let server = try Server(place)
    try yesterday(place, server)
    try edit(place, "anne")
    _ = try sync(place, "anne")
    try server.kill()
    // The same file to the file system, the inode and the time of its birth; only the bytes are yesterday's.
    for name in ["log.sqlite-wal", "log.sqlite-shm"] {
      try? FileManager.default.removeItem(at: place.url("server/\(name)"))
    }
    let old = try Data(contentsOf: place.url("backup/log.sqlite"))
    let file = try FileHandle(forWritingTo: place.url("server/log.sqlite"))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: old)
    try file.close()
    try server.start()
    let notices = try sync(place, "anne")["serverNotices"] as? [[String: Any]]
    #expect(notices?.first?["notice"] as? String == "newEpoch" && notices?.first?["sentAgain"] as? Int == 1)
  }

  @Test func `a backup made while laptops sync holds what was acknowledged before, and verifies`() throws {
    let place = try Place()
    let server = try Server(place)
    try yesterday(place, server)
    for round in 0..<6 {
      try edit(place, "anne")
      _ = try sync(place, "anne")
      try edit(place, "ben")
      let meanwhile = try place.start("-C", "ben", "sync")
      let backup = try valised(place, "backup", "--data", "server", "backup\(round)")
      #expect(backup.code == 0, "\(backup.errors)")
      try #require(meanwhile.wait().code == 0)
      let verified = try valised(place, "verify", "--data", "backup\(round)")
      #expect(verified.code == 0, "\(verified.output)")
      let changes = try #require(verified.output.split(separator: " ").dropFirst().first.flatMap { Int($0) })
      #expect(changes >= 3 + 2 * round)
    }
  }

  @Test func `what cannot be backed up or verified is said, and nothing is written over`() throws {
    let place = try Place()
    let server = try Server(place)
    try yesterday(place, server)
    let again = try valised(place, "backup", "--data", "server", "backup")
    #expect(again.code == 73 && again.errors.contains("'backup' is there already"))
    for (words, folder) in [
      (["backup", "--data", "nowhere", "copy"], "copy"), (["verify", "--data", "nowhere"], "nowhere"),
    ] {
      let ended = try Running(place, "valised", words).wait()
      #expect(ended.code == 66 && ended.errors.contains("there are no books in 'nowhere'"))
      #expect(!place.exists(folder))
    }
    try server.kill()
    // One byte of one run, behind everybody's back.
    try Store.flip("body", of: "entry WHERE position = 2", in: place.url("backup/log.sqlite"))
    let damaged = try valised(place, "verify", "--data", "backup")
    #expect(damaged.code == 65 && damaged.output.contains("damaged at position 2:"), "\(damaged.output)")
    let copied = try valised(place, "backup", "--data", "backup", "copy")
    #expect(copied.code == 65 && copied.output.contains("damaged at position 2:"), "\(copied.output)")
  }
}
