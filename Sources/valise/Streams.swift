import ArgumentParser
import Glibc
import Rendering
import Terminal

extension Streams {
  init(zone: String? = nil) { self.init(program: "valise", zone: zone) }

  /// Ends the program: help on stdout, a command line that cannot be understood on stderr.
  static func exit(_ error: any Error, _ arguments: CommandWords) -> Never {
    let streams = Streams()
    if let unknown = error as? UnknownCommand {
      streams.show(unknown.failure)
      Glibc.exit(unknown.failure.exitCode.rawValue)
    }
    if let code = error as? ArgumentParser.ExitCode { Glibc.exit(code.rawValue) }
    let code = Valise.exitCode(for: error)
    if code.isSuccess {
      show(help: Valise.fullMessage(for: error, columns: Self.width(of: STDOUT_FILENO)))
    } else {
      let help: Line = arguments.command.map { "valise \($0) --help" } ?? "valise --help"
      streams.show(Failure("\(Valise.message(for: error).asMessage)", next: [help], exitCode: .usage))
    }
    Glibc.exit(code.rawValue)
  }
}
