import Bytes
import History
import Merge

/// Changes on their way into entries: loads each touched entry once, and saves each once at the end.
struct MergeBatch {
  private let storage: any ReplicaStorage
  /// The entries as they were before the batch, in the order in which they were first touched; nil for new ones.
  private(set) var before: [(id: EntryID, state: EntryState?)] = []
  fileprivate var entries: [EntryID: TouchedEntry] = [:]
  private var devices: [DeviceID: DeviceRow] = [:]
  /// The highest level of the schema that a change asks for.
  private(set) var level: UInt64 = 1

  init(_ storage: any ReplicaStorage) { self.storage = storage }

  fileprivate struct TouchedEntry {
    var state: EntryState
    var touches: [Touch] = []
    /// The batch's own edits of the body, a change each, letters included.
    var edits: [(index: ChangeIndex, edits: [TextEdit])] = []
    /// How many of them went straight into the body; the rest waits for `rewriteBodies`.
    var settledEdits = 0
    var isConcurrent = false
    /// The last change that has operations here.
    var lastChange: ChangeIndex?
  }

  /// Applies one change, or what it did to some entries; `isBelow` answers for its parents.
  mutating func apply(
    _ change: Change, at index: ChangeIndex, lamport: UInt64, only: Set<EntryID>? = nil, isBelow: (ChangeRef) -> Bool
  ) throws(StorageError) {
    var touched: [EntryID] = []
    for (place, operation) in change.operations.enumerated() {
      let stamp = Stamp(lamport: lamport, operation: change.operationRef(place))
      if case .need(let needed) = operation { level = max(level, needed) }
      if case .introduce(let introduction) = operation {
        try introduce(introduction, at: stamp)
        continue
      }
      guard let id = operation.entry(at: place, of: change.ref), only?.contains(id) ?? true else { continue }
      if case .create(let kind) = operation {
        before.append((id, nil))
        entries[id] = TouchedEntry(state: EntryState(id, kind: kind, stamp: stamp), lastChange: index)
        touched.append(id)
        continue
      }
      // An operation on an entry that its author cannot have seen has no meaning, here or elsewhere.
      guard id.creation.change == change.ref || isBelow(id.creation.change), try load(id) else { continue }
      if entries[id]?.lastChange != index {
        entries[id]?.lastChange = index
        touched.append(id)
      }
      let outcome = entries[id]?.state.apply(operation, at: stamp, isBelow: isBelow)
      if case .edit(_, let edits) = operation { entries[id]?.note(edits, at: index, outcome) }
    }
    for id in touched { entries[id]?.touch(at: index) }
  }

  /// Merges the bodies that somebody edited at the same time, by the history of each.
  mutating func rewriteBodies(in graph: EventGraph) throws(StorageError) {
    for (id, _) in before {
      guard let entry = entries[id], entry.isConcurrent else { continue }
      let body = try storage.bodyHistory(of: id, arriving: entry.edits.map(\.index), in: graph)
      var indices = body.touches.map(\.index) + entry.edits.map(\.index)
      var cursor = PastCursor(at: graph)
      var history = TextHistory()
      if let checkpoint = body.checkpoint {
        indices.insert(checkpoint.index, at: 0)
        let whole = EditShape(position: 0, deleted: 0, inserted: checkpoint.text.scalarCount)
        history.append(graph.ref(at: checkpoint.index), shapes: [whole]) { _ in false }
      }
      for touch in body.touches {
        cursor.move(to: graph.parents(of: touch.index), in: graph)
        history.append(graph.ref(at: touch.index), shapes: touch.shapes) { cursor.contains(indices[$0]) }
      }
      for (index, edits) in entry.edits {
        cursor.move(to: graph.parents(of: index), in: graph)
        history.append(graph.ref(at: index), edits: edits) { cursor.contains(indices[$0]) }
      }
      let edits = history.edits(since: history.count - entry.edits.count + entry.settledEdits)
      entries[id]?.state.rewriteBody(edits, heads: history.heads)
    }
  }

  /// The touched entries as they are now, in the order in which they were touched.
  var states: [EntryState] { before.compactMap { entries[$0.id]?.state } }

  /// Saves everything, in the order in which it was touched.
  func save() throws(StorageError) {
    for (id, _) in before {
      guard let entry = entries[id] else { continue }
      try storage.put(entry.state, conflicts: EntryConflict.all(in: entry.state).count)
      for touch in entry.touches { try storage.add(touch, to: id) }
      if let checkpoint = try checkpoint(of: entry) { try storage.add(checkpoint, to: id) }
    }
    for id in devices.keys.sorted() { if let row = devices[id] { try storage.put(row) } }
  }

  /// The body as it is now, where its last edit has seen all others and the last checkpoint is far enough behind.
  private func checkpoint(of entry: TouchedEntry) throws(StorageError) -> BodyCheckpoint? {
    let state = entry.state
    guard let last = entry.edits.last?.index, state.bodyHeads.count == 1, state.isSettled else { return nil }
    let step = storage.checkpointStep(bytes: state.bodyBytes)
    guard state.bodyEdits >= step else { return nil }
    let before = try storage.checkpoint(of: state.id, before: nil)?.edits ?? 0
    return state.bodyEdits - before < step
      ? nil : BodyCheckpoint(index: last, edits: state.bodyEdits, text: state.body)
  }

  private mutating func load(_ id: EntryID) throws(StorageError) -> Bool {
    if entries[id] != nil { return true }
    guard let state = try storage.entry(id) else { return false }
    before.append((id, state))
    entries[id] = TouchedEntry(state: state)
    return true
  }

  /// A device as the batch knows it by now.
  func device(_ id: DeviceID) throws(StorageError) -> DeviceRow? {
    if let row = devices[id] { return row }
    return try storage.device(id)
  }

  private mutating func introduce(_ introduction: Introduction, at stamp: Stamp) throws(StorageError) {
    let id = stamp.change.device
    let known = try device(id)
    if let known, known.stamp > stamp { return }
    devices[id] = DeviceRow(
      id: id, key: known?.key ?? introduction.key?.publicKey, name: introduction.name, stamp: stamp)
  }
}

extension MergeBatch.TouchedEntry {
  fileprivate mutating func note(_ edits: [TextEdit], at index: ChangeIndex, _ outcome: BodyOutcome?) {
    if self.edits.last?.index == index {
      self.edits[self.edits.count - 1].edits += edits
    } else {
      self.edits.append((index, edits))
    }
    if outcome == .concurrent { isConcurrent = true }
    if !isConcurrent { settledEdits = self.edits.count }
  }

  /// Notes that a change has operations here, with the shapes of its edits.
  fileprivate mutating func touch(at index: ChangeIndex) {
    let own = edits.last.flatMap { $0.index == index ? $0.edits : nil } ?? []
    touches.append(Touch(index: index, shapes: own.map(EditShape.init)))
  }
}
