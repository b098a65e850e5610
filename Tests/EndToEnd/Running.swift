import Foundation
import Glibc
import ProgramTesting

/// A built program that was started, as people start it: another process, real files, real sockets.
final class Running {
  private let process = Process()
  private let output: URL
  private let errors: URL
  private let start = ContinuousClock.now

  /// - Parameters:
  ///   - place: where it runs, and where its output goes.
  ///   - program: `valise` or `valised`, or the path of another program.
  init(_ place: Place, _ program: String, _ arguments: [String]) throws {
    output = place.log(".out")
    errors = place.log(".err")
    let found = program.hasPrefix("/") ? program : try Programs.folder().appending(path: program).path
    process.executableURL = URL(filePath: found)
    process.arguments = arguments
    process.currentDirectoryURL = place.folder
    process.environment = [
      "HOME": place.folder.path, "PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    process.standardInput = FileHandle.nullDevice
    for (file, isOutput) in [(output, true), (errors, false)] {
      try Data().write(to: file)
      let handle = try FileHandle(forWritingTo: file)
      if isOutput { process.standardOutput = handle } else { process.standardError = handle }
    }
    try process.run()
  }

  var isRunning: Bool { process.isRunning }
  var pid: Int32 { process.processIdentifier }

  /// Sends a signal; harmless when the program has ended.
  func signal(_ number: Int32) {
    if process.isRunning { kill(process.processIdentifier, number) }
  }

  /// What it has printed so far.
  func printed() throws -> String { String(decoding: try Data(contentsOf: output), as: UTF8.self) }

  /// What it has printed so far on standard error.
  func printedErrors() throws -> String { String(decoding: try Data(contentsOf: errors), as: UTF8.self) }

  func wait() throws -> Ended {
    process.waitUntilExit()
    let ended = Ended(
      code: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self), took: .now - start)
    for file in [output, errors] { try FileManager.default.removeItem(at: file) }
    return ended
  }
}

/// How a program ended.
struct Ended {
  /// The exit code, or the signal that killed it.
  let code: Int32
  let wasKilled: Bool
  let output: String
  let errors: String
  let took: Duration

  /// The objects of a `--json` answer.
  func objects() throws -> [[String: Any]] {
    try output.split(separator: "\n").map { line in
      guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
        throw Programs.Broken(description: "no object: \(line)")
      }
      return object
    }
  }
}

/// A folder of one test's own, on a real disk, gone with it.
final class Place {
  let folder: URL
  private var logs = 0

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "valise-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func log(_ ending: String) -> URL {
    logs += 1
    return folder.appending(path: "\(logs)\(ending)")
  }

  func url(_ name: String) -> URL { folder.appending(path: name) }

  func write(_ text: String, to name: String) throws {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }

  /// Runs `valise` to its end.
  @discardableResult func valise(_ arguments: String...) throws -> Ended {
    try Running(self, "valise", arguments).wait()
  }

  func start(_ arguments: String...) throws -> Running { try Running(self, "valise", arguments) }

  /// The notes of a book, by path.
  func notes(_ name: String) -> [String: Data] {
    let root = folder.appending(path: name).path
    var found: [String: Data] = [:]
    for path in FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) ?? []
    where path.hasSuffix(".md") && !path.hasPrefix(".valise") {
      found[path] = FileManager.default.contents(atPath: root + "/" + path)
    }
    return found
  }
}

/// `valised` on a port of loopback that stays the same when it is killed and started again.
final class Server {
  private let place: Place
  private var running: Running?
  let port: UInt16
  /// Its folder, below the place; another one counts from the next start on.
  var data: String

  init(_ place: Place, data: String = "server") throws {
    self.place = place
    self.data = data
    port = try Programs.freePort()
    try start()
  }

  deinit { running?.signal(SIGKILL) }

  func url(_ book: String) -> String { "valise://127.0.0.1:\(port)/\(book)" }

  /// Returns when laptops can connect.
  func start() throws {
    let running = try Running(
      place, "valised", ["serve", "--data", place.url(data).path, "--listen", "127.0.0.1:\(port)"])
    self.running = running
    for _ in 0..<2_000 {
      if try running.printed().contains("listening") { return }
      guard running.isRunning else {
        throw Programs.Broken(description: "valised ended: \(try running.wait().errors)")
      }
      usleep(10_000)
    }
    throw Programs.Broken(description: "valised does not listen")
  }

  var isRunning: Bool { running?.isRunning ?? false }

  func kill() throws {
    running?.signal(SIGKILL)
    _ = try running?.wait()
    running = nil
  }
}
