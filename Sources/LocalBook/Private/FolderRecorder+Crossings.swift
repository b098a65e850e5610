import BookFolder
import Bytes
import History
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

  /// The files that are gone here, and that are new there.
  private mutating func crossings(to other: FolderRecorder) throws(BookError) -> [Rename] {
    guard !gone.isEmpty && !other.new.isEmpty else { return [] }
    return Renames.find(gone: try goneFiles(), new: other.new) { old, new in
      TextDiff.similarity(String(decoding: old, as: UTF8.self), String(decoding: new, as: UTF8.self))
    }
  }
}
