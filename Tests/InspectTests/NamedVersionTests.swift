import BookFolder
import Foundation
import LocalBook
import PropertyTesting
import Testing

/// Versions in files, named as `valise` names them; disputes in them, shown as a laptop's files show them.
@Suite final class NamedVersionTests {
  private let folder: URL
  private let inspect: Inspecting
  private let statement = "statements/s.md"

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "versions-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    inspect = try Inspecting(in: folder)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test func `a version in a file is named by a tag or by a time in the visit's zone`() throws {
    try write("---\ntitle: Visit\nzone: Asia/Tokyo\n---\n", to: "visit.md", of: "anne")
    try write("One.\n", to: "notes/a.md", of: "anne")
    // 8 November 2021, 18:00 in Tokyo; a day later each.
    _ = try LocalBook.new(at: path("anne"), name: "Anne", Self.environment(day: 0))
    try write("Two.\n", to: "notes/a.md", of: "anne")
    _ = try book("anne", day: 1).tag("as-printed", nil, moving: false)
    try write("Three.\n", to: "notes/a.md", of: "anne")
    _ = try book("anne", day: 2).export(to: path("a.snapshot"))

    for (file, isMade) in [("anne", "[-Two-]"), ("a.snapshot", "[-Two-]")] {
      for version in ["as-printed", "@{2021-11-09}", "@{2021-11-09 18:00}", "@{2021-11-09T10:00+01:00}"] {
        let compared = try inspect("diff", "\(file)@\(version)", file)
        #expect(compared.code == 0, "\(version): \(compared.errors)")
        #expect(compared.output.contains("\(isMade){+Three+}"), "\(version): \(compared.output)")
      }
    }
    for version in ["a.snapshot@{2021-11-09 17:59}", "a.snapshot@as-printed~1", "anne@@{2021-11-08 18:00}"] {
      #expect(try inspect("diff", version, "anne@as-printed").output.contains("[-One-]{+Two+}"), "\(version)")
    }
  }

  @Test func `times are shown on the clock that versions are named by`() throws {
    try write("---\ntitle: Visit\nzone: Asia/Tokyo\n---\n", to: "visit.md", of: "anne")
    _ = try LocalBook.new(at: path("anne"), name: "Anne", Self.environment(day: 0))
    _ = try book("anne", day: 1).export(to: path("a.snapshot"))
    for command in ["show", "graph"] {
      for file in ["anne", "a.snapshot"] {
        let shown = try inspect(command, file)
        #expect(shown.output.contains("8 Nov 2021 18:00 in Tokyo"), "\(command) \(file): \(shown.output)")
      }
    }
  }

  @Test func `a tag is said to be one`() throws {
    try write("One.\n", to: "notes/a.md", of: "anne")
    _ = try LocalBook.new(at: path("anne"), name: "Anne", Self.environment(day: 0))
    _ = try book("anne", day: 1).tag("as-printed", nil, moving: false)
    _ = try book("anne", day: 2).tag("as-sent", nil, moving: false)
    for command in ["show", "graph"] {
      let shown = try inspect(command, "anne").output
      for tag in ["as-printed", "as-sent"] { #expect(shown.contains("  tag \(tag) set\n"), "\(shown)") }
      #expect(!shown.contains("deleted") && shown.contains("1 entry added\n"), "\(shown)")
    }
  }

  @Test func `a name that fits no version is refused in valise's words, and what to look at is this program's`() throws
  {
    try write("One.\n", to: "notes/a.md", of: "anne")
    _ = try LocalBook.new(at: path("anne"), name: "Anne", Self.environment(day: 0))
    _ = try book("anne", day: 1).export(to: path("a.snapshot"))
    _ = try book("anne", day: 1).export(to: path("a.light"), light: true)
    let refusals = [
      "a.snapshot@{noon}": "'noon' is not a time", "a.snapshot@{1999-12-31}": "is before the book began",
      "a.snapshot@~99": "is before the book began", "a.snapshot@as-printed": "no version is called 'as-printed'",
      "a.snapshot@ab": "is called 'ab'", "a.light@~1": "it holds one version",
    ]
    for (named, words) in refusals.sorted(by: { $0.key < $1.key }) {
      let refused = try inspect("diff", named, "anne")
      #expect(refused.code == 2, "\(named)")
      #expect(refused.errors.contains(words), "\(named): \(refused.errors)")
      #expect(refused.errors.contains("next: valise-inspect show a."), "\(named): \(refused.errors)")
      #expect(!refused.errors.contains("valise log"), "\(named): \(refused.errors)")
    }
  }

  @Test func `a file that has an @ in its name is taken for itself`() throws {
    try write("One.\n", to: "notes/a.md", of: "anne")
    _ = try LocalBook.new(at: path("anne"), name: "Anne", Self.environment(day: 0))
    _ = try book("anne", day: 1).export(to: path("paris@{2021-11-09}"))
    let compared = try inspect("diff", "paris@{2021-11-09}", "anne")
    #expect(compared.output == "No difference.\n", "\(compared.errors)")
  }

  @Test(arguments: ["both.snapshot", "anne", "both.light"])
  func `a disputed attribution that gives the speaker away is not shown`(file: String) throws {
    try disputed(speaker: "people/speaker.md")
    let compared = try inspect("diff", "before.snapshot", file)
    #expect(compared.code == 0, "\(compared.errors)")
    #expect(compared.output.contains("a source in the ministry"), "\(compared.output)")
    #expect(!compared.output.contains("Dupont"), "\(compared.output)")
  }

  @Test func `nor where the speaker's file was renamed, and the statement still has its former name`() throws {
    try disputed(speaker: "people/formerly.md")
    try FileManager.default.moveItem(
      at: folder.appending(path: "anne/people/formerly.md"), to: folder.appending(path: "anne/people/now.md"))
    _ = try book("anne", day: 4).export(to: path("renamed.snapshot"))
    let compared = try inspect("diff", "renamed.snapshot@{2021-11-08}", "renamed.snapshot")
    #expect(compared.output.contains("a source in the ministry"), "\(compared.output)\(compared.errors)")
    #expect(!compared.output.contains("+Jean Dupont"), "\(compared.output)")
  }

  /// Two laptops attribute a statement, one of them by the speaker's name.
  private func disputed(speaker: String) throws {
    let link = speaker.dropLast(3)
    try write("---\nspeaker: \"[[\(link)]]\"\nattribute_as: an official\n---\nSaid so.\n", to: statement, of: "anne")
    try write("---\nname: Jean Dupont\n---\n", to: speaker, of: "anne")
    _ = try LocalBook.new(at: path("anne"), name: "Anne", Self.environment(day: 0))
    _ = try book("anne", day: 1).export(to: path("before.snapshot"))
    _ = try LocalBook.restore(from: path("before.snapshot"), at: path("ben"), name: "Ben", Self.environment(day: 1))
    for (laptop, words) in [("anne", "a source in the ministry"), ("ben", "Jean Dupont")] {
      let text = try String(contentsOf: folder.appending(path: "\(laptop)/\(statement)"), encoding: .utf8)
      try write(text.replacing("an official", with: words), to: statement, of: laptop)
    }
    _ = try book("ben", day: 2).createBundle(at: path("ben.bundle"), since: nil)
    _ = try book("anne", day: 2).apply(path("ben.bundle"))
    #expect(try book("anne", day: 3).conflicts().count == 1)
    _ = try book("anne", day: 3).export(to: path("both.snapshot"))
    _ = try book("anne", day: 3).export(to: path("both.light"), light: true)
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func write(_ text: String, to file: String, of laptop: String) throws {
    let place = folder.appending(path: "\(laptop)/\(file)")
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: place)
  }

  private func book(_ laptop: String, day: Int64) throws -> LocalBook {
    try LocalBook(at: path(laptop), Self.environment(day: day), command: "test")
  }

  /// - Parameter day: after 8 November 2021; it is 09:00 in Greenwich.
  private static func environment(day: Int64) -> Environment {
    Environment(
      now: { (1_636_362_000 + day * 86_400) * 1_000_000_000 },
      randomBytes: { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      }, personName: { "Anne" })
  }
}
