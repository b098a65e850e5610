import Bytes
import Replica

/// What `undo` or `redo` did.
package struct UndoReport: Sendable {
  package let isRedo: Bool
  /// The change that was taken back, or made again.
  package let change: LogLine
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
  package internal(set) var saved = SaveReport(version: "")

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
