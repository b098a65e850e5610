import BookFolder
import Bytes
import History
import Replica
import TextDiff

extension FolderRecorder {
  /// Files that a person moved from one side to the other, and what is said about each: moved out of `private/` a file
  /// is shared, as a new entry; moved into it, it is deleted for everybody else.
  mutating func noteCrossings(_ secret: inout FolderRecorder?) throws(BookError) -> [String] {
    guard var other = secret else { return [] }
    let shared = try other.crossings(to: self)
    let hidden = try crossings(to: other)
    // What is shared now is no loss; what was taken from everybody is one, however it was meant.
    other.movedAway = Set(shared.map(\.from))
    secret = other
    return shared.map {
      "Shared: \($0.from.string) is \($0.to.string) now, a new file for everybody; its drafts stay here."
    }
      + hidden.map {
        "Private now: \($0.from.string) is \($0.to.string); for everybody else it is deleted, and its history stays."
      }
  }

  /// Remembers which change of either side has a half of it: `undo` takes back both. Of the private side, once all is
  /// recorded; what took several changes is not told apart, and is taken back side by side.
  func noteCrossing(with shared: FolderRecorder) throws(BookError) {
    guard recording.count == 1, shared.recording.count == 1, let own = workbench.replica.tip.own?.index,
      let other = shared.workbench.replica.tip.own?.index
    else { return }
    try workbench.set(SettingName.crossing(of: own), to: UInt64(other.int))
  }

  /// The files that are gone here, and that are new there.
  private mutating func crossings(to other: FolderRecorder) throws(BookError) -> [Rename] {
    guard !gone.isEmpty && !other.new.isEmpty else { return [] }
    return Renames.find(gone: try goneFiles(), new: other.new) { old, new in
      TextDiff.similarity(String(decoding: old, as: UTF8.self), String(decoding: new, as: UTF8.self))
    }
  }
}
