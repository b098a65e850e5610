import Foundation
import ProgramTesting

/// strace around `valise`: how many calls of some kinds it makes, and one of them that kills it or fails.
///
/// strace counts for each thread. Of the kinds of call that load the program, too, only those on the book's folder count:
/// else the loading would take every injection.
struct Tracing {
  let place: Place
  /// The book's folder, below the place.
  let folder: String
  /// As strace names them, with commas between.
  let calls: String

  /// What befalls the calls.
  enum Injection {
    case kill(at: Int)
    case error(String, at: Int)
    /// From that call on.
    case lastingError(String, from: Int)

    fileprivate var words: String {
      switch self {
      case .kill(let point): "signal=KILL:when=\(point)"
      case .error(let name, let point): "error=\(name):when=\(point)"
      case .lastingError(let name, let point): "error=\(name):when=\(point)+"
      }
    }
  }

  /// Runs a command to its end.
  func run(_ words: [String], _ injection: Injection) throws -> Ended {
    try strace(words, ["-o", "/dev/null", "-e", "inject=\(calls):\(injection.words)"])
  }

  /// How many calls a command makes that is left alone.
  func count(_ words: [String]) throws -> Int {
    let trace = place.log(".trace")
    let ended = try strace(words, ["-o", trace.path])
    guard ended.code == 0 else { throw Programs.Broken(description: "\(words): \(ended.errors)") }
    let names = calls.split(separator: ",").map { " \($0.drop { $0 == "?" })(" }
    return try String(contentsOf: trace, encoding: .utf8).split(separator: "\n").count { line in
      names.contains { line.contains($0) }
    }
  }

  private func strace(_ words: [String], _ options: [String]) throws -> Ended {
    let valise = try Programs.folder().appending(path: "valise").path
    return try Running(
      place, "/usr/bin/strace", ["-f", "-e", "trace=\(calls)"] + options + paths + [valise] + words
    ).wait()
  }

  /// `-P` for each file and folder of the book that is there or will be; nothing where every call counts.
  private var paths: [String] {
    guard calls.contains("open") || calls.contains("read") else { return [] }
    let root = place.url(folder).path
    let found = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    let own = ["book.sqlite", "device", "device.new", "lock", "unfinished", "tmp", "trash"]
    let store = ["-wal", "-shm", "-journal"].map { "book.sqlite" + $0 }
    let made = [".valise"] + (own + store).map { ".valise/" + $0 }
    return ([root] + Set(found + made).sorted().map { root + "/" + $0 }).flatMap { ["-P", $0] }
  }
}
