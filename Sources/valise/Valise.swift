import ArgumentParser
import Rendering
import Terminal

/// The program of a laptop: one book, one folder, one command at a time.
@main struct Valise: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "valise",
    abstract: "Keep the briefing book of a visit in step on many laptops.",
    usage: "valise [-C DIR] COMMAND [ARGUMENTS]",
    discussion: """
      A book is a plain folder of Markdown files. Every command first records what changed in it, \
      so nothing has to be added or committed; 'sync' exchanges with the colleagues' laptops \
      through a server. Nothing that anybody wrote is lost, and no marker is written into a file.

        valise new paris-2021                            begin a book
        valise publish valise://localhost/paris-2021     put it on a server
        valise join valise://localhost/paris-2021 paris  have it on another laptop
        valise sync                                      send and receive
        valise conflicts                                 what waits for a decision

      Results go to stdout, everything else to stderr. Exit codes:
      \(exitCodes)
      """,
    version: "0.1.0",
    subcommands: [
      New.self, Publish.self, Join.self, Status.self, Save.self, Sync.self, Log.self, Show.self, Diff.self,
      Conflicts.self, Passages.self, Resolve.self, Undo.self, Redo.self, History.self, Blame.self, Restore.self,
      Tag.self, Share.self, Bundle.self, Export.self, RestoreFrom.self,
    ])

  private static var exitCodes: String {
    Rendering.ExitCode.allCases.map { code in
      let number = "\(code.rawValue)"
      return String(repeating: " ", count: 4 - number.count) + number + "  " + code.meaning
    }.joined(separator: "\n")
  }

  static func main() async {
    Streams.prepare()
    let arguments = CommandWords(Array(CommandLine.arguments.dropFirst()))
    do {
      if let unknown = arguments.unknownCommand(among: names) { throw unknown }
      var command = try parseAsRoot(arguments.words)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Streams.exit(error, arguments)
    }
  }

  private static var names: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
  }
}
