import BookFolder
import GRDB
package import Replica

extension BookSide {
  /// What the names of its tables in the store begin with.
  var prefix: String { self == .shared ? "" : "private_" }
}

extension StoreTransaction {
  /// Whether anything was ever kept on this side.
  package func exists() throws(StorageError) -> Bool {
    try ask { try $0.tableExists(side.prefix + "setting") }
  }

  /// Makes the tables of this side.
  package func create() throws(StorageError) {
    try ask { try $0.execute(sql: ReplicaStore.schema(for: side)) }
  }
}
