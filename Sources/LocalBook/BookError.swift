package import Formats
import History
import Merge
package import Replica
package import SyncProtocol

/// Why a use case did not do what was asked. The command line turns each into what happened, why, and what to type.
package enum BookError: Error, Sendable {
  /// No folder from here upwards is a book.
  case notABook(from: String)
  /// The folder, or one above it, is a book already.
  case insideBook(root: String)
  /// Another command holds the book, for longer than the 10 seconds that one waits.
  case busy(holder: String)
  /// `new` or `join` was interrupted before there was a book; the same command makes it, of what came where some did.
  case unfinished(root: String)
  /// `.valise` is there but cannot be used: what is missing or broken.
  case brokenBook(what: String)
  /// Something else stands at a path in `.valise` that a command needs, and makes where it is free.
  case inTheWay(String)
  /// More than a third of the entries, and more than five, are gone or empty at once.
  case emptied(gone: Int, of: Int, examples: [String])
  /// The same, together with what a watch has recorded as deleted a moment before.
  case emptiedBitByBit(gone: Int, before: Int, of: Int, examples: [String])
  /// The book that is watched is not there any more.
  case folderGone(root: String)
  /// `publish` when the book has a server, or `sync` when it has none.
  case alreadyPublished(url: String)
  case notPublished
  /// Not `valise://host[:port]/book`.
  case badURL(String)
  /// `join` into a folder that holds files of the same names.
  case collisions(paths: [String])
  case nameTaken(name: String, url: String)
  case noSuchBook(name: String, url: String)
  case noSuchVersion(String)
  case ambiguousVersion(String, matches: [String])
  /// Words that can name no version, and why.
  case notAVersion(String, VersionNameError)
  /// A tag that people gave to several versions at the same time.
  case ambiguousTag(String, places: [TagLine])
  /// A tag that names another version.
  case tagExists(String, places: [TagLine])
  case noSuchTag(String)
  /// One file was named before `@`, and another one behind.
  case twoFiles(String, String)
  case noSuchFile(String, nearest: String?)
  /// A version that has no such file: it came later or, where it is deleted there, was there before.
  case notInVersion(file: String, version: String, isDeleted: Bool)
  /// A file was named where a version of the whole book is; the version that was named behind `@`.
  case notAVersionButFile(String, version: String?)
  /// A version of the book, which has nothing of `private/`, was named for something there.
  case notAPrivateVersion(String)
  /// A version of a file that no file may be like; what is the matter with it.
  case notBroughtBack(file: String, Trouble.Why, version: String)
  /// Nothing that this laptop did is left to take back, or to do again.
  case nothingToUndo
  case nothingToRedo
  /// A change, by its short hash, in which a newer program did what this one does not know.
  case cannotUndo(change: String)
  case noSuchConflict(String)
  /// `--take` names nobody who has a side in the conflict, `FILE:FIELD`; the names that have one.
  case noSuchSide(String, in: String, sides: [String])
  /// A value that the conflict, `FILE:FIELD`, cannot be settled to; one that would do.
  case invalidValue(in: String, why: String, suggestion: String?)
  /// The server refused, in its own words; the code is the wire's.
  case refused(code: UInt16, detail: String)
  /// The server was not reached, or not to the end: nothing that was asked is done.
  case offline(SyncSummary.Offline)
  /// A join was broken off; so many changes came, and are kept for the same command to go on with.
  case joinBrokeOff(SyncSummary.Offline, changes: Int, at: String)
  /// The network or the server broke off, or answered what it must not.
  case sync(SyncFailure)
  case storage(StorageError)
  case replica(ReplicaError)
  /// A system call on a file failed: what was being done, on what, and the system's number.
  case file(doing: String, path: String, errno: Int32)
  /// A file is no bundle and no snapshot, or is damaged: what is wrong, and where.
  case badFile(path: String, FormatError)
  /// A file that was to be written is there.
  case fileExists(path: String)
  /// A bundle or a snapshot of another book.
  case fileOfAnotherBook(path: String)
  /// A bundle goes on from changes that are not here.
  case fileLacksChanges(path: String)
  /// Files cannot be written there; what is recorded is safe.
  case readOnlyFolder(String)
  /// A file that `share` leaves in its place.
  case notShared(String, NotShared)
  /// A peer's book needs a newer program to write files.
  case newerSchema(level: UInt64)

  package init(_ error: StorageError) { self = .storage(error) }

  package init(_ error: ReplicaError) {
    if case .storage(let error) = error { self = .storage(error) } else { self = .replica(error) }
  }
}
