package import Bytes
package import History
package import Merge

/// What takes back what one change did to an entry: in the newest version, and nothing that anybody else did.
package struct EntryInverse: Sendable {
  package let entry: EntryID
  /// To be made on the newest version; none where nothing is left to take back.
  package let operations: [Operation]
  /// What stays as it is, since it is somebody else's by now.
  package let left: [Left]

  package struct Left: Equatable, Sendable {
    package let subject: Subject
    /// The changes that made it so.
    package let changes: [ChangeRef]
  }

  package enum Subject: Equatable, Sendable {
    case field(ExactText)
    case path
    case text
    /// The whole entry stays: it was created by the change, and others have worked on it since.
    case entry
    /// The whole entry stays deleted.
    case deletion
    /// That it was deleted by some while others were writing cannot be put in question again.
    case dispute
  }
}

extension Replica {
  /// What takes back a change, by entry, in the order in which it touched them.
  ///
  /// A field becomes what it would be without the change and without those that are taken back already: the values that
  /// it had, each with whoever set it, or a colleague's later one. Costs the history of each entry, once.
  package mutating func inverse(of index: ChangeIndex) throws(ReplicaError) -> [EntryInverse] {
    let change = try change(at: index)
    var entries: [EntryID] = []
    for (place, operation) in change.operations.enumerated() {
      if let id = operation.entry(at: place, of: change.ref), !entries.contains(id) { entries.append(id) }
    }
    var inverses: [EntryInverse] = []
    for id in entries {
      guard let now = try entry(id) else { continue }
      let past = try past(of: id)
      guard let place = past.place(of: index) else { continue }
      var maker = InverseMaker(change, at: place, in: past, now)
      inverses.append(try maker.inverse())
    }
    return inverses
  }
}

/// Compares an entry as it is with what it would be without one change.
private struct InverseMaker {
  private let change: Change
  private let place: Int
  private let past: EntryPast
  private let now: EntryState
  /// What counts for nothing: the change, and what is taken back already.
  private let skipped: Set<Int>
  private var operations: [Operation] = []
  private var left: [EntryInverse.Left] = []

  init(_ change: Change, at place: Int, in past: EntryPast, _ now: EntryState) {
    (self.change, self.place, self.past, self.now) = (change, place, past, now)
    skipped = past.voided(leaving: place).union([place])
  }

  mutating func inverse() throws(ReplicaError) -> EntryInverse {
    guard let without = past.state(without: skipped) else {
      throw .storage(.damaged("entry \(now.id.creation.change.seq) has no creation"))
    }
    let creation = past.indices.isEmpty ? nil : past.changes.firstIndex { $0.ref == now.id.creation.change }
    let isCreated = creation.map { !skipped.contains($0) } ?? true
    let othersTouches = without.touches.filter { $0 != without.creation }
    let livesWithout = isCreated ? without.life != .deleted : !othersTouches.isEmpty
    let isCreator = change.ref == now.id.creation.change
    if isCreator && livesWithout {
      leave(.entry, othersTouches.map(\.change))
    } else if isCreator && now.life != .deleted {
      operations = [.delete(now.id)]
    } else {
      try takeBack(without, livesWithout: livesWithout)
    }
    return EntryInverse(entry: now.id, operations: operations, left: left)
  }

  /// Whether the change, as far as it goes, left the entry deleted; nil where it did neither delete nor keep it.
  private var deletes: Bool? {
    var deletes: Bool?
    for operation in change.operations {
      switch operation {
      case .delete(now.id): deletes = true
      case .keep(now.id): deletes = false
      default: break
      }
    }
    return deletes
  }

  private mutating func takeBack(_ without: EntryState, livesWithout: Bool) throws(ReplicaError) {
    let lives = deletes == nil ? now.life != .deleted : livesWithout
    if now.life == .deleted && !lives && deletes != true {
      leave(.deletion, now.deletions.map(\.change))
      return
    }
    takeBackLife(without, lives: lives)
    takeBackRegisters(without)
    takeBackElements(without)
    try takeBackText()
    if !lives && (now.life != .deleted || !operations.isEmpty) { operations.append(.delete(now.id)) }
    if now.life == .deleted && !lives && operations.isEmpty { leave(.deletion, now.deletions.map(\.change)) }
  }

  private mutating func takeBackLife(_ without: EntryState, lives: Bool) {
    guard lives, let deletes else { return }
    if now.life == .deleted {
      operations.append(.keep(now.id))
    } else if now.life != .alive && without.life == .alive && deletes {
      operations.append(.keep(now.id))
    }
    if case .disputed(let deletions, let edits) = without.life {
      if case .disputed = now.life { return }
      leave(.dispute, (deletions + edits).map(\.change))
    }
  }

  // MARK: Fields

  private mutating func takeBackRegisters(_ without: EntryState) {
    var seen: Set<RegisterKey> = []
    for case .set(now.id, let key, _) in change.operations where seen.insert(key).inserted {
      let (current, wanted) = (now.register(key)?.openValues ?? [], without.register(key)?.openValues ?? [])
      if key.role.isListed {
        if current.map(Side.init) == wanted.map(Side.init) {
          leaveIfOthers(key, current)
        } else {
          let values = wanted.map { RegisterValue(content: $0.value.content, from: $0.event) }
          operations.append(.set(now.id, key, values.isEmpty ? [.absent] : values))
        }
      } else if key.role == .attribute {
        // Tags are among them: of each value it is known who set it.
        if current.map(\.value.content) != wanted.map(\.value.content) {
          let values = wanted.map { RegisterValue(content: $0.value.content, from: $0.event) }
          operations.append(.set(now.id, key, values.isEmpty ? [.absent] : values))
        }
      } else if current.first?.value.content != wanted.first?.value.content {
        operations.append(.set(now.id, key, [RegisterValue(content: wanted.first?.value.content)]))
      }
    }
  }

  /// A value of a field, and who set it.
  private struct Side: Equatable {
    let content: RegisterValue.Content?
    let event: OperationRef

    init(_ member: Register.Member) { (content, event) = (member.value.content, member.event) }
  }

  private mutating func leaveIfOthers(_ key: RegisterKey, _ members: [Register.Member]) {
    let changes = members.map(\.event.change).filter { $0 != change.ref }
    guard !changes.isEmpty else { return }
    leave(key.role == .path ? .path : .field(key.name), changes)
  }

  private mutating func takeBackElements(_ without: EntryState) {
    var seen: Set<Element> = []
    for operation in change.operations {
      let element: Element
      switch operation {
      case .add(now.id, let field, let text, _): element = Element(field: field, element: text)
      case .remove(now.id, let field, let text): element = Element(field: field, element: text)
      default: continue
      }
      guard seen.insert(element).inserted else { continue }
      switch (now.place(of: element), without.place(of: element)) {
      case (_?, nil): operations.append(.remove(now.id, field: element.field, element.element))
      case (let current, let wanted?) where current != wanted:
        operations.append(.add(now.id, field: element.field, element.element, at: wanted))
      default: break
      }
    }
  }

  // MARK: Text

  private mutating func takeBackText() throws(ReplicaError) {
    guard change.operations.contains(where: { if case .edit(now.id, _) = $0 { true } else { false } }) else { return }
    let text = TextPast(past)
    guard let edit = text.edit(of: place) else { return }
    let alive = text.trace.isAlive.reduce(0) { $0 + ($1 ? 1 : 0) }
    guard alive == now.body.scalarCount else { throw .storage(.damaged("a text that its history does not make")) }
    let known = past.known(to: place)
    let edits = text.inverse(of: edit) {
      skipped.contains(text.changes[$0])
    } isKnown: {
      known[text.changes[$0]]
    }
    if edits.isEmpty {
      let deleters = text.changes.indices.filter { other in
        other != edit && !skipped.contains(text.changes[other])
          && text.trace.deleted(by: other).contains { text.trace.inserted(by: edit).contains($0) }
      }
      let changes = deleters.map { past.changes[text.changes[$0]].ref }
      if !changes.isEmpty { leave(.text, changes) }
    } else {
      // Each of a size that a change may have.
      operations += edits.cut(to: ChangeLimits.insertion).map { .edit(now.id, $0) }
    }
  }

  private mutating func leave(_ subject: EntryInverse.Subject, _ changes: [ChangeRef]) {
    left.append(EntryInverse.Left(subject: subject, changes: Array(Set(changes)).sorted()))
  }
}

/// An element of a field.
private struct Element: Hashable {
  let field: ExactText
  let element: SetElement
}

extension EntryState {
  /// Where an element of a field stands; nil where it is not there.
  fileprivate func place(of element: Element) -> OrderKey? {
    set(element.field)?.elements.first { $0.element == element.element }?.order
  }
}

extension Register.Member {
  /// The event that first set the value.
  package var event: OperationRef { value.from ?? stamp.operation }
}

extension [TextEdit] {
  /// Parts of edits that follow each other, of at most so many inserted bytes where one edit alone has no more.
  fileprivate func cut(to limit: Int) -> [[TextEdit]] {
    var parts: [[TextEdit]] = [[]]
    var bytes = 0
    for edit in self {
      if bytes > 0 && bytes + edit.inserted.bytes.count > limit {
        parts.append([])
        bytes = 0
      }
      parts[parts.count - 1].append(edit)
      bytes += edit.inserted.bytes.count
    }
    return parts
  }
}
