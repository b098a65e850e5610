import Foundation
import Glibc
import LocalBook
import Testing

@Suite struct WrongClockTests {
  private static let second: Int64 = 1_000_000_000
  static let hourBack = -3_600 * second
  static let tenYearsAhead = 3_653 * 86_400 * second

  @Test(arguments: [(hourBack, tenYearsAhead), (tenYearsAhead, hourBack), (.min, 0), (0, .min)])
  func `U9 U18: clocks an hour back, ten years ahead, frozen: the same merge, and sides with the right person and text`(
    one: Int64, other: Int64
  ) async throws {
    let people: [Environment] = [.test("Anne", clock: one), .test("Ben", clock: other)]
    let note = "notes/a.md"
    try await Office.running(people, files: [note: "---\ntitle: A\nroom: one\n---\nSome words stand here.\n"]) {
      office in
      try office.replace("one", with: "two", in: note, on: 0)
      try office.replace("Some", with: "Some early", in: note, on: 0)
      try office.replace("one", with: "three", in: note, on: 1)
      try office.replace("here", with: "here at last", in: note, on: 1)
      try await office.syncAll()
      for laptop in 0...1 {
        let conflict = try #require(try office.conflicts(laptop).first)
        #expect(conflict.sides == ["Anne: two", "Ben: three"])
        #expect(try office.read(note, on: laptop).contains("Some early words stand here at last.\n"))
        try office.requireNoEcho(laptop)
      }
      // One edits again, and again: nothing is overlooked on a laptop whose clock stands still or is far off.
      for round in 1...3 {
        for laptop in 0...1 {
          try office.replace("last.", with: "last\(round)\(laptop).", in: note, on: laptop)
          #expect(try office.book(laptop).save().files.map(\.what) == [.edited])
          try office.replace("last\(round)\(laptop).", with: "last.", in: note, on: laptop)
          #expect(try office.book(laptop).save().files.map(\.what) == [.edited])
        }
      }
      try await office.syncAll()
    }
  }

  @Test func `U9: an edit of equal size, with its old time of modification, is found all the same`() throws {
    let folder = try TestFolder()
    try folder.write("---\ntitle: A\n---\nabcd\n", to: "notes/a.md")
    // Ten seconds on, no file is too young to be sure of.
    let later = Environment.test("Anne", clock: 10 * Self.second)
    _ = try LocalBook.new(at: folder.path, name: nil, later)
    #expect(try folder.open(later).save().files.isEmpty)
    let path = folder.path + "/notes/a.md"
    var before = stat()
    try #require(unsafe stat(path, &before) == 0)
    usleep(20_000)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.seek(toOffset: 17)
    try file.write(contentsOf: Data("ABCD".utf8))
    try file.close()
    let times = [before.st_atim, before.st_mtim]
    try #require(unsafe utimensat(AT_FDCWD, path, times, 0) == 0)
    var after = stat()
    try #require(unsafe stat(path, &after) == 0)
    try #require(
      after.st_size == before.st_size && after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        && after.st_mtim.tv_sec == before.st_mtim.tv_sec && after.st_ino == before.st_ino)
    #expect(try folder.open(later).save().files.map(\.what) == [.edited])
    guard case .file(_, _, let bytes) = try folder.open(later).show("notes/a.md") else {
      Issue.record("no file")
      return
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "---\ntitle: A\n---\nABCD\n")
  }
}

extension Environment {
  /// A clock that is off by so many nanoseconds; `.min`: one that stands still.
  static func test(_ name: String, clock offset: Int64) -> Environment {
    var environment = Environment.test(name)
    let now = environment.now
    let frozen = now()
    environment.now = { offset == .min ? frozen : now() + offset }
    return environment
  }
}
