import ArgumentParser
import Glibc
import Rendering
import Terminal

/// Looks at anything that Valise wrote, shows it, checks it, or compares two of them; changes nothing.
@main struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "valise-inspect",
    abstract: "Look at files, stores and connections of Valise; change nothing.",
    discussion: """
      A FILE is a snapshot (light or full), a bundle, a change, a laptop's store or the folder of its book, a server's store or its \
      data folder. Stores are looked at in a copy. What is damaged is named with its place, and what can still be \
      read is shown. Bytes count from 0.

        valise-inspect show paris.snapshot
        valise-inspect verify for-paul.bundle --with paris.snapshot
        valise-inspect diff monday.snapshot friday.snapshot
        valise-inspect graph paris --svg > paris.svg
        valise-inspect frames sync.pcap

      Results go to stdout, everything else to stderr. Exit codes:
         0  done, and nothing is wrong with what was looked at
         1  done, and something is wrong with it; it is named
         2  it cannot be looked at
        64  the command line cannot be understood
      """,
    version: "0.1.0",
    subcommands: [Show.self, Diff.self, Frames.self, Graph.self, Verify.self])

  static func main() {
    Streams.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch { end(error) }
  }

  /// Ends the program: help on stdout, a command line that cannot be understood on stderr.
  private static func end(_ error: any Error) -> Never {
    if let code = error as? ArgumentParser.ExitCode { Glibc.exit(code.rawValue) }
    let code = exitCode(for: error)
    if code.isSuccess {
      Streams.show(help: fullMessage(for: error, columns: Streams.width(of: STDOUT_FILENO)))
    } else {
      Streams.own.show(
        Failure("\(message(for: error).asMessage)", next: ["valise-inspect --help"], exitCode: .usage))
    }
    Glibc.exit(code.rawValue)
  }
}

extension Streams {
  static var own: Streams { Streams(program: "valise-inspect") }
}

/// What every command takes.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print for programs: a JSON object a line.")
  var json = false

  /// Looks, and shows the answer.
  func show(_ look: () throws(InspectError) -> some Showable) throws {
    let end: Rendering.ExitCode
    do throws(InspectError) {
      let answer = try look()
      end = Streams.own.show(answer, asJSON: json, quiet: false)
    } catch {
      let failure = Failure(error)
      Streams.own.show(failure)
      end = failure.exitCode
    }
    if end != .done { throw ArgumentParser.ExitCode(end.rawValue) }
  }
}

/// Which of a server's books.
struct BookOption: ParsableArguments {
  @Option(
    name: .customLong("book"),
    help: ArgumentHelp("Of a server's store: the book of this name; of a laptop's: private.", valueName: "NAME"))
  var name: String?
}
