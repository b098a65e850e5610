import Foundation
import ProgramTesting
import PropertyTesting
import Testing

/// Every crash point of writing (folder.md 6): the program is killed in front of each system call that changes a disk.
@Suite(.serialized) struct CrashPointTests {
  private static let calls = [
    "renameat2,renameat,?rename", "unlinkat,unlink", "fsync,fdatasync,syncfs", "pwrite64", "write",
    "ftruncate,fallocate",
    "openat", "mkdirat,mkdir", "fchmod,fchown,utimensat",
  ]
  /// Of one kind of call; where a command makes more of them, a seeded choice.
  private static let pointsOfCall = 24

  /// A laptop that was killed when a colleague's edit, new note, deletion and rename were received and none of them
  /// written; and its files as they stand, and as they shall be.
  private func interrupted(_ place: Place) throws -> (left: [String: Data], expected: [String: Data]) {
    let server = try Server(place)
    for name in ["a", "b", "c", "d"] {
      try place.write("---\ntitle: \(name)\n---\nSome text of \(name), long enough.\n", to: "one/notes/\(name).md")
    }
    try #require(place.valise("new", "one", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "one", "publish", server.url("book")).code == 0)
    try #require(place.valise("join", server.url("book"), "two", "--name", "Ben").code == 0)
    try place.write("---\ntitle: changed\n---\nSome text of a, long enough.\n", to: "one/notes/a.md")
    try place.write("New.\n", to: "one/people/new.md")
    try FileManager.default.removeItem(at: place.url("one/notes/b.md"))
    try FileManager.default.moveItem(at: place.url("one/notes/c.md"), to: place.url("one/notes/renamed.md"))
    try #require(place.valise("-C", "one", "sync").code == 0)
    try place.write("---\ntitle: a\n---\nSome text of a, long enough, and mine.\n", to: "two/notes/a.md")
    let left = place.notes("two")
    try #require(try killed(place, "two", "sync", "renameat2,renameat", 1))
    try #require(place.notes("two") == left)
    try copy(place, "two", to: "calm")
    let calm = try place.valise("-C", "calm", "status")
    try #require(calm.code == 0, "\(calm.errors)")
    let expected = place.notes("calm")
    try #require(expected.keys.sorted() == ["notes/a.md", "notes/d.md", "notes/renamed.md", "people/new.md"])
    try #require(place.read("calm/notes/a.md") == "---\ntitle: changed\n---\nSome text of a, long enough, and mine.\n")
    return (left, expected)
  }

  private func copy(_ place: Place, _ folder: String, to other: String) throws {
    try? FileManager.default.removeItem(at: place.url(other))
    try FileManager.default.copyItem(at: place.url(folder), to: place.url(other))
  }

  /// Runs a command that dies in front of its `count`th call of that kind; false when it makes fewer.
  private func killed(
    _ place: Place, _ folder: String, _ command: String, _ calls: String, _ count: Int
  ) throws -> Bool {
    let tracing = Tracing(place: place, folder: folder, calls: calls)
    let ended = try tracing.run(["-C", folder, command], .kill(at: count))
    if ended.wasKilled { return true }
    try #require(ended.code == 0, "\(ended.errors)")
    return false
  }

  @Test(arguments: calls)
  func `F1 F5: killed in front of any call, then edited: the next command has all of both`(calls: String) throws {
    let place = try Place()
    let (left, expected) = try interrupted(place)
    try copy(place, "two", to: "counted")
    let count = try Tracing(place: place, folder: "counted", calls: calls).count(["-C", "counted", "status"])
    var random = SeededRandom(seed: replayedSeed ?? 6)
    let points = Array(Array(1...max(1, count)).shuffled(using: &random).prefix(Self.pointsOfCall)).sorted()
    var kills = 0
    for point in points {
      try copy(place, "two", to: "crashed")
      guard try killed(place, "crashed", "status", calls, point) else { continue }
      kills += 1
      // And once more in the recovery.
      if random.oneIn(2), try killed(place, "crashed", "status", calls, 1 + random.below(point)) { kills += 1 }
      let found = place.notes("crashed")
      for (path, bytes) in found {
        try #require(left.values.contains(bytes) || expected.values.contains(bytes), "\(path) is torn at \(point)")
      }
      var wanted = expected
      if random.oneIn(2), let text = found["notes/a.md"] {
        let typed = Data(" typed\n".utf8)
        try (text + typed).write(to: place.url("crashed/notes/a.md"))
        wanted["notes/a.md"] = (expected["notes/a.md"] ?? Data()) + typed
      }
      let status = try place.valise("-C", "crashed", "status", "--json")
      try #require(status.code == 0, "\(calls) \(point): \(status.errors)")
      try #require(status.objects().first?["behind"] as? Int == 0)
      let now = place.notes("crashed")
      try #require(now == wanted, "\(calls) \(point): \(now.mapValues { String(decoding: $0, as: UTF8.self) })")
      let again = try place.valise("-C", "crashed", "status", "--json")
      try #require((again.objects().first?["saved"] as? [Any])?.isEmpty == true, "an echo (F8)")
      let rests = try FileManager.default.contentsOfDirectory(atPath: place.url("crashed/.valise/tmp").path)
      try #require(rests.isEmpty, "\(calls) \(point): \(rests) are left behind")
    }
    print("crash points: \(kills) kills at \(points.count) of \(count) calls of \(calls)")
  }

  @Test(arguments: calls)
  func `new, killed in front of any call and asked again, is a book of every note`(calls: String) throws {
    let place = try Place()
    let server = try Server(place)
    var kills = 0
    for point in Array(1...12) + Array(stride(from: 13, through: 60, by: 5)) {
      let folder = "book\(point)"
      for name in ["a", "b"] {
        try place.write("---\ntitle: \(name)\n---\nText of \(name).\n", to: "\(folder)/\(name).md")
      }
      let notes = place.notes(folder)
      let tracing = Tracing(place: place, folder: folder, calls: calls)
      let ended = try tracing.run(["new", folder, "--name", "Anne"], .kill(at: point))
      guard ended.wasKilled else { break }
      kills += 1
      let again = try place.valise("new", folder, "--name", "Anne")
      try #require(again.code == 0 || again.errors.contains("is a book already"), "\(calls) \(point): \(again.errors)")
      try #require(place.valise("-C", folder, "publish", server.url(folder)).code == 0, "\(calls) \(point)")
      try #require(place.valise("join", server.url(folder), "\(folder)b", "--name", "Ben").code == 0)
      try #require(place.notes(folder) == notes && place.notes("\(folder)b") == notes, "\(calls) \(point)")
    }
    print("new: \(kills) kills at \(calls)")
  }

  @Test func `a join that finds no server, killed while it takes back what it made, can be asked again`() throws {
    let place = try Place()
    let server = try Server(place)
    try place.write("Text.\n", to: "one/a.md")
    try #require(place.valise("new", "one", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "one", "publish", server.url("book")).code == 0)
    let nowhere = "valise://127.0.0.1:\(try Programs.freePort())/book"
    var kills = 0
    for point in 1...40 {
      let tracing = Tracing(place: place, folder: "two", calls: "unlink,rmdir,unlinkat")
      let ended = try tracing.run(["join", nowhere, "two"], .kill(at: point))
      if ended.wasKilled { kills += 1 } else { try #require(ended.code == 3, "\(ended.errors)") }
      let again = try place.valise("join", server.url("book"), "two", "--name", "Ben")
      try #require(again.code == 0 && place.notes("two").count == 1, "\(point): \(again.errors)")
      try FileManager.default.removeItem(at: place.url("two"))
      if !ended.wasKilled { break }
    }
    #expect(kills >= 6)
    print("join taken back: \(kills) kills")
  }
}
