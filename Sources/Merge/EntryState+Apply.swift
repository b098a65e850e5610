package import History

extension EntryState {
  /// Takes an operation on this entry; one on another, or by somebody who has not seen it created, changes nothing.
  ///
  /// Operations come in a topological order. `isBelow` answers for the parents of the stamp's change.
  package mutating func apply(
    _ operation: Operation, at stamp: Stamp, isBelow: (ChangeRef) -> Bool
  ) -> BodyOutcome {
    guard operation.entry == id, creation.isBelow(stamp, isBelow) else { return .settled }
    if case .delete = operation {
      delete(at: stamp, isBelow: isBelow)
      return .settled
    }
    touch(at: stamp, isBelow: isBelow)
    switch operation {
    case .set(_, let key, let values):
      let place = place(of: key)
      if place == registers.count || registers[place].key != key {
        registers.insert(KeyedRegister(key: key, register: Register()), at: place)
      }
      registers[place].register.set(values, at: stamp, isBelow: isBelow)
    case .add(_, let field, let element, let order):
      let place = place(ofSet: field)
      if place == sets.count || sets[place].field != field {
        sets.insert(FieldSet(field: field, set: ElementSet()), at: place)
      }
      sets[place].set.add(element, at: order, stamp: stamp, isBelow: isBelow)
    case .remove(_, let field, let element):
      let place = place(ofSet: field)
      guard place < sets.count, sets[place].field == field else { break }
      sets[place].set.remove(element, stamp: stamp, isBelow: isBelow)
      if sets[place].set.isEmpty { sets.remove(at: place) }
    case .edit(_, let edits):
      return edit(edits, at: stamp, isBelow: isBelow)
    case .delete, .keep, .unknown, .create, .introduce, .found, .need: break
    }
    return .settled
  }

  /// Takes the edits that `TextHistory` made of the waiting ones, and the heads that the body has with them.
  package mutating func rewriteBody(_ edits: [TextEdit], heads: [ChangeRef]) {
    text.apply(edits)
    bodyHeads = heads.sorted()
    bodyEdits += waitingEdits
    waitingEdits = 0
  }

  private mutating func edit(
    _ edits: [TextEdit], at stamp: Stamp, isBelow: (ChangeRef) -> Bool
  ) -> BodyOutcome {
    guard waitingEdits == 0, bodyHeads.allSatisfy({ $0 == stamp.change || isBelow($0) }) else {
      waitingEdits += 1
      return .concurrent
    }
    text.apply(edits)
    bodyHeads = [stamp.change]
    bodyEdits += 1
    return .settled
  }

  /// What a deletion has seen needs no memory: whoever has seen the deletion later has seen that, too.
  private mutating func delete(at stamp: Stamp, isBelow: (ChangeRef) -> Bool) {
    touches.removeAll { $0.isBelow(stamp, isBelow) }
    deletions.removeAll { $0.isBelow(stamp, isBelow) }
    deletions.insert(stamp, at: deletions.partitioningIndex { $0 > stamp })
  }

  private mutating func touch(at stamp: Stamp, isBelow: (ChangeRef) -> Bool) {
    touches.removeAll { $0.isBelow(stamp, isBelow) }
    deletions.removeAll { $0.isBelow(stamp, isBelow) }
    touches.insert(stamp, at: touches.partitioningIndex { $0 > stamp })
  }
}
