import Bytes
import Replica

/// What `undo` or `redo` did.
package struct UndoReport: Sendable {
  package let isRedo: Bool
  /// The change that was taken back, or made again.
  package private(set) var change: LogLine
  /// Where that settled a conflict: as `FILE:FIELD` has the field.
  package let fields: [String]
  /// Whether nothing was left of the change.
  package internal(set) var isEmpty = true
  /// What became of the files.
  package internal(set) var files: [SaveReport.FileChange] = []
  /// What stays as it is, since colleagues have changed it after.
  package internal(set) var left: [Left] = []
  /// Conflicts that are gone with it, by path.
  package internal(set) var settled: [SettledConflict] = []
  /// Conflicts that are there again: `FILE:FIELD`.
  package internal(set) var reopened: [String] = []
  /// Files that are private again, and whose text is in the shared history nevertheless.
  package internal(set) var inHistory: [InHistory] = []
  package internal(set) var saved = SaveReport(version: "")

  package struct InHistory: Equatable, Sendable {
    /// Where it was shared.
    package let path: String
    /// Whether the server has it; else the next sync sends it.
    package let isSent: Bool

    package init(path: String, isSent: Bool) {
      self.path = path
      self.isSent = isSent
    }
  }

  package struct Left: Equatable, Sendable {
    package let path: String
    package let what: What
    /// Whose it is.
    package let people: [String]

    package enum What: Equatable, Sendable {
      case field(String)
      case path
      case text
      /// The file was new, and others have worked on it since.
      case file
      /// Somebody else deleted the file.
      case deleted
      /// That it was deleted while somebody was writing is no question any more, and it stays.
      case dispute
      /// A tag; it is in no file.
      case tag(String)
    }
  }

  init(isRedo: Bool, change: LogLine, fields: [String]) {
    self.isRedo = isRedo
    self.change = change
    self.fields = fields
  }

  /// Adds what the same command did in `private/`.
  mutating func add(private other: UndoReport) {
    change.files = (change.files + other.change.files).sorted { ExactText($0.path) < ExactText($1.path) }
    isEmpty = isEmpty && other.isEmpty
    left += other.left
    settled += other.settled
    reopened += other.reopened
  }
}

extension UndoReport.Left.What {
  init(_ subject: EntryInverse.Subject) {
    self =
      switch subject {
      case .field(let name): .field(name.string)
      case .path: .path
      case .text: .text
      case .entry: .file
      case .deletion: .deleted
      case .dispute: .dispute
      }
  }
}
