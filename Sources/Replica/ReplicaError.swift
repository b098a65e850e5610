package import Formats
package import History

/// Why a replica does not do what it was asked.
package enum ReplicaError: Error, Equatable, Sendable {
  case storage(StorageError)
  case history(HistoryError)
  case format(FormatError)
  case change(ChangeError)
  /// A run's signature is missing or is not its device's.
  case signature(ChangeRef)
  /// A device's first change does not introduce it, or its key does not make its id.
  case uncertified(DeviceID)
  /// A second root, or a root that does not make this book's id.
  case foreignRoot(ChangeRef)
  /// The store holds no book yet, or holds one already.
  case noBook
  case bookExists(BookID)
  /// A version names a change that is not here.
  case noSuchVersion
}
