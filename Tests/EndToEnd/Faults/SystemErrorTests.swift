import Foundation
import Glibc
import ProgramTesting
import PropertyTesting
import Testing

/// The disk reports an error at the Nth system call, for each N until the command ends well.
@Suite(.serialized) struct SystemErrorTests {
  private static let calls = [
    "pwrite64,write", "fsync,fdatasync,syncfs", "openat", "renameat2,renameat,?rename", "ftruncate,fallocate",
    "mkdirat,mkdir,unlinkat,unlink", "pread64,read",
  ]
  /// Of each kind of call; where a command makes more of them, a seeded choice.
  private static let pointsOfCall = 12
  /// A call that no run comes to; strace counts no further than to 65,535.
  private static let never = 60_000

  /// A book with an edit that is not recorded, and a file with a colleague's edit, note and deletion.
  private func office(_ place: Place) throws {
    for name in ["a", "b", "c"] { try place.write("Some text of \(name), long enough.\n", to: "one/notes/\(name).md") }
    try #require(place.valise("new", "one", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "one", "export", "--snapshot", "book").code == 0)
    try #require(place.valise("restore-from", "one/book", "two", "--name", "Ben").code == 0)
    try place.write("New.\n", to: "one/notes/new.md")
    try place.write("Some text of a, long enough and longer.\n", to: "one/notes/a.md")
    try FileManager.default.removeItem(at: place.url("one/notes/b.md"))
    try #require(place.valise("-C", "one", "bundle", "create", "news").code == 0)
    try FileManager.default.moveItem(at: place.url("one/news"), to: place.url("news"))
    try place.write("Mine: some text of c, long enough.\n", to: "two/notes/c.md")
  }

  private func taking(_ place: Place, _ folder: String) -> [String] {
    ["-C", folder, "bundle", "apply", place.url("news").path]
  }

  @Test(arguments: calls, ["EIO", "ENOSPC"])
  func `F1: an error of the disk at any call is said, harms no file, and the next command has everything`(
    calls: String, error: String
  ) throws {
    // Reading does not fail for want of room.
    if calls.contains("read") && error == "ENOSPC" { return }
    let place = try Place()
    try office(place)
    func fresh(_ name: String) throws {
      try? FileManager.default.removeItem(at: place.url(name))
      try FileManager.default.copyItem(at: place.url("two"), to: place.url(name))
    }
    try fresh("counted")
    let count = try Tracing(place: place, folder: "counted", calls: calls).count(taking(place, "counted"))
    let expected = place.notes("counted")
    let left = place.notes("two")
    var random = SeededRandom(seed: replayedSeed ?? 7)
    let points = Array(1...max(1, count)).shuffled(using: &random).prefix(Self.pointsOfCall).sorted()
    var failed = 0
    for point in points {
      try fresh("failing")
      // A full disk stays full; another error may come once.
      let injection: Tracing.Injection =
        error == "ENOSPC" ? .lastingError(error, from: point) : .error(error, at: point)
      let ended = try Tracing(place: place, folder: "failing", calls: calls).run(taking(place, "failing"), injection)
      let story = "\(error) at call \(point) of \(calls): \(ended.output)\(ended.errors)"
      try #require(!ended.wasKilled && ended.code < 64, "\(story)")
      if ended.code != 0 { failed += 1 }
      let shown = ended.output + ended.errors
      try #require(ended.code == 0 || !shown.isEmpty || calls.contains("write"), "\(story)")
      for (path, bytes) in place.notes("failing") {
        try #require(left.values.contains(bytes) || expected.values.contains(bytes), "\(path) is torn: \(story)")
      }
      let next = try Running(place, "valise", taking(place, "failing")).wait()
      try #require(next.code == 0, "\(next.errors)\nafter \(story)")
      try #require(place.notes("failing") == expected, "\(story)")
      // What was swapped out is kept until it was looked at once more.
      try #require(place.valise("-C", "failing", "status").code == 0)
      let rests = try FileManager.default.contentsOfDirectory(atPath: place.url("failing/.valise/tmp").path)
      try #require(rests.isEmpty, "\(rests) left behind: \(story)")
    }
    print("system errors: \(error) at \(points.count) of \(count) calls of \(calls), \(failed) commands failed")
    #expect(failed > 0 || isReplay || calls.contains("mkdir"))
  }

  @Test(arguments: ["pwrite64,write", "fsync,fdatasync", "openat", "ftruncate,fallocate"], ["EIO", "ENOSPC"])
  func `S1: a server whose disk fails acknowledges nothing that it does not have`(calls: String, error: String) throws {
    let place = try Place()
    let server = try Server(place)
    try place.write("First words.\n", to: "anne/notes/a.md")
    try #require(place.valise("new", "anne", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "anne", "publish", server.url("book")).code == 0)
    try server.kill()
    var random = SeededRandom(seed: replayedSeed ?? 8)
    for point in Array(1...60).shuffled(using: &random).prefix(6).sorted() + [Self.never] {
      let failing = try FailingServer(place, port: server.port, calls: calls, error: error, from: point)
      try failing.start()
      try place.write("Words at \(point).\n", to: "anne/notes/n\(point).md")
      let ended = try place.valise("-C", "anne", "sync", "--json")
      let sent = try ended.objects().first?["sent"] as? Int ?? 0
      let errors = try failing.stop()
      if point == Self.never { #expect(ended.code == 0 && sent == 1, "\(ended.errors)\(errors)") }
      try server.start()
      if ended.code == 0, sent > 0 {
        // What was acknowledged is there for others without this laptop's help.
        let folder = "new\(point)"
        try #require(place.valise("join", server.url("book"), folder, "--name", "New").code == 0)
        try #require(place.notes(folder)["notes/n\(point).md"] != nil, "lost at \(error) \(calls) \(point)\n\(errors)")
      }
      try #require(place.valise("-C", "anne", "sync").code == 0)
      try server.kill()
    }
    let verified = try Running(place, "valised", ["verify", "--data", "server"]).wait()
    #expect(verified.code == 0, "\(verified.output)")
  }
}

/// `valised` under strace, whose disk fails from one call on.
private final class FailingServer {
  private let place: Place
  private let running: Running

  init(_ place: Place, port: UInt16, calls: String, error: String, from point: Int) throws {
    self.place = place
    let program = try Programs.folder().appending(path: "valised").path
    running = try Running(
      place, "/usr/bin/strace",
      [
        // Strace stands beside the server, so that signals and the end are the server's own.
        "-D", "-f", "-P", place.url("server/log.sqlite").path, "-P", place.url("server/log.sqlite-wal").path, "-o",
        "/dev/null",
        "-e", "trace=\(calls)", "-e", "inject=\(calls):error=\(error):when=\(point)+", program, "serve", "--data",
        place.url("server").path, "--listen", "127.0.0.1:\(port)",
      ])
  }

  /// Returns when laptops can connect, or when it has ended.
  func start() throws {
    for _ in 0..<2_000 {
      if try !running.isRunning || running.printed().contains("listening") { return }
      usleep(10_000)
    }
    throw Programs.Broken(description: "valised neither listens nor ends")
  }

  func stop() throws -> String {
    running.signal(SIGTERM)
    for _ in 0..<300 where running.isRunning { usleep(10_000) }
    running.signal(SIGKILL)
    return try running.wait().errors
  }
}
