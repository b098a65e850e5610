import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension Workbench {
  /// Who settled what waited for a decision, and on which value; nil where it was nobody whose changes came just now.
  mutating func decision(
    _ key: ConflictKey, _ arrival: Arrival, _ places: [EntryID: ExactText]
  ) throws(BookError) -> SettledConflict? {
    guard let state = try entry(key.entry) else { return nil }
    var writers = state.writers(of: key.subject).filter(arrival.refs.contains)
    // A later edit of an entry that was kept says nothing about who kept it.
    if key.subject == .deletion, let last = arrival.resolved[key]?.last { writers = [last] }
    guard !writers.isEmpty else { return nil }
    return try settled(key, of: state, by: try people(of: writers), places)
  }

  /// The conflicts that were there before this laptop's own edits and are not any more.
  mutating func settledHere(
    since before: Set<ConflictKey>, _ places: [EntryID: ExactText]
  ) throws(BookError) -> [SettledConflict] {
    guard !before.isEmpty else { return [] }
    let name = try replica.tip.device.map { device throws(BookError) in try person(device) } ?? ""
    var found: [SettledConflict] = []
    for key in before.subtracting(try conflictKeys()).sorted() {
      if let state = try entry(key.entry) { found.append(try settled(key, of: state, by: [name], places)) }
    }
    found.sortStably { ExactText($0.path) < ExactText($1.path) }
    return found
  }

  private func settled(
    _ key: ConflictKey, of state: EntryState, by people: [String], _ places: [EntryID: ExactText]
  ) throws(BookError) -> SettledConflict {
    SettledConflict(
      path: (places[key.entry] ?? EntryView.path(of: state)).string, field: key.subject.name,
      value: try value(of: key.subject, state), people: people)
  }

  /// An entry that stays though somebody deleted it, since somebody else was writing.
  mutating func kept(
    _ id: EntryID, _ places: [EntryID: ExactText]
  ) throws(BookError) -> SyncSummary.Kept? {
    guard let state = try entry(id), case .disputed(let deletions, let edits) = state.life else { return nil }
    return SyncSummary.Kept(
      path: (places[id] ?? EntryView.path(of: state)).string, deletedBy: try people(of: deletions.map(\.change)),
      editedBy: try people(of: edits.map(\.change)))
  }

  /// What several people settled at the same time, each in another way: a conflict again. Nil where two sides of it are
  /// no decisions.
  mutating func settledApart(
    _ key: ConflictKey, _ places: [EntryID: ExactText]
  ) throws(BookError) -> SyncSummary.SettledApart? {
    guard let state = try entry(key.entry),
      let conflict = EntryConflict.all(in: state).first(where: { $0.subject == key.subject })
    else { return nil }
    var ways: [SyncSummary.SettledApart.Way] = []
    for side in conflict.sides where try isDecision(side.change, on: key) {
      ways.append(SyncSummary.SettledApart.Way(value: side.value.text, person: try person(side.change.device)))
    }
    guard ways.count > 1 else { return nil }
    return SyncSummary.SettledApart(
      path: (places[key.entry] ?? EntryView.path(of: state)).string, field: key.subject.name,
      ways: ways.sorted { ExactText($0.person) < ExactText($1.person) })
  }

  /// Whether whoever made the change had the conflict before them.
  private mutating func isDecision(_ ref: ChangeRef, on key: ConflictKey) throws(BookError) -> Bool {
    let graph = try replicated { replica throws(ReplicaError) in try replica.graph() }
    guard let index = graph.index(of: ref) else { return false }
    // Few entries have a past with a meeting in it; to replay one is costly.
    let touches = try stored { storage throws(StorageError) in try storage.touches(of: key.entry) }.map(\.index)
    guard Self.isMeeting(among: touches, below: index, in: graph) else { return false }
    let seen = graph.version(of: graph.parents(of: index))
    let state = try replicated { replica throws(ReplicaError) in try replica.entry(key.entry, at: seen) }
    return state.map { EntryConflict.all(in: $0).contains { $0.subject == key.subject } } ?? false
  }

  /// Whether two devices' changes, of those that a change was made on, did not know of each other.
  private static func isMeeting(among touches: [ChangeIndex], below index: ChangeIndex, in graph: EventGraph) -> Bool {
    var past = PastCursor(at: graph)
    past.move(to: graph.parents(of: index), in: graph)
    var cursor = PastCursor(at: graph)
    var last: [DeviceID: ChangeIndex] = [:]
    for touch in touches where past.contains(touch) {
      let device = graph.ref(at: touch).device
      cursor.move(to: graph.parents(of: touch), in: graph)
      if last.contains(where: { $0.key != device && !cursor.contains($0.value) }) { return true }
      last[device] = touch
    }
    return false
  }

  func people(of changes: [ChangeRef]) throws(BookError) -> [String] {
    var people: Set<ExactText> = []
    for change in changes { people.insert(ExactText(try person(change.device))) }
    return people.sorted().map(\.string)
  }

  /// As the file shows it; `yes` or `no` for whether it is deleted.
  private func value(of subject: EntryConflict.Subject, _ state: EntryState) throws(BookError) -> String? {
    switch subject {
    case .deletion: state.life == .deleted ? "yes" : "no"
    case .path: EntryView.path(of: state).string
    case .field(let name):
      switch try view(state)[field: name]?.value {
      case nil: nil
      case .single(let content): content.plain.string
      case .set(let elements, _): elements.map(\.text.string).joined(separator: ", ")
      }
    }
  }
}

extension EntryState {
  /// The changes that made a part what it is.
  fileprivate func writers(of subject: EntryConflict.Subject) -> [ChangeRef] {
    switch subject {
    case .deletion: life == .deleted ? deletions.map(\.change) : touches.map(\.change)
    case .path: register(.path)?.members.map(\.stamp.change) ?? []
    case .field(let name):
      // Settled on a set, the register says so; the elements were there before.
      register(RegisterKey(.value, name))?.members.map(\.stamp.change)
        ?? set(name)?.elements.map(\.stamp.change) ?? []
    }
  }
}

extension ConflictKey: Comparable {
  static func < (one: Self, other: Self) -> Bool {
    (one.entry, one.subject.name) < (other.entry, other.subject.name)
  }
}
