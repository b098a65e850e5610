package import Bytes

/// What the files of a folder are to become: journalled in the transaction that makes the new version, then carried
/// out by `FolderWriter` (folder.md 6).
package struct WritePlan: Equatable, Sendable {
  /// Names the plan's own files; when it was made, in nanoseconds since 1970.
  package let id: UInt64
  /// No two for one path.
  package let writes: [PlannedWrite]
  /// Folders that Valise made, and that go when the plan leaves them empty.
  package let ownFolders: [ExactText]

  package init(id: UInt64, writes: [PlannedWrite], ownFolders: [ExactText] = []) {
    self.id = id
    self.writes = writes
    self.ownFolders = ownFolders
  }
}

/// One file, as it was and as it shall be; nil where there is none.
package struct PlannedWrite: Equatable, Sendable {
  /// As the disk spells it.
  package let path: ExactText
  package let before: [UInt8]?
  package let after: [UInt8]?
  /// Of the file when `before` was read; without one its bytes are read again.
  package let expected: FileStamp?

  package init(path: ExactText, before: [UInt8]?, after: [UInt8]?, expected: FileStamp? = nil) {
    self.path = path
    self.before = before
    self.after = after
    self.expected = expected
  }
}

/// Where a plan is kept until it is done; a laptop's store, which survives a crash.
package protocol WriteJournal {
  /// Durable when it returns. Called before anything of the plan is on disk; a caller that has journalled the plan
  /// in a transaction of its own does nothing here.
  func begin(_ plan: WritePlan) throws
  /// The plan is done, and on disk. The copies are to be looked at once more when the next command starts.
  func clear(keeping copies: [SwappedOut]) throws
}

/// A file that was swapped out, and that an editor may still hold open and write to.
package struct SwappedOut: Equatable, Sendable {
  package let plan: UInt64
  /// Of the plan's writes.
  package let index: Int
  package let path: ExactText
  /// When it was read after the swap.
  package let stamp: FileStamp

  package init(plan: UInt64, index: Int, path: ExactText, stamp: FileStamp) {
    self.plan = plan
    self.index = index
    self.path = path
    self.stamp = stamp
  }
}

/// What became of a plan.
package struct WriteOutcome: Sendable {
  /// One a planned write, in the plan's order.
  package internal(set) var files: [FileOutcome] = []
  package internal(set) var swappedOut: [SwappedOut] = []
  package internal(set) var madeFolders: [ExactText] = []
  package internal(set) var removedFolders: [ExactText] = []
  /// The writes stand, but the system could not say that they are on disk; the journal is kept.
  package internal(set) var notDurable: SystemFailure?

  /// Whether nothing is left to do. If not, the journal is kept: it is cleared with the transaction that records what
  /// a person saved meanwhile, or `recover` finds what a failure left.
  package var isSettled: Bool {
    notDurable == nil && !foundEdits
      && !files.contains { file in if case .failed = file.state { true } else { false } }
  }

  /// Whether a person saved while the plan was carried out.
  package var foundEdits: Bool {
    files.contains { file in
      if case .changed = file.state { true } else { file.late != nil }
    }
  }
}

package struct FileOutcome: Equatable, Sendable {
  package var state: State
  /// A save that fell between the last look and the swap: an edit of what the file was before. Found where it was
  /// swapped out, and nowhere else.
  package var late: [UInt8]?

  package init(state: State, late: [UInt8]? = nil) {
    self.state = state
    self.late = late
  }

  package enum State: Equatable, Sendable {
    /// The file is as planned. Its stamp, for the index, unless somebody has saved since.
    case written(FileStamp?)
    /// The file was not touched: it is no longer what it was, but these bytes, or nothing.
    case changed([UInt8]?)
    /// The file was not touched: a folder, a link or another thing stands there, or in the place of its folder.
    case obstructed
    case failed(SystemFailure)
  }
}

/// Nothing of the plan was carried out.
package enum FolderWriteFailure: Error {
  case readOnly(folder: ExactText)
  /// Disk full, among others.
  case notPrepared(SystemFailure)
  /// What the store said.
  case journal(any Error)
}
