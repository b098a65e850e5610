import BookFolder
import Bytes
import Replica
import ReplicaStore

/// The guard before a folder that is emptied (F6), where a watch looks on while that happens.
extension LocalBook {
  /// Whether a watch has found that files are gone, and others may be going: nothing is recorded until they rest.
  func areGoing(_ gone: [ExactText]) -> Bool {
    deletions?.with { $0.areGoing(Set(gone), at: environment.ticks()) } ?? false
  }

  /// Stops where so much is gone that no person can have meant it, in what a watch has just recorded and now.
  func requireNotEmptied(_ recorder: FolderRecorder) throws(BookError) {
    let (side, now) = (recorder.workbench.book.side, environment.ticks())
    let before = max(
      deletions?.with { $0.lately(side, at: now) } ?? 0, try recorder.workbench.rememberedDeletions())
    let (emptied, together) = (recorder.emptied(), recorder.emptied(after: before))
    if emptied ?? together != nil { deletions?.with { $0.stop() } }
    let examples = recorder.goneExamples
    if let emptied {
      throw .emptied(gone: emptied.gone + emptied.emptied, of: emptied.known, examples: examples)
    }
    if let together {
      let gone = together.gone + together.emptied - before
      throw .emptiedBitByBit(gone: gone, before: before, of: together.known, examples: examples)
    }
  }

  /// A watch has stopped before the rest of a folder that goes. Neither another command nor the next watch takes that
  /// rest for something small.
  func rememberDeletions() throws(BookError) {
    guard let deletions else { return }
    let now = environment.ticks()
    try transaction { workbench throws(BookError) in
      for side in [BookSide.shared, .private] {
        let count = deletions.with { $0.lately(side, at: now) }
        if count == 0 { continue }
        try workbench.set(SettingName.deletedBefore, to: UInt64(count), in: workbench.storage.on(side))
      }
    }
  }
}

extension Workbench {
  /// How many deletions a watch had recorded when it stopped before others.
  func rememberedDeletions() throws(BookError) -> Int {
    // No book has more; a damaged store must not make a sum overflow.
    Int(clamping: min(try number(SettingName.deletedBefore) ?? 0, 1 << 32))
  }

  /// What is gone now is recorded, or nothing is.
  func forgetDeletions() throws(BookError) {
    guard try number(SettingName.deletedBefore) != nil else { return }
    try stored { storage throws(StorageError) in try storage.set(SettingName.deletedBefore, to: nil) }
  }
}
