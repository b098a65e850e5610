import Foundation
import Glibc
import ProgramTesting
import Testing

/// A disk that is full: a file system of one mebibyte in memory, and a file that leaves less and less of it.
@Suite(.serialized) struct FullDiskTests {
  /// Kibibytes that are left.
  private static let rooms = [0, 4, 8, 12, 20, 28, 40, 56, 80, 120]

  @Test func `a laptop whose disk is full says so, keeps every word, and goes on when there is room`() throws {
    let place = try Place()
    let server = try Server(place)
    let disk = try SmallDisk(place, "disk", kibibytes: 1_024)
    try place.write("First words.\n", to: "disk/anne/notes/a.md")
    try #require(place.valise("new", "disk/anne", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "disk/anne", "publish", server.url("book")).code == 0)
    try #require(place.valise("join", server.url("book"), "ben", "--name", "Ben").code == 0)
    var refused = 0
    var text = try place.read("ben/notes/a.md")
    for (round, room) in Self.rooms.enumerated() {
      let mine = "Anne's words of round \(round).\n"
      let theirs = "Ben's words of round \(round), with enough of them to need a block of the disk.\n"
      try place.write(mine, to: "disk/anne/notes/mine\(round).md")
      try place.write(text + theirs, to: "ben/notes/a.md")
      try #require(place.valise("-C", "ben", "sync").code == 0)
      try disk.fill(leaving: room)
      let before = place.notes("disk/anne")
      for command in ["save", "sync", "status"] {
        let ended = try place.valise("-C", "disk/anne", command)
        try #require(!ended.wasKilled, "\(command) with \(room) KiB left: \(ended.errors)")
        if ended.code != 0 {
          refused += 1
          #expect(ended.errors.contains("disk is full") && ended.errors.contains("next:"), "\(room): \(ended.errors)")
        }
        // Nothing but whole files, and no word of Anne's gone.
        let now = place.notes("disk/anne")
        try #require(now["notes/mine\(round).md"] == Data(mine.utf8))
        let allowed = [before["notes/a.md"], Data((text + theirs).utf8)]
        try #require(allowed.contains(now["notes/a.md"]), "a torn file with \(room) KiB left")
      }
      try disk.empty()
      let after = try place.valise("-C", "disk/anne", "sync")
      try #require(after.code == 0, "\(after.errors)")
      text = try place.read("disk/anne/notes/a.md")
      try #require(text.hasSuffix(theirs))
    }
    try #require(place.valise("-C", "ben", "sync").code == 0)
    #expect(place.notes("ben") == place.notes("disk/anne"))
    #expect(place.notes("ben").count == 1 + Self.rooms.count)
    #expect(refused >= 3, "the disk was never full")
  }

  @Test func `a server whose disk is full takes nothing, says so, and goes on when there is room`() throws {
    let place = try Place()
    let disk = try SmallDisk(place, "disk", kibibytes: 1_024)
    let server = try Server(place, data: "disk/server")
    try place.write("First words.\n", to: "anne/notes/a.md")
    try #require(place.valise("new", "anne", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "anne", "publish", server.url("book")).code == 0)
    var refused = 0
    for (round, room) in [0, 4, 8, 16].enumerated() {
      // Words that do not pack well, so that they need the room.
      let words = (0..<3_000).map { String(UInt64($0 &+ round * 7_919) &* 0x9E37_79B9_7F4A_7C15, radix: 36) }
      try place.write(words.joined(separator: " ") + "\n", to: "anne/notes/n\(round).md")
      try disk.fill(leaving: room)
      let ended = try place.valise("-C", "anne", "sync")
      try #require(ended.code != 0 && !ended.wasKilled, "\(ended.output)")
      refused += 1
      #expect(
        ended.errors.contains("disk is full") || ended.output.contains("Not sent"), "\(ended.output)\(ended.errors)")
      let waiting = try #require(try place.valise("-C", "anne", "status", "--json").objects().first)
      #expect((waiting["server"] as? [String: Any])?["unsent"] as? Int == 1)
      try disk.empty()
      if !server.isRunning { try server.start() }
      let after = try place.valise("-C", "anne", "sync")
      try #require(after.code == 0, "\(after.output)\(after.errors)")
    }
    try #require(place.valise("join", server.url("book"), "ben", "--name", "Ben").code == 0)
    #expect(place.notes("ben") == place.notes("anne") && refused == 4)
  }
}

/// A file system of its own in memory, and how much of it is free.
final class SmallDisk {
  private let path: String
  private let kibibytes: Int

  init(_ place: Place, _ name: String, kibibytes: Int) throws {
    path = place.url(name).path
    self.kibibytes = kibibytes
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.run(
      ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", path], as: "mounting a small disk")
  }

  deinit { try? Self.run(["/usr/bin/umount", "-l", path], as: "unmounting it") }

  /// Leaves so many kibibytes, in a file that nobody knows.
  func fill(leaving room: Int) throws {
    try empty()
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { throw Programs.Broken(description: "statvfs") }
    let free = Int(status.f_bavail) * Int(status.f_frsize) - room * 1_024
    if free > 0 { try Data(count: free).write(to: URL(filePath: path + "/.filler")) }
  }

  func empty() throws {
    if FileManager.default.fileExists(atPath: path + "/.filler") {
      try FileManager.default.removeItem(atPath: path + "/.filler")
    }
  }

  private static func run(_ words: [String], as what: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Programs.Broken(description: "\(what) failed") }
  }
}
