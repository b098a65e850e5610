import History
import Replica
import ReplicaStore

/// What `undo` or `redo` takes: of both sides of the book, where one look at the folder found a file that was moved from
/// one to the other.
struct NextStep {
  var shared: OwnSteps.Step?
  var hidden: OwnSteps.Step?
  var secret: LocalBook?
  /// What crossed, where both sides are taken.
  var crossing: Crossing?
}

extension LocalBook {
  /// What is to be taken next.
  func next(_ direction: OwnSteps.Direction) throws(BookError) -> NextStep {
    let shared = try standing(direction)
    guard let secret = try privateSide() else { return NextStep(shared: shared.step) }
    let hidden = try secret.standing(direction)
    let (ownNext, hiddenNext) = (
      NextStep(shared: shared.step, secret: secret), NextStep(hidden: hidden.step, secret: secret)
    )
    switch (shared.step, hidden.step) {
    case (let one?, let other?):
      if let crossing = try secret.crossing(of: other.original, with: one.original) {
        return NextStep(shared: one, hidden: other, secret: secret, crossing: crossing)
      }
      return try secret.isLater(other.last, than: one.last) ? hiddenNext : ownNext
    // An edit on one side ends what could be done again on the other.
    case (let one?, nil):
      guard direction == .redo, let edit = hidden.lastEdit else { return ownNext }
      return try secret.isLater(edit, than: one.last) ? NextStep() : ownNext
    case (nil, let other?):
      guard direction == .redo, let edit = shared.lastEdit else { return hiddenNext }
      return try secret.isLater(other.last, than: edit) ? hiddenNext : NextStep()
    case (nil, nil): return NextStep()
    }
  }

  /// Whether a change of this side, the private one, was made after a shared one: by the clock, and within a second by
  /// how many shared changes there were.
  private func isLater(_ own: ChangeRow, than shared: ChangeRow) throws(BookError) -> Bool {
    if own.time != shared.time { return own.time > shared.time }
    let count = try transaction { workbench throws(BookError) in
      try workbench.number(SettingName.sharedChanges(before: own.index))
    }
    return count.map { $0 > UInt64(shared.index.int) } ?? false
  }

  /// What crossed, where a change of this side, the private one, and a shared one are what one look at the folder found.
  private func crossing(of own: ChangeRow, with shared: ChangeRow) throws(BookError) -> Crossing? {
    let crossing = try transaction { workbench throws(BookError) in try workbench.crossing(of: own.index) }
    return crossing?.change == shared.id ? crossing : nil
  }

  private func standing(
    _ direction: OwnSteps.Direction
  ) throws(BookError) -> (step: OwnSteps.Step?, lastEdit: ChangeRow?) {
    try transaction { workbench throws(BookError) in
      var steps = try OwnSteps(&workbench)
      let step = try steps.last(direction) { row throws(BookError) in try workbench.isEdit(row) }
      return (step, try steps.lastEdit { row throws(BookError) in try workbench.isEdit(row) })
    }
  }
}

extension Workbench {
  /// Whether a change did anything to an entry.
  fileprivate mutating func isEdit(_ row: ChangeRow) throws(BookError) -> Bool {
    let change = try replicated { replica throws(ReplicaError) in try replica.change(at: row.index) }
    return change.operations.enumerated().contains { $0.element.entry(at: $0.offset, of: change.ref) != nil }
  }
}
