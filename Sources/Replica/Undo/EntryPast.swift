import Bytes
import History
import Merge

/// What an entry went through up to a version: the changes that touched it, in order of arrival, whole.
struct EntryPast {
  let id: EntryID
  /// In order of arrival.
  let changes: [Change]
  let indices: [ChangeIndex]
  /// For changes that take back another one of their own laptop: which, by place in `changes`.
  private let undone: [Int: Int]
  private let places: [ChangeIndex: Int]
  private let graph: EventGraph

  init(_ id: EntryID, _ changes: [Change], at indices: [ChangeIndex], undone: [Int: Int], in graph: EventGraph) {
    self.id = id
    self.changes = changes
    self.indices = indices
    self.undone = undone
    self.graph = graph
    places = Dictionary(uniqueKeysWithValues: indices.enumerated().map { ($0.element, $0.offset) })
  }

  /// The change that a change takes back, where it touched the entry; by place.
  func undone(by place: Int) -> Int? { undone[place] }

  func place(of index: ChangeIndex) -> Int? { places[index] }

  /// By place: whether whoever made a change knew the other one.
  func known(to place: Int) -> [Bool] {
    var known: [Bool] = []
    forEach(of: [place]) { _, isKnown in known = indices.indices.map(isKnown) }
    return known
  }

  /// Hands out what the makers of some changes knew of the others, by place. In the order of arrival it costs little more
  /// than the changes between them.
  func forEach(of places: some Sequence<Int>, _ body: (_ place: Int, _ isKnown: (Int) -> Bool) -> Void) {
    var cursor = PastCursor()
    for place in places {
      cursor.move(to: graph.parents(of: indices[place]), in: graph)
      let past = cursor
      body(place) { past.contains(indices[$0]) }
    }
  }

  /// Whether a change comes after another one in the history's order; by place.
  func isLater(_ one: Int, than other: Int) -> Bool {
    (graph.lamport(at: indices[one]), changes[one].ref) > (graph.lamport(at: indices[other]), changes[other].ref)
  }

  /// The changes, by place, that count for nothing any more: those taken back, and those that took them back. One that
  /// is `left` out takes back nothing; a change that is taken back itself does not, either.
  func voided(leaving left: Int? = nil) -> Set<Int> {
    var voided: Set<Int> = []
    for place in changes.indices.reversed() where place != left && !voided.contains(place) {
      guard let target = undone[place] else { continue }
      voided.insert(place)
      voided.insert(target)
    }
    return voided
  }

  /// Fields, sets and life of the entry as if some changes had not been made; its text is not told. A creation always
  /// counts.
  func state(without skipped: Set<Int> = []) -> EntryState? {
    var state: EntryState?
    walk { place, operation, stamp, past in
      if case .create(let kind) = operation {
        state = EntryState(id, kind: kind, stamp: stamp)
      } else if !skipped.contains(place) {
        _ = state?.apply(operation.withoutText, at: stamp) { graph.index(of: $0).map(past.contains) ?? false }
      }
    }
    return state
  }

  /// The body's edits, with their letters; the places of the changes that they are of.
  func body() -> (history: TextHistory, places: [Int]) {
    var (history, places) = (TextHistory(), [Int]())
    var cursor = PastCursor()
    for (place, change) in changes.enumerated() {
      var edits: [TextEdit] = []
      for (number, operation) in change.operations.enumerated() where isSeen(by: change, number) {
        if case .edit(id, let more) = operation { edits += more }
      }
      guard !edits.isEmpty else { continue }
      cursor.move(to: graph.parents(of: indices[place]), in: graph)
      history.append(change.ref, edits: edits) { cursor.contains(indices[places[$0]]) }
      places.append(place)
    }
    return (history, places)
  }

  /// An operation before the entry's creation has no meaning.
  private func isSeen(by change: Change, _ number: Int) -> Bool {
    change.ref != id.creation.change || number > Int(id.creation.index)
  }

  /// The operations on the entry in order, each with the place of its change, and what its author knew.
  private func walk(_ body: (Int, Operation, Stamp, PastCursor) -> Void) {
    var cursor = PastCursor()
    for (place, change) in changes.enumerated() {
      cursor.move(to: graph.parents(of: indices[place]), in: graph)
      for (number, operation) in change.operations.enumerated() where operation.entry(at: number, of: change.ref) == id
      {
        body(place, operation, graph.stamp(at: indices[place], operation: number), cursor)
      }
    }
  }
}

extension Replica {
  /// Loads what touched an entry, up to a version (nil: the newest).
  ///
  /// Unpacks each run once, where the runs of a device lie one after the other.
  mutating func past(of id: EntryID, at version: Version? = nil) throws(ReplicaError) -> EntryPast {
    let (storage, graph) = (storage, try graph())
    var indices = try reading { () throws(StorageError) in try storage.touches(of: id) }.map(\.index)
    if let version, version != self.version {
      var cursor = PastCursor()
      cursor.move(to: try self.indices(of: version), in: graph)
      indices.removeAll { !cursor.contains($0) }
    }
    var read: [ChangeIndex: Change] = [:]
    for index in indices.sorted(by: { graph.ref(at: $0) < graph.ref(at: $1) }) { read[index] = try change(at: index) }
    let changes = indices.compactMap { read[$0] }
    var places: [ChangeID: Int] = [:]
    for (place, change) in changes.enumerated() { places[change.id] = place }
    var undone: [Int: Int] = [:]
    for (place, change) in changes.enumerated() {
      guard case .undo(let target) = change.header.fields.origin, let other = places[target], other < place else {
        continue
      }
      // Whoever says that he takes back what another did has made an edit like any other.
      if try isSameLaptop(change.ref.device, changes[other].ref.device) { undone[place] = other }
    }
    return EntryPast(id, changes, at: indices, undone: undone, in: graph)
  }

  /// Whether two devices are one key in two lives, or one device.
  private func isSameLaptop(_ one: DeviceID, _ other: DeviceID) throws(ReplicaError) -> Bool {
    if one == other { return true }
    let storage = storage
    let (first, second) = try reading { () throws(StorageError) in (try storage.device(one), try storage.device(other))
    }
    return first?.key != nil && first?.key == second?.key
  }
}

extension Operation {
  /// The same touch of the entry, where only its text is edited.
  fileprivate var withoutText: Operation {
    if case .edit(let id, _) = self { .keep(id) } else { self }
  }
}
