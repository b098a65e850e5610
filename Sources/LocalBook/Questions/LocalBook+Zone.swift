import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// The time zone that the visit names, as it is typed there; nil where it names none.
  package func zone() throws(BookError) -> String? {
    try transaction { workbench throws(BookError) in
      let visit = try workbench.stored { storage throws(StorageError) in
        try storage.placedEntries().first { $0.path == "visit.md" }
      }
      guard let visit, let state = try workbench.entry(visit.id) else { return nil }
      return state.register(RegisterKey(.value, "zone"))?.shown.content?.plain.string
    }
  }
}
