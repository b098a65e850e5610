import Formats
import History
import Merge
import Replica
import Signing

/// A book merged from the runs of a file: its newest version, and every one before.
struct Replayed {
  var replica: Replica
  /// Every entry of the newest version, deleted ones included, by id.
  let states: [EntryState]
}

extension Inspected {
  /// Every entry of the newest version, as far as it can be known: of a light snapshot as it says, else by replay.
  var states: [EntryState] { light?.entries ?? replayed()?.states ?? [] }

  /// The book that the runs make, each taken in as from a peer; a run that is refused is left out. Nil where nothing is
  /// taken: a bundle builds on what is not in it.
  func replayed() -> Replayed? {
    let storage = MemoryStorage()
    guard var replica = try? Replica(receiving: book, as: nil, storage, Signing.cryptography) else { return nil }
    if (try? replica.receive(runs)) == nil {
      for run in runs { _ = try? replica.receive([run]) }
    }
    guard replica.tip.count > 0 else { return nil }
    return Replayed(replica: replica, states: storage.entries().compactMap { storage.entry($0) })
  }
}
