package import Bytes

/// What a look at the folder found, beside what the index knew: one stat a file, and only those are opened that may
/// have changed (F7). Nothing is recorded, nothing is written.
package struct FolderScan: Sendable {
  /// Files whose stamp is the index's.
  package var unchanged: [ExactText] = []
  /// Files of the index whose stamp differs, or was not certain; their bytes may be the same all the same.
  package var changed: [FoundFile] = []
  package var new: [FoundFile] = []
  /// Of the index, and no longer there.
  package var gone: [ExactText] = []
  /// Of the index, and now without a byte, or with zero bytes alone: what a power failure leaves (U3). Counts as gone.
  package var emptied: [ExactText] = []
  /// Of the index, and neither seen nor gone for sure: in a folder that cannot be read, behind a link, or named by
  /// `.valiseignore` since. They are left as they are.
  package var heldBack: [ExactText] = []
  /// Those of them that `.valiseignore` names since.
  package var ignored: [ExactText] = []
  package var unreadable: [UnreadFile] = []
  /// Files that would be entries if their names were allowed.
  package var refused: [RefusedName] = []
  /// Symbolic links, which are not followed.
  package var links: [ExactText] = []
  /// Folders below this one that are books of their own.
  package var otherBooks: [ExactText] = []
  package var counts = Counts()

  /// Files that stay on this laptop, and are not read.
  package struct Counts: Equatable, Sendable {
    /// Not Markdown.
    package var other = 0
    /// In `private/`.
    package var inPrivate = 0
    /// Named by `.valiseignore`; a folder counts once.
    package var ignored = 0

    package init(other: Int = 0, inPrivate: Int = 0, ignored: Int = 0) {
      self.other = other
      self.inPrivate = inPrivate
      self.ignored = ignored
    }
  }

  /// The files of the folder as they are, for the next scan: payloads as before, empty for new files. Files that are
  /// emptied, unreadable or held back keep what the index knew of them.
  package var index = FileIndex()
}

/// A file that was opened: its bytes, read once, and the stamp that they had.
package struct FoundFile: Equatable, Sendable {
  /// As the disk spells it.
  package let path: ExactText
  package let bytes: [UInt8]
  package let stamp: FileStamp
  package let isCertain: Bool

  package init(path: ExactText, bytes: [UInt8], stamp: FileStamp, isCertain: Bool) {
    self.path = path
    self.bytes = bytes
    self.stamp = stamp
    self.isCertain = isCertain
  }
}

/// A file that could not be read; it is named, left alone, and holds back nothing else (F4).
package struct UnreadFile: Equatable, Sendable {
  package let path: ExactText
  package let reason: Reason

  package init(path: ExactText, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  package enum Reason: Equatable, Sendable {
    case tooLarge(bytes: Int64, limit: Int)
    /// It changed each time it was read; the next scan tries again.
    case stillBeingWritten
    case refusedBySystem(SystemFailure)
    /// Deeper than paths may go.
    case tooDeep
  }
}

/// Too much is gone for a person to have deleted it (F6): nothing is recorded before that is said.
package struct EmptiedFolder: Error, Equatable, Sendable {
  package let gone: Int
  package let emptied: Int
  package let known: Int

  /// Nil unless more than five entries, and more than a third of those known, are gone or suddenly empty. Renamed
  /// ones are not gone.
  package init?(gone: Int, emptied: Int, known: Int) {
    guard gone + emptied > 5, (gone + emptied) * 3 > known else { return nil }
    self.gone = gone
    self.emptied = emptied
    self.known = known
  }
}
