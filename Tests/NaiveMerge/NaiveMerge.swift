package import Bytes
package import History

/// What changes mean together, by the definitions and nothing else: the slow twin that the merge has to agree with.
package struct NaiveMerge {
  private let past: Ancestors
  /// All operations with an entry, in order of arrival.
  private let events: [Event]

  private struct Event {
    let change: Int
    let stamp: Stamp
    let operation: Operation
  }

  /// Changes in any topological order.
  package init(_ changes: [Change]) {
    let past = Ancestors(changes)
    self.past = past
    events = changes.enumerated().flatMap { number, change in
      change.operations.enumerated().map { index, operation in
        Event(
          change: number, stamp: Stamp(lamport: past.lamports[number], operation: change.operationRef(index)),
          operation: operation)
      }
    }
  }

  /// The values of a register that no other set of it has seen, last first.
  package func values(_ key: RegisterKey, of entry: EntryID) -> [(stamp: Stamp, place: Int, value: RegisterValue)] {
    let sets = events.filter {
      if case .set(entry, key, _) = $0.operation { true } else { false }
    }
    return maximal(sets).sorted { $0.stamp > $1.stamp }.flatMap { event in
      guard case .set(_, _, let values) = event.operation else { return [(Stamp, Int, RegisterValue)]() }
      return values.enumerated().map { (event.stamp, $0.offset, $0.element) }
    }
  }

  /// The elements that some addition put there which no other operation on the same element has seen.
  package func elements(
    _ field: ExactText, of entry: EntryID
  ) -> [(element: SetElement, order: OrderKey, stamp: Stamp)] {
    var byElement: [SetElement: [Event]] = [:]
    for event in events {
      switch event.operation {
      case .add(entry, field, let element, _), .remove(entry, field, let element):
        byElement[element, default: []].append(event)
      default: break
      }
    }
    return byElement.values.compactMap { events -> (SetElement, OrderKey, Stamp)? in
      let additions = maximal(events).compactMap { event -> (SetElement, OrderKey, Stamp)? in
        guard case .add(_, _, let element, let order) = event.operation else { return nil }
        return (element, order, event.stamp)
      }
      return additions.max { $0.2 < $1.2 }
    }
    .sorted { ($0.1, $0.2) < ($1.1, $1.2) }
  }

  /// Whether there is a deletion, and each other operation on the entry is below one.
  package func isDeleted(_ entry: EntryID) -> Bool {
    let (deletions, touches) = life(entry)
    return !deletions.isEmpty && touches.allSatisfy { touch in deletions.contains { isBelow(touch, $0) } }
  }

  /// The last deletions that no other operation has seen, and the last other operations that no deletion has seen.
  package func dispute(_ entry: EntryID) -> (deletions: [Stamp], edits: [Stamp]) {
    let (deletions, touches) = life(entry)
    let standing = deletions.filter { deletion in !touches.contains { isBelow(deletion, $0) } }
    let unseen = touches.filter { touch in !deletions.contains { isBelow(touch, $0) } }
    return (maximal(standing).map(\.stamp).sorted(), maximal(unseen).map(\.stamp).sorted())
  }

  private func life(_ entry: EntryID) -> (deletions: [Event], touches: [Event]) {
    let own = events.filter { $0.operation.entry(at: Int($0.stamp.operation.index), of: $0.stamp.change) == entry }
    let deletions = own.filter { $0.operation == .delete(entry) }
    return (deletions, own.filter { $0.operation != .delete(entry) })
  }

  private func isBelow(_ a: Event, _ b: Event) -> Bool {
    a.change == b.change
      ? a.stamp.operation.index < b.stamp.operation.index : past.seen[b.change][a.change]
  }

  private func maximal(_ events: [Event]) -> [Event] {
    events.filter { event in !events.contains { isBelow(event, $0) } }
  }
}
