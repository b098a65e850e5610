package import Bytes
package import History

/// The text of an entry's body at one version: made of the changes up to one that had seen every other edit then.
///
/// Kept so that a merge, and the passages of one, cost the edits since and not all there ever were. Nothing depends on it:
/// a storage may keep as few as it likes.
package struct BodyCheckpoint: Equatable, Sendable {
  /// The version's one head.
  package let index: ChangeIndex
  /// How many edit operations the text is made of.
  package let edits: Int
  package let text: ExactText

  package init(index: ChangeIndex, edits: Int, text: ExactText) {
    self.index = index
    self.edits = edits
    self.text = text
  }

  /// Edits after which the next one is made, of a text of so many bytes: so that it takes at most 64 bytes an edit.
  package static func step(bytes: Int) -> Int { max(256, bytes / 64) }
}

extension ReplicaStorage {
  /// The part of a body's history from its newest checkpoint on that some changes, and whoever asks, have seen; all of it
  /// where there is none.
  ///
  /// - Parameters:
  ///   - arriving: changes that are not stored yet, ascending.
  ///   - isSeen: whether a checkpoint lies below everything that is asked for.
  func bodyHistory(
    of entry: EntryID, arriving: [ChangeIndex] = [], in graph: EventGraph, isSeen: (ChangeIndex) -> Bool = { _ in true }
  ) throws(StorageError) -> BodyHistory {
    var before: ChangeIndex?
    while let checkpoint = try checkpoint(of: entry, before: before) {
      // Twice as far back each time: somebody who was away for long costs what he missed, and not its square.
      before = ChangeIndex(max(0, 2 * checkpoint.index.int - graph.count))
      guard isSeen(checkpoint.index) else { continue }
      let touches = try touches(of: entry, after: checkpoint.index).filter { !$0.shapes.isEmpty }
      var cursor = PastCursor(at: graph)
      let isBelowAll = (touches.map(\.index) + arriving).allSatisfy { index in
        cursor.move(to: graph.parents(of: index), in: graph)
        return cursor.contains(checkpoint.index)
      }
      if isBelowAll { return BodyHistory(checkpoint: checkpoint, touches: touches) }
    }
    return BodyHistory(checkpoint: nil, touches: try touches(of: entry).filter { !$0.shapes.isEmpty })
  }
}

/// A body's history from a checkpoint on.
struct BodyHistory {
  /// Nil: from the beginning.
  let checkpoint: BodyCheckpoint?
  /// The changes behind it that edited the body, in order of arrival.
  let touches: [Touch]
}
