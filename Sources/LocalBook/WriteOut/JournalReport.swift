import Bytes
package import Replica
package import ReplicaStore

/// Files that are being written, as a book's store remembers them: what a crash left, until the next command goes on.
package struct JournalReport: Equatable, Sendable {
  /// When the plan was made, in nanoseconds since 1970.
  package let plan: UInt64
  package let files: [File]

  package struct File: Equatable, Sendable {
    package let path: String
    /// Whether a file stood there, and whether one shall.
    package let wasThere: Bool
    package let shallBeThere: Bool
  }

  /// Nil where nothing is being written; `damaged` where what the store remembers does not decode.
  package init?(of storage: StoreTransaction) throws(StorageError) {
    guard let bytes = try storage.setting(SettingName.journal) else { return nil }
    do {
      let plan = try FolderPlan(encoded: bytes)
      self.plan = plan.id
      files = plan.steps.map {
        File(path: $0.path.string, wasThere: $0.leaving != nil, shallBeThere: $0.coming != nil)
      }
    } catch { throw .damaged("journal: \(error)") }
  }
}
