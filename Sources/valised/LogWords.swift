import ArgumentParser
import BookServer
import Glibc

/// What was found in a server's logs, in words.
struct LogWords {
  let text: String
  let isSound: Bool

  /// - Parameter end: what to say last where nothing is damaged.
  init(_ report: LogReport, end: String) {
    var lines = report.books.map { book in
      let sound = "\(book.name): \(book.changes) \(book.changes == 1 ? "change" : "changes")"
      guard let fault = book.fault else { return "\(sound), every id and signature is right" }
      let place = fault.position.map { "at position \($0)" } ?? "beside the log"
      return "\(sound) that \(book.changes == 1 ? "is" : "are") right; damaged \(place): \(fault.why)"
    }
    lines += report.pageFaults.map { "SQLite says of its pages: \($0)" }
    lines.append(report.isSound ? end : "Damaged. Start a server on a backup; the laptops send again what it lacks.")
    text = lines.joined(separator: "\n")
    isSound = report.isSound
  }
}

/// Runs a use case, and shows what it found or why it failed.
func showing(_ data: String, _ useCase: () throws(ServeError) -> LogWords) throws {
  let words: LogWords
  do throws(ServeError) { words = try useCase() } catch {
    let failure = Failure(error, data: data)
    say(failure.text, to: STDERR_FILENO)
    throw ExitCode(failure.code)
  }
  say(words.text, to: STDOUT_FILENO)
  if !words.isSound { throw ExitCode(65) }
}
