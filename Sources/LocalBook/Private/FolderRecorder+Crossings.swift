import BookFolder
import Bytes
import History
import Replica
import ReplicaStore
import TextDiff

/// Files that a person moved from one side to the other.
struct Crossings {
  /// Out of `private/`: shared, as new entries.
  var shared: [Rename] = []
  /// Into it: deleted for everybody else.
  var hidden: [Rename] = []

  /// What is said about each.
  var notices: [String] {
    shared.map {
      "Shared: \($0.from.string) is \($0.to.string) now, a new file for everybody; its drafts stay here."
    }
      + hidden.map {
        "Private now: \($0.from.string) is \($0.to.string); for everybody else it is deleted, and its history stays."
      }
  }
}

extension FolderRecorder {
  /// Files that are gone on one side and new on the other.
  mutating func findCrossings(_ secret: inout FolderRecorder?) throws(BookError) -> Crossings {
    guard var other = secret else { return Crossings() }
    let found = Crossings(shared: try other.crossings(to: self), hidden: try crossings(to: other))
    // What is shared now is no loss; what was taken from everybody is one, however it was meant.
    other.movedAway = Set(found.shared.map(\.from))
    secret = other
    return found
  }

  /// Remembers which change of either side has a half of it: `undo` takes back both. Of the private side, once all is
  /// recorded; what took several changes is not told apart, and is taken back side by side.
  func note(_ crossings: Crossings, with shared: FolderRecorder) throws(BookError) {
    guard recording.count == 1, shared.recording.count == 1, let own = workbench.replica.tip.own?.index,
      let other = shared.workbench.replica.tip.own
    else { return }
    let row = try shared.workbench.stored { storage throws(StorageError) in try storage.row(at: other.index) }
    guard let row else { return }
    let out = crossings.shared.compactMap { file in
      Crossing.File(shared: shared.index.owner(of: file.to), hidden: old.owner(of: file.from))
    }
    let into = crossings.hidden.compactMap { file in
      Crossing.File(shared: shared.old.owner(of: file.from), hidden: index.owner(of: file.to))
    }
    if !(out + into).isEmpty { try workbench.put(Crossing(of: out + into, in: row.id), of: own) }
  }

  /// The files that are gone here, and that are new there.
  private mutating func crossings(to other: FolderRecorder) throws(BookError) -> [Rename] {
    guard !gone.isEmpty && !other.new.isEmpty else { return [] }
    return Renames.find(gone: try goneFiles(), new: other.new) { old, new in
      TextDiff.similarity(String(decoding: old, as: UTF8.self), String(decoding: new, as: UTF8.self))
    }
  }
}

extension Crossing.File {
  /// Nil for a file that one of the sides could not record.
  fileprivate init?(shared: EntryID?, hidden: EntryID?) {
    guard let shared, let hidden else { return nil }
    self.init(shared: shared, hidden: hidden)
  }
}
