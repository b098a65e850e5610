import Bytes
import History
package import Merge
package import Record
package import Replica
import ReplicaStore

/// All entries of one version of a book, read out of a file: as showing one of them needs the others.
package struct VersionEntries: EntryLookup {
  /// Deleted ones included, in the order that they were given in.
  package let states: [EntryState]
  private let byID: [EntryID: EntryState]
  private let placed: [PlacedEntry]
  /// Knows former names; nil where the file has no history.
  private let past: Replica?

  package init(_ states: [EntryState], past: Replica? = nil) {
    self.states = states
    self.past = past
    byID = Dictionary(states.map { ($0.id, $0) }) { first, _ in first }
    placed = states.compactMap { PlacedEntry($0) }.sorted { $0.stamp < $1.stamp }
  }

  /// What a display rule asks of the other entries, to show one of this book.
  package func context(of state: EntryState) throws(StorageError) -> DisplayContext {
    try BookContext(self, past: past).context(of: state)
  }

  /// The time zone that the visit names, as it is typed there; nil where it names none.
  package var zone: String? {
    entry(at: "visit.md").flatMap(entry)?.register(RegisterKey(.value, "zone"))?.shown.content?.plain.string
  }

  func entry(_ id: EntryID) -> EntryState? { byID[id] }
  func entry(at path: ExactText) -> EntryID? { placed.first { $0.path == path }?.id }
  func placedEntries() -> [PlacedEntry] { placed }
}
