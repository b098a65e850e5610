/// A session at a terminal, as a file has it: comments, commands, and what each printed.
///
///     # Comments begin with a number sign and stay where they are.
///     $ valise status          a command of the shell
///     > and its next lines
///     what it printed on stdout; a backslash before a line that would read as something else
///     ! what it printed on stderr
///     [exit 2]                 where it is not 0
struct Transcript: Equatable {
  var parts: [Part]

  enum Part: Equatable {
    /// Comments and blank lines, as they are.
    case comment([String])
    case command(Command)
  }

  struct Command: Equatable {
    /// The lines of the command.
    var lines: [String]
    /// What is expected of it, or what it did.
    var result: Result

    var script: String { lines.joined(separator: "\n") }
  }

  struct Result: Equatable {
    var output: [String] = []
    var errors: [String] = []
    var exitCode: Int32 = 0
  }

  var commands: [Command] {
    parts.compactMap { part in
      if case .command(let command) = part { return command }
      return nil
    }
  }
}

extension Transcript {
  /// A line that is neither: it stands before the first command.
  struct Problem: Error, Equatable {
    let line: Int
  }

  init(_ text: String) throws(Problem) {
    parts = []
    var comment: [String] = []
    var command: Command?
    func close() {
      if !comment.isEmpty { parts.append(.comment(comment)) }
      if let command { parts.append(.command(command)) }
      (comment, command) = ([], nil)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (index, line) in lines.enumerated() where index < lines.count - 1 || !line.isEmpty {
      if line.hasPrefix("$ ") {
        close()
        command = Command(lines: [String(line.dropFirst(2))], result: Result())
      } else if line.hasPrefix("# ") || line == "#" || line.isEmpty {
        if command != nil { close() }
        comment.append(line)
      } else if command == nil {
        throw Problem(line: index + 1)
      } else if line.hasPrefix("> "), command?.result == Result() {
        command?.lines.append(String(line.dropFirst(2)))
      } else if line.hasPrefix("! ") || line == "!" {
        command?.result.errors.append(String(line.dropFirst(2)))
      } else if let code = Self.exitCode(line) {
        command?.result.exitCode = code
        close()
      } else {
        command?.result.output.append(line.hasPrefix("\\") ? String(line.dropFirst()) : line)
      }
    }
    close()
  }

  /// The file again; reading it back gives the same transcript.
  var text: String {
    parts.flatMap { part in
      switch part {
      case .comment(let lines): lines
      case .command(let command): command.shown
      }
    }.map { $0 + "\n" }.joined()
  }

  private static func exitCode(_ line: String) -> Int32? {
    guard line.hasPrefix("[exit "), line.hasSuffix("]") else { return nil }
    return Int32(line.dropFirst(6).dropLast())
  }

  /// The same session with other results, command by command.
  func with(_ results: [Result]) -> Transcript {
    var rest = results[...]
    var copy = self
    copy.parts = parts.map { part in
      guard case .command(var command) = part, let result = rest.popFirst() else { return part }
      command.result = result
      return .command(command)
    }
    return copy
  }
}

extension Transcript.Command {
  /// Whether a line of output would read as something else.
  private static func looksLikeAnother(_ line: String) -> Bool {
    line.isEmpty || line == "!" || ["#", "$ ", "> ", "! ", "[exit ", "\\"].contains { line.hasPrefix($0) }
  }

  fileprivate var shown: [String] {
    let typed = lines.enumerated().map { ($0.offset == 0 ? "$ " : "> ") + $0.element }
    let output = result.output.map { Self.looksLikeAnother($0) ? "\\" + $0 : $0 }
    let errors = result.errors.map { $0.isEmpty ? "!" : "! " + $0 }
    return typed + output + errors + (result.exitCode == 0 ? [] : ["[exit \(result.exitCode)]"])
  }
}
