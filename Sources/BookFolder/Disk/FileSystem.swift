/// The calls that folder and file system have with each other, so that a test can stand between them. A name is one
/// component, never a path, and no call follows a symbolic link.
package protocol FileSystem: Sendable {
  /// The only call that takes a path as a person gives it, and follows links.
  func openRoot(_ path: String) throws(SystemFailure) -> Directory
  func openFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> Directory
  func makeFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure)
  /// Fails with ENOTEMPTY where something is in it.
  func removeFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure)
  /// In no order; without `.` and `..`.
  func list(_ folder: Directory) throws(SystemFailure) -> [DirectoryEntry]
  /// Nil where there is nothing.
  func status(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> FileStatus?
  /// The bytes of a file, and its status before and after they were read; nil bytes where it is no regular file or
  /// longer than the limit.
  func read(_ name: [UInt8], in folder: Directory, limit: Int) throws(SystemFailure) -> FileReading
  /// A new file; fails with EEXIST.
  func create(_ name: [UInt8], in folder: Directory, _ bytes: [UInt8], like: FileStatus?, flush: Bool)
    throws(SystemFailure)
  /// Swaps what two names stand for, in one step.
  func exchange(_ one: [UInt8], in oneFolder: Directory, with other: [UInt8], in otherFolder: Directory)
    throws(SystemFailure)
  /// Fails with EEXIST where the new name stands for something.
  func move(_ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory) throws(SystemFailure)
  /// Renames, and replaces what the new name stands for: for names of Valise's own.
  func take(_ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory) throws(SystemFailure)
  /// As `move`, where the file system has no such call: a second name for the file, then the first one goes.
  func moveByLink(_ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory)
    throws(SystemFailure)
  func remove(_ name: [UInt8], in folder: Directory) throws(SystemFailure)
  func flush(_ folder: Directory) throws(SystemFailure)
  /// Flushes everything on the file system that holds the folder.
  func flushAll(_ folder: Directory) throws(SystemFailure)
  func mayWrite(_ folder: Directory) -> Bool
}

/// What the system refused, in its own words.
package struct SystemFailure: Error, Equatable, Sendable {
  package let call: String
  /// errno.
  package let code: Int32

  package init(_ call: String, _ code: Int32) {
    self.call = call
    self.code = code
  }
}

/// What a name stands for.
package enum FileKind: Sendable {
  case regular
  case folder
  case link
  case other
}

package struct DirectoryEntry: Sendable {
  package let name: [UInt8]
  /// Nil where only a look at the file can tell.
  package let kind: FileKind?
}

package struct FileStatus: Equatable, Sendable {
  package let kind: FileKind
  package let stamp: FileStamp
  /// Permission bits.
  package let mode: UInt32
  package let user: UInt32
  package let group: UInt32
}

package struct FileReading: Sendable {
  package let bytes: [UInt8]?
  package let before: FileStatus
  package let after: FileStatus

  package init(bytes: [UInt8]?, before: FileStatus, after: FileStatus) {
    self.bytes = bytes
    self.before = before
    self.after = after
  }
}

/// By what a file that has not changed is known: any difference counts, whichever way clocks went.
package struct FileStamp: Hashable, Sendable {
  package let size: Int64
  /// Nanoseconds since 1970.
  package let modified: Int64
  /// Nanoseconds since 1970, of the last change of content or status.
  package let changed: Int64
  package let inode: UInt64
  package let device: UInt64

  package init(size: Int64, modified: Int64, changed: Int64, inode: UInt64, device: UInt64) {
    self.size = size
    self.modified = modified
    self.changed = changed
    self.inode = inode
    self.device = device
  }

  /// Whether a save after `now`, when a look began, would show in the stamp: the file had been left alone for longer
  /// than the file system's times are coarse.
  ///
  /// Times with a rest below the second come from the kernel's clock, which ticks every 10 ms at worst; others may be of
  /// a file system that counts in seconds, or in two (FAT).
  package func isCertain(at now: Int64) -> Bool {
    let isFine = modified % 1_000_000_000 != 0 && changed % 1_000_000_000 != 0
    let grain: Int64 = isFine ? 100_000_000 : 2_000_000_000
    return modified < now - grain && changed < now - grain
  }
}
