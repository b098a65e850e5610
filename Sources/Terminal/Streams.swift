import Foundation
import Glibc
package import Rendering

/// Standard output for results, standard error for everything else.
package struct Streams {
  private let program: String
  private let output: Screen
  private let errors: Screen

  /// `program` is the one that speaks; `zone` is the visit's, where there is a visit.
  package init(program: String, zone: String? = nil) {
    self.program = program
    let times = Times(now: Int64(Date().timeIntervalSince1970), zone: zone, local: .current)
    output = Screen(width: Self.width(of: STDOUT_FILENO), hasColour: Self.hasColour(STDOUT_FILENO), times: times)
    errors = Screen(width: nil, hasColour: Self.hasColour(STDERR_FILENO), times: times)
  }

  /// Warnings, then the answer; how that ended.
  package func show(_ answer: some Showable, asJSON: Bool, quiet: Bool) -> ExitCode {
    Self.write(Array(errors.text(answer.warnings(on: errors)).utf8), to: STDERR_FILENO)
    let bytes =
      if asJSON {
        Array(answer.json.map { $0.text + "\n" }.joined().utf8)
      } else if quiet {
        [UInt8]()
      } else {
        answer.bytes ?? Array(output.text(answer.lines(on: output)).utf8)
      }
    if Self.write(bytes, to: STDOUT_FILENO) { return answer.exitCode }
    show(Failure("the answer could not be written where it should go; what was asked is done"))
    return .failed
  }

  /// What is said beside an answer.
  package func show(aside lines: [Line]) { Self.write(Array(errors.text(lines).utf8), to: STDERR_FILENO) }

  /// Why there is no answer.
  package func show(_ failure: Failure) {
    Self.write(Array(errors.text(failure.lines(from: program)).utf8), to: STDERR_FILENO)
  }

  /// Help, as it was asked for.
  package static func show(help: String) { write(Array((help + "\n").utf8), to: STDOUT_FILENO) }

  /// Whether it was written. A reader that went away, as `head` does, has what it wanted.
  @discardableResult private static func write(_ bytes: [UInt8], to stream: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(stream, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return errno == EPIPE
      }
    }
    return true
  }

  /// Before anything else: a reader that goes away is seen where something is written; and a stream that was closed is
  /// taken, so that nothing else gets its number, and what is said to it.
  package static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      // The lowest free number is the one that is missing. Nothing can be written there, and that is told.
      _ = unsafe open("/dev/null", O_RDONLY)
    }
  }

  /// Returns once nobody reads standard output any more: it is a pipe, and its other end was closed. A file or a
  /// terminal is read for ever.
  @Sendable package static func outputIsAbandoned() async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        repeat { output.revents = 0 } while unsafe poll(&output, 1, -1) < 0 && errno == EINTR
        continuation.resume()
      }
    }
  }

  /// Columns, by COLUMNS or by the terminal; nil where there is none.
  package static func width(of stream: Int32) -> Int? {
    if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init), columns > 0 { return columns }
    var size = winsize()
    guard isatty(stream) == 1, unsafe ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func hasColour(_ stream: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal(stream) && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  package static func isTerminal(_ stream: Int32) -> Bool { isatty(stream) == 1 }
}

extension String {
  /// As our own messages begin and end: lower case, no full stop.
  package var asMessage: String {
    let text = hasSuffix(".") ? String(dropLast()) : self
    guard let second = text.dropFirst().first, second.isLowercase else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
