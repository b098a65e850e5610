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

  /// Narrows strace to what a book's folder is made of: the calls that load the program are none of these, and strace
  /// counts for each thread.
  private func below(_ place: Place, _ folder: String) -> [String] {
    let root = place.url(folder).path
    let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    let made = ["-wal", "-shm", "-journal"].map { ".valise/book.sqlite" + $0 } + [".valise/tmp", ".valise/trash"]
    return ([root] + Set(all + made).sorted().map { root + "/" + $0 }).flatMap { ["-P", $0] }
  }

  private func taking(_ place: Place, _ folder: String) -> [String] {
    ["-C", folder, "bundle", "apply", place.url("news").path]
  }

  /// How many calls of these kinds the command makes.
  private func count(_ place: Place, _ folder: String, _ calls: String) throws -> Int {
    let valise = try Programs.folder().appending(path: "valise").path
    let trace = place.log(".trace")
    let ended = try Running(
      place, "/usr/bin/strace",
      below(place, folder) + ["-f", "-o", trace.path, "-e", "trace=\(calls)", valise] + taking(place, folder)
    ).wait()
    try #require(ended.code == 0, "\(ended.errors)")
    return try String(contentsOf: trace, encoding: .utf8).split(separator: "\n").count { $0.contains("(") }
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
    let count = try count(place, "counted", calls)
    let expected = place.notes("counted")
    let left = place.notes("two")
    var random = SeededRandom(seed: replayedSeed ?? 7)
    let points = Array(1...max(1, count)).shuffled(using: &random).prefix(Self.pointsOfCall).sorted()
    let valise = try Programs.folder().appending(path: "valise").path
    var failed = 0
    for point in points {
      try fresh("failing")
      // A full disk stays full; another error may come once.
      let when = error == "ENOSPC" ? "\(point)+" : "\(point)"
      let ended = try Running(
        place, "/usr/bin/strace",
        below(place, "failing") + [
          "-f", "-o", "/dev/null", "-e", "trace=\(calls)", "-e", "inject=\(calls):error=\(error):when=\(when)", valise,
        ]
          + taking(place, "failing")
      ).wait()
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
    var points = Array(1...60).shuffled(using: &random).prefix(6).sorted()
    // And one that no run comes to.
    points.append(60_000)
    for point in points {
      let failing = try FailingServer(place, port: server.port, calls: calls, error: error, from: point)
      let isUp = try failing.start()
      try place.write("Words at \(point).\n", to: "anne/notes/n\(point).md")
      let ended = try place.valise("-C", "anne", "sync", "--json")
      let sent = try ended.objects().first?["sent"] as? Int ?? 0
      let errors = try failing.stop()
      if !isUp || ended.code != 0 { #expect(point == 60_000 ? ended.code == 0 : true, "\(ended.errors)\(errors)") }
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

  /// Whether it came so far that laptops can connect.
  func start() throws -> Bool {
    for _ in 0..<2_000 {
      if try running.printed().contains("listening") { return true }
      guard running.isRunning else { return false }
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
