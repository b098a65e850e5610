import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// The time zone that the visit names, as it is typed there; nil where it names none.
  package func zone() throws(BookError) -> String? {
    try transaction { workbench throws(BookError) in
      try workbench.visit()?.register(RegisterKey(.value, "zone"))?.shown.content?.plain.string
    }
  }
}
