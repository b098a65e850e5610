package import Replica

/// A line of the log.
package struct LogLine: Equatable, Sendable {
  /// Hash of the change; names the version that ends with it.
  package let hash: String
  package let person: String
  package let time: Int64
  /// What the person said, or what the change did.
  package let message: String
  package let isDerived: Bool
  package internal(set) var files: [SaveReport.FileChange]
}

/// What `show` shows.
package enum Shown: Sendable {
  /// A file at a version, byte for byte.
  case file(path: String, version: String, bytes: [UInt8])
  /// A change: its line of the log, what it changed, and the passages of what it was made on.
  case change(LogLine, Comparison, [FoundPassage])
  /// A version that brings several changes together, none of them made on another: their lines of the log, and the
  /// passages that they touched together.
  case merged(version: String, [LogLine], [FoundPassage])
}

/// What `restore` brought back.
package struct RestoreReport: Sendable {
  package internal(set) var saved: SaveReport
  /// Short name of the version; nil where what was lost was given back, whatever version it was of.
  package let restored: String?
  /// What became of the files; none where all was so already.
  package let files: [SaveReport.FileChange]
  /// Conflicts that are gone with it, by path.
  package internal(set) var settled: [SettledConflict] = []
}
