import Bytes
import Foundation
import LocalBook
import PropertyTesting
import Replica
import Testing

/// Versions by hash, tag, time and distance, and files as they were.
@Suite struct VersionNameTests {
  private let note = "notes/a.md"

  private func text(_ office: Office, _ laptop: Int, _ what: String) throws -> String {
    guard case .file(_, _, let bytes) = try office.book(laptop).show(what) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func error(_ body: () throws -> Void) -> BookError? {
    do { try body() } catch { return error as? BookError }
    return nil
  }

  @Test func `a tag goes to everybody, and stands wherever a version is taken`() async throws {
    try await Office.running(files: [note: "One.\n"]) { office in
      let tagged = try office.book(0).tag("as-printed", nil, moving: false)
      #expect(tagged.version == (try office.book(0).show("~1").hash) && tagged.before.isEmpty)
      try office.replace("One", with: "Two", in: note, on: 0)
      try await office.syncAll()
      try office.replace("Two", with: "Three", in: note, on: 1)
      for laptop in 0...1 {
        #expect(try office.book(laptop).tags().map(\.name) == ["as-printed"])
        #expect(try text(office, laptop, "\(note)@as-printed") == "One.\n")
        #expect(try office.book(laptop).compare("as-printed", nil).entries.map(\.path.string) == [note])
        #expect(try office.book(laptop).history(of: "\(note)@as-printed", limit: 9).count == 1)
        #expect(try office.book(laptop).blame("\(note)@as-printed").lines.map(\.text) == ["One."])
      }
      #expect(try office.book(1).restore("\(note)@as-printed", file: nil).files.map(\.path) == [note])
      #expect(try office.read(note, on: 1) == "One.\n")
      #expect(throws: BookError.self) { try office.book(1).restore("\(note)@as-printed", file: "notes/b.md") }
      #expect(office.files(0).keys.sorted() == ["book/\(note)"])
      #expect(try office.book(0).log(limit: 9).contains { $0.message == "tag as-printed set" && $0.files.isEmpty })
    }
  }

  @Test func `a tag stays where it is until it is moved or taken away, and undo takes that back`() async throws {
    try await Office.running(files: [note: "One.\n"]) { office in
      let first = try office.book(0).tag("final", nil, moving: false).version
      try office.replace("One", with: "Two", in: note, on: 0)
      guard case .tagExists? = error({ _ = try office.book(0).tag("final", nil, moving: false) }) else {
        Issue.record("moved unasked")
        return
      }
      let moved = try office.book(0).tag("final", nil, moving: true)
      #expect(moved.version != first && moved.before.map(\.version) == [first])
      #expect(try office.book(0).undo().isEmpty == false)
      #expect(try office.book(0).tags().map(\.version) == [first])
      _ = try office.book(0).redo()
      #expect(try office.book(0).tags().map(\.version) == [moved.version])
      #expect(try office.book(0).untag("final").before.map(\.version) == [moved.version])
      #expect(try office.book(0).tags().isEmpty)
      #expect(throws: BookError.self) { try office.book(0).untag("final") }
      try await office.syncAll()
      #expect(try office.book(1).tags().isEmpty)
    }
  }

  @Test func `one name for two versions at the same time: both are shown, and neither is taken for it`() async throws {
    try await Office.running(files: [note: "One.\n"]) { office in
      try office.replace("One", with: "Two", in: note, on: 0)
      let one = try office.book(0).tag("final", nil, moving: false).version
      let other = try office.book(1).tag("final", nil, moving: false).version
      try await office.syncAll()
      for laptop in 0...1 {
        let tags = try office.book(laptop).tags()
        #expect(Set(tags.map(\.version)) == Set([one, other].compactMap { $0 }))
        #expect(Set(tags.map(\.person)) == ["Anne", "Ben"])
        guard case .ambiguousTag(_, let places)? = error({ _ = try office.book(laptop).show("final") }) else {
          Issue.record("one of two was taken")
          continue
        }
        #expect(places == tags)
      }
      _ = try office.book(1).tag("final", other, moving: true)
      try await office.syncAll()
      for laptop in 0...1 { #expect(try office.book(laptop).tags().map(\.version) == [other]) }
      #expect(try office.conflicts(0).isEmpty)
      #expect(office.files(0).keys.sorted() == ["book/\(note)"])
    }
  }

  @Test func `a tag settled between two versions and taken back names both again, each by whoever gave it`()
    async throws
  {
    try await Office.running(files: [note: "One.\n"]) { office in
      try office.replace("One", with: "Two", in: note, on: 0)
      _ = try office.book(0).tag("final", nil, moving: false)
      _ = try office.book(1).tag("final", nil, moving: false)
      try await office.syncAll()
      let both = try office.book(0).tags()
      _ = try office.book(0).tag("final", both[0].version, moving: true)
      _ = try office.book(0).undo()
      let again = try office.book(0).tags()
      #expect(Set(again.map { [$0.version, $0.person] }) == Set(both.map { [$0.version, $0.person] }))
      _ = try office.book(0).redo()
      #expect(try office.book(0).tags().map(\.version) == [both[0].version])
      try await office.syncAll()
      // Ben's was moved by Anne: nothing is left of it.
      let report = try office.book(1).undo()
      #expect(report.isEmpty && report.left.map(\.what) == [.tag("final")] && report.left.first?.people == ["Anne"])
      #expect(try office.book(1).tags().map(\.version) == [both[0].version])
    }
  }

  @Test func `tags survive when a copied laptop gives its changes another device`() async throws {
    try await Office.running(files: [note: "One.\n"]) { office in
      let copy = try TestFolder()
      try FileManager.default.copyItem(atPath: office.root(0), toPath: copy.path + "/book")
      func book() throws -> LocalBook { try LocalBook(at: copy.path + "/book", .test("Anne"), command: "test") }
      try office.replace("One", with: "Other", in: note, on: 0)
      try await office.sync(0)
      try copy.write("Copied.\n", to: "book/notes/c.md")
      _ = try book().tag("copied", nil, moving: false)
      #expect(try await book().sync().notices == [.newDevice])
      try await office.syncAll()
      #expect(try text(office, 1, "notes/c.md@copied") == "Copied.\n")
    }
  }

  @Test(arguments: [
    "beef", "1234", "DECADE0", "~3", "a~3", "a@b", "@{x}", "", "-x", ".x", "a b", "a/b", "a:b", "a\u{1B}[31m",
    "a\u{202E}b",
    "a\u{200B}b", "\u{301}a", String(repeating: "x", count: 101), "a{b}",
  ]) func `a name that could be taken for something else is no tag`(name: String) async throws {
    let folder = try TestFolder()
    try folder.write("One.\n", to: note)
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    guard case .notAVersion? = error({ _ = try folder.open().tag(name, nil, moving: false) }) else {
      Issue.record("taken: \(name)")
      return
    }
    #expect(try folder.open().tags().isEmpty)
  }

  @Test(arguments: ["v1", "as-printed", "2021-11-09_final.2", "نسخه-۱", "версия", "決定版", "élysée", "cafe-1", "abc"])
  func `a name of letters and digits in any script is one`(name: String) throws {
    let folder = try TestFolder()
    try folder.write("One.\n", to: note)
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    _ = try folder.open().tag(name, nil, moving: false)
    _ = try folder.open().show(name)
    _ = try folder.open().show("\(note)@\(name)~0")
  }

  // MARK: Times

  /// A laptop whose clock stands where the test wants it.
  private final class Clock: @unchecked Sendable {
    var seconds: Int64
    init(_ text: String) { seconds = Self.seconds(text) }
    static func seconds(_ text: String) -> Int64 {
      Int64((try? Date(text, strategy: .iso8601))?.timeIntervalSince1970 ?? 0)
    }
    func set(_ text: String) { seconds = Self.seconds(text) }
  }

  private func environment(_ clock: Clock) -> Environment {
    var environment = Environment.test()
    environment.now = { clock.seconds * 1_000_000_000 }
    return environment
  }

  @Test func `a time is the end of what is typed, in the visit's zone or with an offset`() throws {
    let folder = try TestFolder()
    let clock = Clock("2021-11-09T10:00:00Z")
    try folder.write("---\nzone: Europe/Paris\n---\n", to: "visit.md")
    try folder.write("at 11:00:00\n", to: note)
    _ = try LocalBook.new(at: folder.path, name: nil, environment(clock))
    for (time, words) in [("2021-11-09T17:00:20Z", "at 18:00:20"), ("2021-11-09T23:30:00Z", "at 00:30 on the 10th")] {
      clock.set(time)
      try folder.write(words + "\n", to: note)
      _ = try folder.open(environment(clock)).save()
    }
    clock.set("2021-11-12T10:00:00Z")
    func shown(_ time: String) throws -> String {
      guard case .file(_, _, let bytes) = try folder.open(environment(clock)).show("\(note)@{\(time)}") else {
        return ""
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(try shown("2021-11-09 18:00") == "at 18:00:20\n")
    #expect(try shown("2021-11-09 18:00:19") == "at 11:00:00\n")
    #expect(try shown("2021-11-09T17:59") == "at 11:00:00\n")
    #expect(try shown("2021-11-09T17:00Z") == "at 18:00:20\n")
    #expect(try shown("2021-11-09T12:00-05:00") == "at 18:00:20\n")
    #expect(try shown("2021-11-09") == "at 18:00:20\n")
    #expect(try shown("2021-11-10") == "at 00:30 on the 10th\n")
    #expect(try shown("9999-12-31") == "at 00:30 on the 10th\n")
    guard case .notAVersion(_, .beforeTheBook)? = error({ _ = try shown("2021-11-09 10:59") }) else {
      Issue.record("a book before it began")
      return
    }
    for time in [
      "", "yesterday", "2021-13-01", "2021-11-09 25:00", "2021-11-09 18", "2021-11-09T18:00+99:00", "}",
      "2021-11-09T18:00+14:01",
      "2021-11-09T18:00-14:59", "2021-02-29", "0000-01-01", "10000-01-01",
    ] {
      guard case .notAVersion(_, .notATime)? = error({ _ = try shown(time) }) else {
        Issue.record("a time: \(time)")
        continue
      }
    }
  }

  @Test(arguments: [
    // Clocks go forward from 02:00 to 03:00: half past two is half past three.
    ("Europe/Paris", "2021-03-28 02:30", "2021-03-28T01:30:59Z"),
    // Back from 03:00 to 02:00: of the two the later.
    ("Europe/Paris", "2021-10-31 02:30", "2021-10-31T01:30:59Z"),
    ("Europe/Paris", "2021-03-28", "2021-03-28T21:59:59Z"), ("Europe/Paris", "2021-10-31", "2021-10-31T22:59:59Z"),
    // Samoa went over the dateline, and had no 30 December.
    ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30T22:00:59Z"),
    ("Pacific/Kiritimati", "2021-11-09T00:00", "2021-11-08T10:00:59Z"),
    ("Europe/Paris", "2021-11-09T18:00+14:00", "2021-11-09T04:00:59Z"),
    ("Europe/Paris", "2021-11-09T18:00-14:00", "2021-11-10T08:00:59Z"),
  ]) func `a time that the visit's zone has twice is the later, and one that it skips is as much later`(
    zone: String, typed: String, instant: String
  ) throws {
    let folder = try TestFolder()
    let clock = Clock("2011-01-01T00:00:00Z")
    try folder.write("---\nzone: \(zone)\n---\n", to: "visit.md")
    try folder.write("before\n", to: note)
    _ = try LocalBook.new(at: folder.path, name: nil, environment(clock))
    for (offset, words) in [(0, "at\n"), (1, "after\n")] {
      clock.seconds = Clock.seconds(instant) + Int64(offset)
      try folder.write(words, to: note)
      _ = try folder.open(environment(clock)).save()
    }
    guard case .file(_, _, let bytes) = try folder.open(environment(clock)).show("\(note)@{\(typed)}") else {
      Issue.record("no file")
      return
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "at\n")
  }

  @Test func `a clock years ahead or behind puts its own changes in a wrong place, and nobody else's`() async throws {
    let (right, wrong) = (Clock("2021-11-09T10:00:00Z"), Clock("2021-11-09T10:00:00Z"))
    var people = [environment(right), environment(wrong)]
    people[0].personName = { "Anne" }
    people[1].personName = { "Ben" }
    try await Office.running(people, files: [note: "One.\n", "notes/b.md": "One.\n"]) { office in
      for (hour, year) in [(11, 2031), (12, 1999)] {
        wrong.set("\(year)-01-01T00:00:00Z")
        try office.replace("One", with: "One \(year)", in: "notes/b.md", on: 1)
        try await office.syncAll()
        right.set("2021-11-09T\(hour):00:00Z")
        try office.write("Anne at \(hour).\n", to: note, on: 0)
        try await office.syncAll()
      }
      right.set("2021-11-09T20:00:00Z")
      #expect(try text(office, 0, "\(note)@{2021-11-09T11:30Z}") == "Anne at 11.\n")
      #expect(try text(office, 0, "\(note)@{2021-11-09T12:30Z}") == "Anne at 12.\n")
      #expect(try text(office, 0, "\(note)@{2021-11-09T10:30Z}") == "One.\n")
    }
  }

  // MARK: Hashes and distances

  @Test func `versions step back from a tag or a time as from the newest, and no further than the book's beginning`()
    throws
  {
    let folder = try TestFolder()
    try folder.write("One.\n", to: note)
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    for words in ["Two.\n", "Three.\n"] {
      try folder.write(words, to: note)
      _ = try folder.open().save()
    }
    _ = try folder.open().tag("printed", "~1", moving: false)
    let count = try folder.open().log(limit: 100).count
    func shown(_ version: String) throws -> String {
      guard case .file(_, _, let bytes) = try folder.open().show("\(note)@\(version)") else { return "" }
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(try shown("printed") == "Two.\n" && shown("printed~1") == "One.\n")
    #expect(try shown("{9999-12-31}~1") == "Three.\n" && shown("{9999-12-31}~2") == "Two.\n")
    for (name, changes) in [("~\(count)", count), ("printed~\(count)", count - 2), ("@{9999-12-31}~\(count)", count)] {
      guard case .notAVersion(name, .beforeTheFirst(changes))? = error({ _ = try folder.open().compare(name, nil) })
      else {
        Issue.record("\(name) is a version")
        continue
      }
    }
  }

  @Test func `a file may have an @ in its name, and be gone`() throws {
    let (folder, file) = (try TestFolder(), "notes/anne@home.md")
    try folder.write("One.\n", to: file)
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    try folder.write("Two.\n", to: file)
    _ = try folder.open().save()
    #expect(try folder.open().blame("\(file)@~1").lines.map(\.text) == ["One."])
    try folder.remove(file)
    _ = try folder.open().save(acceptDeletions: true)
    #expect(try folder.open().history(of: file, limit: 10).count == 3)
    #expect(try folder.open().blame("\(file)@~1").lines.map(\.text) == ["Two."])
    _ = try folder.open().restore("~2", file: file)
    #expect(try folder.read(file) == "One.\n")
    _ = try folder.open().undo()
    guard case .notInVersion? = error({ _ = try folder.open().blame(file) }) else {
      Issue.record("a file that is gone has no lines")
      return
    }
    guard case .noSuchVersion? = error({ _ = try folder.open().blame("notes/nobody@home.md") }) else {
      Issue.record("neither a file nor a version")
      return
    }
  }

  @Test func `every version that is named to somebody can be named again by that hash`() throws {
    try forAll(6) { random in
      let folder = try TestFolder()
      try folder.write("One.\n", to: note)
      _ = try LocalBook.new(at: folder.path, name: nil, .test())
      for step in 0..<8 {
        try folder.write("Step \(step).\n", to: note)
        _ = try folder.open().save()
      }
      let count = try folder.open().log(limit: 100).count
      for back in 0..<count {
        let hash = try folder.open().show("~\(back)").hash
        #expect(try folder.open().show(hash).hash == hash)
        #expect(try folder.open().show("\(hash.prefix(8))~0").hash == hash)
        let next = try folder.open().show("~\(max(0, back - 1))").hash
        #expect(try folder.open().show("\(next)~\(back == 0 ? 0 : 1)").hash == hash)
      }
    }
  }

  @Test(arguments: ["~", "~x", "~-1", "~99999999999999999999", "~50", "ffffffff", "none", "@", "@{", "a@", "v~1~1"])
  func `what names no version says so`(name: String) throws {
    let folder = try TestFolder()
    try folder.write("One.\n", to: note)
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    #expect(throws: BookError.self) { try folder.open().compare(name, nil) }
    #expect(throws: BookError.self) { try folder.open().show("\(note)@\(name)") }
    #expect(throws: BookError.self) { try folder.open().restore(name, file: nil) }
  }
}

extension Shown {
  fileprivate var hash: String {
    switch self {
    case .file(_, let version, _), .merged(let version, _, _): version
    case .change(let line, _, _): line.hash
    }
  }
}
