import BookFolder

/// A journal that survives what the test calls a crash, and takes nothing from a program that is dead.
final class MemoryJournal: WriteJournal {
  private(set) var plan: WritePlan?
  private(set) var copies: [SwappedOut] = []
  var isDead: () -> Bool = { false }

  func begin(_ plan: WritePlan) throws { self.plan = plan }

  func clear(keeping copies: [SwappedOut]) throws {
    if isDead() { return }
    plan = nil
    self.copies += copies
  }
}
