import Bytes
import Formats
import History
import Rendering

/// What is said of runs and changes; the words of formats' errors are Rendering's.
enum Words {
  static func gap(_ run: PackedRun, _ expected: UInt64) -> Line {
    let (first, here) = (Int(clamping: run.first), Int(clamping: expected))
    return run.first > expected
      ? "it begins with change \(first + 1) of its device, but only \(here) came before: changes are missing"
      : "it begins with change \(first + 1) of its device, which came before already"
  }
}

extension FormatError {
  /// The same of what lies in a row of a store, which is no file.
  var wordsOfRow: Line {
    if case .layout(let error) = self { "\(own: error.name) at byte \(error.offset) of what it holds" } else { words }
  }
}

extension HistoryError {
  /// The name for programs.
  var name: String {
    switch self {
    case .known: "known"
    case .equivocation: "equivocation"
    case .gap: "gap"
    case .brokenChain: "brokenChain"
    case .unknownParent: "unknownParent"
    case .parentsNotReduced: "parentsNotReduced"
    }
  }

  var words: Line {
    switch self {
    case .known: "it is here already"
    case .equivocation: "another change of the same device has the same number"
    case .gap(_, let expected): "changes of its device before it are missing; \(Int(clamping: expected)) are here"
    case .brokenChain: "the change before it is not its device's last one"
    case .unknownParent(let id): "it was made on \(own: id.short), which is not here"
    case .parentsNotReduced: "one of the changes that it was made on is an ancestor of another"
    }
  }
}

extension ChangeID {
  /// As people are shown it.
  var short: String { String(digest.bytes.hex.prefix(10)) }
}
