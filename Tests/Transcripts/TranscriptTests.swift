import Foundation
import Testing

/// The command line as people see it: every session of `cases/` runs, and prints what it printed before.
///
/// `VALISE_RECORD=1 swift test --filter Transcripts` writes down what it prints now, to be looked at as a difference.
@Suite struct TranscriptTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "cases")

  static let names: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted()
  }()

  @Test func `there are sessions to run`() {
    #expect(!Self.names.isEmpty)
  }

  @Test func `the README lists the commands as the help does`() throws {
    let help = try Transcript(String(contentsOf: Self.folder.appending(path: "help.txt"), encoding: .utf8))
    let lines = try #require(help.commands.first { $0.script == "valise --help" }).result.output
    let start = try #require(lines.firstIndex(of: "SUBCOMMANDS:"))
    let list = lines[(start + 1)...].prefix { !$0.isEmpty }
    #expect(list.count == 22)
    let tests = Self.folder.deletingLastPathComponent().deletingLastPathComponent().resolvingSymlinksInPath()
    let readme = try String(contentsOf: tests.appending(path: "../README.md").standardizedFileURL, encoding: .utf8)
    let listed = readme.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    for line in list {
      #expect(listed.contains(line.trimmingCharacters(in: .whitespaces)), "README.md lacks: \(line)")
    }
  }

  @Test(arguments: names) func `a session prints what it printed before`(name: String) throws {
    let file = Self.folder.appending(path: name)
    let expected = try Transcript(String(contentsOf: file, encoding: .utf8))
    let session = try Session()
    let found = expected.with(try session.results(of: expected.commands))
    try session.end()
    if ProcessInfo.processInfo.environment["VALISE_RECORD"] == "1" {
      try Data(found.text.utf8).write(to: file)
      return
    }
    for (one, other) in zip(expected.commands, found.commands) {
      let shown = Transcript(parts: [.command(other)]).text
      #expect(one.result == other.result, "\(name): \(shown)")
    }
  }
}
