import ArgumentParser
import Foundation
import Glibc
import Rendering

/// Standard output for results, standard error for everything else.
struct Streams {
  private let output: Screen
  private let errors: Screen

  /// `zone` is the visit's, where there is a visit.
  init(zone: String? = nil) {
    let times = Times(now: Int64(Date().timeIntervalSince1970), zone: zone, local: .current)
    output = Screen(width: Self.width(of: STDOUT_FILENO), hasColour: Self.hasColour(STDOUT_FILENO), times: times)
    errors = Screen(width: nil, hasColour: Self.hasColour(STDERR_FILENO), times: times)
  }

  /// Warnings, then the answer.
  func show(_ answer: some Showable, asJSON: Bool, quiet: Bool) {
    Self.write(errors.text(answer.warnings(on: errors)), to: .standardError)
    if asJSON {
      Self.write(answer.json.map { $0.text + "\n" }.joined(), to: .standardOutput)
    } else if let bytes = answer.bytes {
      Self.write(Data(bytes), to: .standardOutput)
    } else if !quiet {
      Self.write(output.text(answer.lines(on: output)), to: .standardOutput)
    }
  }

  func show(_ failure: Failure) { Self.write(errors.text(failure.lines()), to: .standardError) }

  private static func write(_ text: String, to stream: FileHandle) { write(Data(text.utf8), to: stream) }

  /// A reader that went away, as `head` does, is no error. There is nobody left to tell of any other.
  private static func write(_ data: Data, to stream: FileHandle) {
    if !data.isEmpty { try? stream.write(contentsOf: data) }
  }

  static func ignoreBrokenPipe() { signal(SIGPIPE, SIG_IGN) }

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
      write(Valise.fullMessage(for: error, columns: Self.width(of: STDOUT_FILENO)) + "\n", to: .standardOutput)
    } else {
      let help: Line = arguments.command.map { "valise \($0) --help" } ?? "valise --help"
      streams.show(Failure("\(Valise.message(for: error).asMessage)", next: [help], exitCode: .usage))
    }
    Glibc.exit(code.rawValue)
  }

  /// Columns, by COLUMNS or by the terminal; nil where there is none.
  private static func width(of stream: Int32) -> Int? {
    if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init), columns > 0 { return columns }
    var size = winsize()
    guard isatty(stream) == 1, unsafe ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func hasColour(_ stream: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal(stream) && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  static func isTerminal(_ stream: Int32) -> Bool { isatty(stream) == 1 }
}

extension String {
  /// As our own messages begin and end: lower case, no full stop.
  fileprivate var asMessage: String {
    let text = hasSuffix(".") ? String(dropLast()) : self
    guard let second = text.dropFirst().first, second.isLowercase else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
