import Foundation
import ProgramTesting

/// One run of a transcript's commands, in a fresh folder, with the built programs, and with nothing of the environment.
///
/// All commands run in one shell, so folders and variables last. `server start` and `server stop` are commands there;
/// `{PORT}` stands for the port of that server.
struct Session {
  private let home: URL
  private let port: UInt16
  private let programs: URL

  init() throws {
    programs = try Programs.folder()
    home = FileManager.default.temporaryDirectory.appending(path: "transcript-\(UUID().uuidString)")
    port = try Programs.freePort()
    try FileManager.default.createDirectory(at: home.appending(path: "work"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: home.appending(path: "results"), withIntermediateDirectories: true)
  }

  func end() throws { try FileManager.default.removeItem(at: home) }

  /// Runs the commands, and gives what each did.
  func results(of commands: [Transcript.Command]) throws -> [Transcript.Result] {
    let script = home.appending(path: "script")
    try Data(self.script(commands).utf8).write(to: script)
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["--noprofile", "--norc", script.path]
    shell.currentDirectoryURL = home.appending(path: "work")
    shell.environment = [
      "HOME": home.path, "PATH": "\(programs.path):/usr/bin:/bin", "TZ": "UTC", "COLUMNS": "100", "LC_ALL": "C.UTF-8",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    shell.standardInput = FileHandle.nullDevice
    let errors = home.appending(path: "shell-errors")
    try Data().write(to: errors)
    shell.standardError = try FileHandle(forWritingTo: errors)
    try shell.run()
    shell.waitUntilExit()
    let words = try String(contentsOf: errors, encoding: .utf8)
    guard shell.terminationStatus == 0, words.isEmpty else { throw Programs.Broken(description: "the shell: \(words)") }
    var normaliser = Normaliser(fixed: [(home.appending(path: "work").path, "{DIR}"), (String(port), "{PORT}")])
    return try commands.indices.map { index in
      Transcript.Result(
        output: normaliser.normalised(try result(index, "out")).asLines,
        errors: normaliser.normalised(try result(index, "err")).asLines,
        exitCode: Int32(try result(index, "code").trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1)
    }
  }

  private func result(_ index: Int, _ kind: String) throws -> String {
    let bytes = try Data(contentsOf: home.appending(path: "results/\(index).\(kind)"))
    return String(decoding: bytes, as: UTF8.self)
  }

  private func script(_ commands: [Transcript.Command]) -> String {
    let results = home.appending(path: "results").path
    let steps = commands.enumerated().map { index, command in
      """
      {
      \(command.script.replacingOccurrences(of: "{PORT}", with: String(port)))
      } >'\(results)/\(index).out' 2>'\(results)/\(index).err' </dev/null
      echo $? >'\(results)/\(index).code'
      """
    }
    return ([prelude] + steps + ["exit 0"]).joined(separator: "\n") + "\n"
  }

  /// The server as two commands; it ends with the session.
  private var prelude: String {
    """
    server() {
      case "$1" in
      start)
        valised serve --data "$HOME/server" --listen 127.0.0.1:\(port) >>"$HOME/server.log" 2>&1 &
        server_process=$!
        for attempt in $(seq 200); do
          if (exec 3<>/dev/tcp/127.0.0.1/\(port)) 2>/dev/null; then return 0; fi
          sleep 0.05
        done
        cat "$HOME/server.log" >&2
        return 1 ;;
      stop)
        kill "$server_process" && wait "$server_process"
        server_process=
        return 0 ;;
      esac
    }
    trap 'test -z "$server_process" || kill "$server_process"' EXIT
    """
  }
}

extension String {
  /// The lines, without the end of the last one.
  fileprivate var asLines: [String] {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
