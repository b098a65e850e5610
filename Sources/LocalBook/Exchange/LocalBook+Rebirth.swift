import BookFolder
import Bytes
import Formats
import History
import Merge
import Replica
import ReplicaStore
import Signing

extension LocalBook {
  /// Gives a copied or restored laptop a device of its own: its changes that the server does not have are recorded
  /// again under a new incarnation, with their messages and the versions they were made on.
  ///
  /// What was acknowledged never changes. The book is rebuilt in one transaction, the new incarnation in it.
  ///
  /// - Parameter kept: so many of this device's changes stay: the server has them as they are here.
  func reborn(as device: Device, keeping kept: UInt64) throws(BookError) -> LocalBook {
    let book = LocalBook(root: root, environment, folder, store, device, lock, deletions)
    let person = ExactText(try personName())
    try store.transaction { storage throws(BookError) in
      var before = try Workbench(storage, self)
      guard let old = before.replica.tip.device else { throw .notPublished }
      var translation = Translation(from: old, keeping: kept, to: device, of: person)
      let changes = try before.changes(of: old, from: kept)
      let runs = try before.stored { storage throws(StorageError) in
        try storage.runs(beyond: VersionVector()).filter { $0.device != old || $0.last < kept }
      }
      let id = before.replica.book
      let beside = try before.besideHistory()
      try before.stored { storage throws(StorageError) in try storage.forgetHistory() }
      do throws(ReplicaError) { _ = try Replica(receiving: id, as: device.id, storage, cryptography) } catch {
        throw BookError(error)
      }
      var after = try Workbench(storage, book)
      try after.replicated { replica throws(ReplicaError) in try replica.receive(runs) }
      var recording = Recording()
      for change in changes {
        let again = translation.draft(of: change)
        let parents = translation.version(Version(sorting: change.header.parents))
        let fields = change.header.fields
        let made = try after.replicated { replica throws(ReplicaError) in
          try replica.record(
            again, on: parents, time: fields.time, origin: translation.origin(fields.origin), message: fields.message,
            into: &recording)
        }
        translation.ids[change.id] = made.id
      }
      try after.seal(recording)
      try after.put(beside, translation)
      try after.set(SettingName.acknowledged, to: 0)
      try after.stored { storage throws(StorageError) in
        try storage.set(SettingName.incarnation, to: device.incarnation.bytes)
      }
    }
    return book
  }
}

/// What a laptop knows beside the history, in the names of its device.
private struct BesideHistory {
  var index: FileIndex
  var behind: [(entry: EntryID, version: Version, hasFile: Bool)]
  var copies: [SwappedCopy]
  /// Of the private side, which stays as it is.
  var crossings: [(change: ChangeIndex, crossing: Crossing)]
}

extension Workbench {
  fileprivate func besideHistory() throws(BookError) -> BesideHistory {
    var beside = BesideHistory(index: try index(), behind: [], copies: try copies(), crossings: try crossings())
    for id in try stored({ storage throws(StorageError) in try storage.entriesBehind() }) {
      guard let shown = try stored({ storage throws(StorageError) in try storage.shown(id) }) else { continue }
      beside.behind.append((id, shown.version, shown.state != nil))
    }
    return beside
  }

  private func crossings() throws(BookError) -> [(change: ChangeIndex, crossing: Crossing)] {
    guard let secret = try book.privateSide(in: storage) else { return [] }
    let beside = try Workbench(storage.on(.private), secret)
    var crossings: [(change: ChangeIndex, crossing: Crossing)] = []
    for place in 0..<beside.replica.tip.count {
      guard let crossing = try beside.crossing(of: ChangeIndex(place)) else { continue }
      crossings.append((ChangeIndex(place), crossing))
    }
    return crossings
  }

  private func put(
    _ crossings: [(change: ChangeIndex, crossing: Crossing)], _ translation: Translation
  ) throws(BookError) {
    guard !crossings.isEmpty, let secret = try book.privateSide(in: storage) else { return }
    let beside = try Workbench(storage.on(.private), secret)
    for (change, crossing) in crossings { try beside.put(translation.apply(to: crossing), of: change) }
  }

  fileprivate mutating func put(_ beside: BesideHistory, _ translation: Translation) throws(BookError) {
    try put(translation.apply(to: beside.index))
    for (old, version, hasFile) in beside.behind {
      let (id, version) = (translation.entry(old), translation.version(version))
      let state =
        hasFile ? try replicated { replica throws(ReplicaError) in try replica.entry(id, at: version) } : nil
      try stored { storage throws(StorageError) in
        try storage.replaceShown(id, ShownEntry(version: version, state: state))
      }
    }
    try put(
      beside.copies.map { copy in
        let shown = FilePayload(translation.entry(copy.shown.entry), copy.shown.context)
        return SwappedCopy(copy: copy.copy, shown: shown, version: translation.version(copy.version))
      })
    try put(beside.crossings, translation)
    try stored { storage throws(StorageError) in try storage.set(SettingName.placed, to: nil) }
  }

  /// A device's changes from one on, in order.
  fileprivate mutating func changes(of device: DeviceID, from seq: UInt64) throws(BookError) -> [Change] {
    try replicated { replica throws(ReplicaError) in
      let graph = try replica.graph()
      var changes: [Change] = []
      var next = seq
      while let index = graph.index(of: ChangeRef(device: device, seq: next)) {
        changes.append(try replica.change(at: index))
        next += 1
      }
      return changes
    }
  }
}

/// The names of a device's last changes, and of what they created, under a new device.
private struct Translation {
  let old: DeviceID
  let kept: UInt64
  let new: Device
  let person: ExactText
  /// Changes that were recorded again, by their former ids.
  var ids: [ChangeID: ChangeID] = [:]

  init(from old: DeviceID, keeping kept: UInt64, to new: Device, of person: ExactText) {
    self.old = old
    self.kept = kept
    self.new = new
    self.person = person
  }

  func draft(of change: Change) -> ChangeDraft {
    var draft = ChangeDraft(ref: ref(change.ref))
    var operations = change.operations
    if draft.ref.seq == 0 {
      if case .introduce? = operations.first { operations.removeFirst() }
      let key = Introduction.Key(publicKey: new.key.publicKey, incarnation: new.incarnation)
      draft.append(.introduce(Introduction(key: key, name: person)))
    }
    for operation in operations { draft.append(translated(operation)) }
    return draft
  }

  func apply(to index: FileIndex) -> FileIndex {
    var index = index
    for file in index.entries {
      if let payload = FilePayload(file.payload) {
        let leftOver = payload.leftOver.map { version($0) }
        index.claim(file.path, FilePayload(entry(payload.entry), payload.context, leftOver: leftOver))
      }
    }
    return index
  }

  func apply(to crossing: Crossing) -> Crossing {
    var crossing = crossing
    crossing.change = ids[crossing.change] ?? crossing.change
    for place in crossing.files.indices { crossing.files[place].shared = entry(crossing.files[place].shared) }
    return crossing
  }

  func version(_ version: Version) -> Version { Version(sorting: version.heads.map { ids[$0] ?? $0 }) }

  func origin(_ origin: Origin) -> Origin {
    switch origin {
    case .undo(let change): .undo(of: ids[change] ?? change)
    case .restore(let heads): .restore(version(Version(sorting: heads)).heads)
    case .typed, .imported, .resolved, .rule, .unknown: origin
    }
  }

  private func ref(_ ref: ChangeRef) -> ChangeRef {
    guard ref.device == old, ref.seq >= kept else { return ref }
    return ChangeRef(device: new.id, seq: ref.seq - kept)
  }

  private func operation(_ ref: OperationRef) -> OperationRef {
    guard ref.change.device == old, ref.change.seq >= kept else { return ref }
    // The introduction that the new device's first change begins with moves the others on by one, unless the old one
    // began with one as well.
    let isShifted = ref.change.seq == kept && kept > 0
    return OperationRef(change: self.ref(ref.change), index: ref.index + (isShifted ? 1 : 0))
  }

  func entry(_ id: EntryID) -> EntryID { EntryID(creation: operation(id.creation)) }

  private func translated(_ operation: Operation) -> Operation {
    switch operation {
    case .delete(let id): .delete(entry(id))
    case .keep(let id): .keep(entry(id))
    case .set(let id, let key, let values):
      .set(
        entry(id), key,
        values.map { value in
          if TagBook.name(of: key) != nil, let tagged = TagBook.version(of: value) {
            return TagBook.value(of: version(tagged))
          }
          return RegisterValue(content: value.content, from: value.from.map(self.operation))
        })
    case .add(let id, let field, let element, let order): .add(entry(id), field: field, element, at: order)
    case .remove(let id, let field, let element): .remove(entry(id), field: field, element)
    case .edit(let id, let edits): .edit(entry(id), edits)
    case .unknown(let other):
      .unknown(UnknownOperation(type: other.type, entry: other.entry.map(entry), payload: other.payload))
    case .create, .introduce, .found, .need: operation
    }
  }
}
