import Foundation
import Testing

/// The five minutes of README.md: what is typed there prints what stands there.
@Suite struct TourTests {
  @Test func `the README's tour prints what the README says`() throws {
    let tour = try Tour()
    #expect(tour.transcript.commands.count >= 20)
    // Which of two values is shown goes by the keys of the laptops, which are new in each session.
    for _ in 0..<20 {
      let session = try Session()
      let found = tour.transcript.with(try session.results(of: tour.commands()))
      try session.end()
      guard Tour.shown(in: found) == Tour.shown(in: tour.transcript) else { continue }
      for (said, did) in zip(tour.transcript.commands, found.commands) {
        let whole = Transcript(parts: [.command(did)]).text
        #expect(said.result.output == did.result.output + did.result.errors, "\(whole)")
      }
      return
    }
    Issue.record("twenty sessions show another value than README.md")
  }
}

/// The tour as a transcript, with words in the place of what differs from run to run.
private struct Tour {
  let transcript: Transcript

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .resolvingSymlinksInPath().deletingLastPathComponent()

  init() throws {
    let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    let start = try #require(readme.range(of: "\n## Five minutes\n")).upperBound
    let end = try #require(readme[start...].range(of: "\n## ")).lowerBound
    let blocks = readme[start..<end].components(separatedBy: "```\n").enumerated().compactMap { index, text in
      index % 2 == 1 ? text : nil
    }
    let setUp = try #require(blocks.first).split(separator: "\n").map { "$ \($0)\n" }
    let built = setUp.filter { !$0.hasPrefix("$ swift build ") && !$0.hasPrefix("$ export PATH=") }
    // A blank line ends a command of a transcript, unless it is marked as output.
    let rest = blocks.dropFirst().joined().replacing("\n\n", with: "\n\\\n")
    var normaliser = Normaliser(fixed: [
      ("/tmp/tour", "{DIR}"), ("localhost/", "localhost:{PORT}/"), ("localhost:7420", "localhost:{PORT}"),
    ])
    let read = try Transcript(built.joined() + rest)
    transcript = read.with(
      read.commands.map { command in
        Transcript.Result(output: command.result.output.map { normaliser.normalised($0) })
      })
  }

  /// The commands, with a folder, a server and a hash of the session's own.
  func commands() throws -> [Transcript.Command] {
    let ownWords = [
      ("valised serve --data /tmp/tour/server &", "server start"), ("kill %1", "server stop"),
      ("tools/demo-book", Self.root.appending(path: "tools/demo-book").path),
      ("mkdir /tmp/tour && ", ""), ("/tmp/tour", "$HOME/work"),
      ("localhost/", "localhost:{PORT}/"), ("7e94f21a00", "$(valise log -n 4 | tail -n 1 | cut -c 1-10)"),
    ]
    for (word, _) in ownWords {
      try #require(transcript.commands.contains { $0.script.contains(word) }, "README.md says no \(word)")
    }
    return transcript.commands.map { command in
      var command = command
      command.lines = command.lines.map { line in
        ownWords.reduce(line) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
      }
      return command
    }
  }

  /// The value that a file shows while its conflict waits.
  static func shown(in transcript: Transcript) -> Substring? {
    transcript.commands.flatMap(\.result.output).first { $0.hasSuffix("(shown)") }?.split(separator: " ").first
  }
}
