/// When notes that are being written can be read: once all of them have been quiet for a while. Times are nanoseconds of
/// a clock that never jumps.
package struct WriteQuiet: Equatable, Sendable {
  /// After the last write of a note.
  package static let quiet: Int64 = 200_000_000
  /// More for a note whose writer has not closed it, or that is empty: editors cut a file first and fill it then.
  package static let patience: Int64 = 300_000_000
  /// A note that is written all the time keeps the others waiting no longer than this.
  package static let longest: Int64 = 2_000_000_000

  private struct Note: Equatable {
    var last: Int64
    var isOpen: Bool
    var wasEmpty = false

    var due: Int64 { last + WriteQuiet.quiet + (isOpen || wasEmpty ? WriteQuiet.patience : 0) }
  }

  private var notes: [String: Note] = [:]
  private var first: Int64?

  package init() {}

  /// A note was written to; `isOpen` while its writer may go on.
  package mutating func wrote(_ path: String, isOpen: Bool, at now: Int64) {
    notes[path] = Note(last: now, isOpen: isOpen)
    first = first ?? now
  }

  /// When to read; nil while nothing is to be read.
  package var due: Int64? {
    guard let first, let last = notes.values.map(\.due).max() else { return nil }
    return min(last, first + Self.longest)
  }

  /// Whether now is the time to read everything, which is then forgotten. `isEmpty` looks at a note: one that is empty
  /// gets one more chance.
  package mutating func isDue(at now: Int64, isEmpty: (String) -> Bool) -> Bool {
    guard let due, now >= due, let first else { return false }
    if now < first + Self.longest {
      for path in notes.keys.sorted() where notes[path]?.wasEmpty == false && isEmpty(path) {
        notes[path]?.wasEmpty = true
      }
      if let later = self.due, later > now { return false }
    }
    self = WriteQuiet()
    return true
  }
}
