/// How a command ended, for scripts.
package enum ExitCode: Int32, CaseIterable, Sendable {
  /// What was asked is done; conflicts may wait for a decision.
  case done = 0
  /// Done, but something that is named was not recorded or not written.
  case trouble = 1
  /// Refused or failed; nothing that was asked is done.
  case failed = 2
  /// The server could not be reached; what was saved here is not sent.
  case offline = 3
  /// The folder looks emptied; nothing is recorded until `--accept-deletions`.
  case emptied = 4
  /// Another command holds the book.
  case busy = 5
  /// There was nothing to undo, or to redo.
  case nothing = 6
  /// The command line cannot be understood.
  case usage = 64

  /// The meaning in half a line, for the help text.
  package var meaning: String {
    switch self {
    case .done: "done (conflicts may wait)"
    case .trouble: "done, but something named was not recorded or not written"
    case .failed: "refused or failed"
    case .offline: "the server cannot be reached; saved here, not sent"
    case .emptied: "the folder looks emptied; nothing recorded"
    case .busy: "another command holds the book"
    case .nothing: "there is nothing to undo or to redo"
    case .usage: "the command line cannot be understood"
    }
  }
}
