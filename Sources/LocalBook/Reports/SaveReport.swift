package import BookFolder

// What the use cases answer: values, never printed text. Paths are relative to the book, times are seconds since 1970.

/// What a scan of the folder recorded, and what it left alone.
package struct SaveReport: Sendable {
  /// Short name of the version that the folder shows now.
  package var version: String
  /// The entries that changed, in the order of their paths.
  package var files: [FileChange] = []
  /// Conflicts that the edits settled, by path.
  package var settled: [SettledConflict] = []
  package var trouble: [Trouble] = []
  /// Colleagues' deletions that wait to be accepted, because they are so many.
  package var held: HeldDeletions?
  package var left = LeftAlone()
  /// Things said once about how a file was recorded (a name brought to NFC).
  package var notices: [String] = []
  /// The level of the record's schema that this program would have to know to write the book's files; nil: it does.
  package var neededLevel: UInt64?

  package struct FileChange: Equatable, Sendable {
    package enum What: Equatable, Sendable {
      case created
      case edited
      /// A colleague settled a conflict there, and did nothing else.
      case settled
      case deleted
      /// Deleted before, and there again.
      case broughtBack
      case renamed(from: String)
    }
    package let what: What
    package let path: String
    package let kind: String

    package init(_ what: What, path: String, kind: String) {
      self.what = what
      self.path = path
      self.kind = kind
    }
  }
}

/// A file that was not recorded or not written: it is named, left alone, and holds back nothing else.
package struct Trouble: Equatable, Sendable {
  package let path: String
  /// From 1; nil where the whole file is meant.
  package let line: Int?
  package let column: Int?
  package let why: Why
  /// What waits until the file can be read or written.
  package internal(set) var waiting: [WaitingChanges] = []

  package enum Why: Equatable, Sendable {
    case unreadable(UnreadableFile.Reason)
    case unrecordable(RecorderError)
    /// The name cannot be had on every system.
    case name(RefusedName)
    case suddenlyEmpty
    /// It changed each time it was read; the next command tries again.
    case stillBeingWritten
    /// A book of its own, below this one.
    case anotherBook
    case tooDeep
    case notRead(doing: String, errno: Int32)
    case notWritten(doing: String, errno: Int32)
    /// A folder, a link or something else stands where the file or a folder above it belongs.
    case obstructed

    /// Whether the file waits to be written.
    package var isUnwritten: Bool {
      switch self {
      case .notWritten, .obstructed: true
      default: false
      }
    }
  }
}

/// What a scan saw and did not take.
package struct LeftAlone: Equatable, Sendable {
  /// Files that are no notes.
  package var others = 0
  /// Files under `private/`.
  package var privates = 0
  /// Notes that `.valiseignore` names.
  package var ignored = 0
  /// Symbolic links, by path.
  package var links: [String] = []
  /// Files of the book that `.valiseignore` names, by path, and what waits for them.
  package var ofBook: [Ignored] = []

  package struct Ignored: Equatable, Sendable {
    package let path: String
    package let waiting: [WaitingChanges]
  }

  package init() {}
}
