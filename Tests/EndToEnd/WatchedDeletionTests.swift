import Foundation
import Glibc
import ProgramTesting
import Testing

/// A folder goes while it is watched: no colleague's files follow (F6).
@Suite(.serialized) struct WatchedDeletionTests {
  private static let folders = ["notes", "people", "places", "statements", "topics", "visits"]

  /// A book of 24 notes in six folders, on two laptops that watch.
  private func office() throws -> WatchOffice {
    let office = try WatchOffice(["anne", "ben"])
    for folder in Self.folders {
      for number in 1...4 {
        try office.place.write("---\ntitle: \(folder)\n---\nNumber \(number)\n", to: "anne/\(folder)/\(number).md")
      }
    }
    try FileManager.default.removeItem(at: office.place.url("anne/notes/a.md"))
    try #require(office.place.valise("-C", "anne", "sync").code == 0)
    try #require(office.place.valise("-C", "ben", "sync").code == 0)
    #expect(office.place.notes("ben").count == 24)
    try office.watch("anne")
    try office.watch("ben")
    // Both are at rest: what one saves comes to the other.
    try office.place.write("---\ntitle: Begin\n---\nFirst\n", to: "anne/notes/1.md")
    try office.wait("an edit") { try office.place.read("ben/notes/1.md").contains("First") }
    return office
  }

  /// As `rm -r` does, on a slow disk.
  private func take(_ folders: [String], from office: WatchOffice) throws {
    for folder in folders {
      for number in 1...4 {
        try FileManager.default.removeItem(at: office.place.url("anne/\(folder)/\(number).md"))
        usleep(20_000)
      }
      try FileManager.default.removeItem(at: office.place.url("anne/\(folder)"))
    }
  }

  private func requireNothingSent(_ office: WatchOffice, notes: Int) {
    usleep(1_500_000)
    #expect(office.place.notes("ben").count == notes)
  }

  @Test func `a book that is taken away bit by bit is not recorded, and the watch ends with exit code 4`() throws {
    let office = try office()
    try take(Self.folders, from: office)
    try FileManager.default.removeItem(at: office.place.url("anne"))
    let watching = try #require(office.watching["anne"])
    try office.wait("the end") { !watching.isRunning }
    let ended = try office.stop("anne")
    #expect(!ended.wasKilled && ended.code == 4, "\(ended.errors)")
    #expect(ended.errors.contains("is gone; nothing is recorded"), "\(ended.errors)")
    #expect(!ended.output.contains("deleted"))
    requireNothingSent(office, notes: 24)
  }

  @Test func `the files of a book go one after the other: the guard stops them, which is said once`() throws {
    let office = try office()
    try take(Self.folders, from: office)
    try office.wait("the guard") { try office.printedErrors("anne").contains("24 of 24 entries are gone") }
    requireNothingSent(office, notes: 24)
    #expect(try office.printedErrors("anne").components(separatedBy: "valise: ").count == 2, "said once")
    #expect(try office.place.valise("-C", "anne", "restore", "--lost").code == 0)
    try office.place.write("---\ntitle: End\n---\nLast\n", to: "anne/notes/1.md")
    try office.wait("an edit") { try office.place.read("ben/notes/1.md").contains("Last") }
    #expect(office.place.notes("anne") == office.place.notes("ben"))
  }

  @Test func `what a watch recorded as deleted a moment ago counts with what is gone now`() throws {
    let office = try office()
    try take(["topics"], from: office)
    try office.wait("four deletions") { office.place.notes("ben").count == 20 }
    try take(["visits"], from: office)
    try office.wait("four more") { office.place.notes("ben").count == 16 }
    try take(["places"], from: office)
    try office.wait("the guard") { try office.printedErrors("anne").contains("4 of 24 entries are gone just after 8") }
    requireNothingSent(office, notes: 16)
    // No other command takes it for something small, nor does the next watch.
    #expect(try office.place.valise("-C", "anne", "status").code == 4)
    try office.stop("anne")
    try office.watch("anne")
    try office.wait("the guard") { try office.printedErrors("anne").contains("4 of 24 entries are gone just after 8") }
    requireNothingSent(office, notes: 16)
    // Somebody's word releases it, and it goes at once.
    #expect(try office.place.valise("-C", "anne", "save", "--accept-deletions").code == 0)
    try office.wait("the rest") { office.place.notes("ben").count == 12 }
  }

  @Test func `what another command records is sent at once, where no file changes too`() throws {
    let office = try office()
    let start = ContinuousClock.now
    #expect(try office.place.valise("-C", "anne", "tag", "as-printed").code == 0)
    try office.wait("the tag") { try office.place.valise("-C", "ben", "tag").output.contains("as-printed") }
    #expect(.now - start < .seconds(30), "it waited for the look of every 60 seconds")
  }
}
