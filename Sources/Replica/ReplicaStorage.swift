package import Bytes
package import Formats
package import History
package import Merge

/// Where a replica keeps a book: in memory, or in one transaction of a laptop's store.
///
/// What is put is seen by later reads of the same transaction; whether it lasts is decided when that commits.
package protocol ReplicaStorage: AnyObject {
  /// The end of the history and of the own chain; nil in a store without a book.
  func tip() throws(StorageError) -> Tip?
  func put(_ tip: Tip) throws(StorageError)

  /// The shape of the whole history. Costs all of it: a replica asks once.
  func graph() throws(StorageError) -> EventGraph

  /// Keeps a run as it was packed, and a row for each of its changes.
  func append(_ run: PackedRun, _ rows: [ChangeRow]) throws(StorageError)
  func row(at index: ChangeIndex) throws(StorageError) -> ChangeRow?
  /// The run that holds a change, packed.
  func run(holding index: ChangeIndex) throws(StorageError) -> PackedRun?
  /// A device's runs from the one that holds `seq` on, in order.
  func runs(of device: DeviceID, from seq: UInt64) throws(StorageError) -> [PackedRun]

  func entry(_ id: EntryID) throws(StorageError) -> EntryState?
  func put(_ entry: EntryState, conflicts: Int) throws(StorageError)
  /// All entries, deleted ones included, by id.
  func entries() throws(StorageError) -> [EntryID]
  /// The entries that have something for a person to settle, by id.
  func entriesInConflict() throws(StorageError) -> [EntryID]

  /// The deleted entries whose file was of a kind, by id.
  func deletedEntries(ofKind kind: ExactText) throws(StorageError) -> [EntryID]
  /// When each change was made, by its device's clock, in order of arrival.
  func times() throws(StorageError) -> [Int64]

  /// The changes that have operations on an entry, in order of arrival.
  func touches(of entry: EntryID) throws(StorageError) -> [Touch]
  func add(_ touch: Touch, to entry: EntryID) throws(StorageError)
  /// The same of the changes that came after one.
  func touches(of entry: EntryID, after index: ChangeIndex) throws(StorageError) -> [Touch]

  /// The newest checkpoint of an entry's body; the newest before a change where one is named.
  func checkpoint(of entry: EntryID, before index: ChangeIndex?) throws(StorageError) -> BodyCheckpoint?
  func add(_ checkpoint: BodyCheckpoint, to entry: EntryID) throws(StorageError)
  /// Edits of a text of so many bytes between two checkpoints.
  func checkpointStep(bytes: Int) -> Int

  func device(_ id: DeviceID) throws(StorageError) -> DeviceRow?
  func put(_ device: DeviceRow) throws(StorageError)
}

// For storages that know of no shorter way.
extension ReplicaStorage {
  package func touches(of entry: EntryID, after index: ChangeIndex) throws(StorageError) -> [Touch] {
    try touches(of: entry).filter { $0.index > index }
  }

  package func checkpointStep(bytes: Int) -> Int { BodyCheckpoint.step(bytes: bytes) }

  package func deletedEntries(ofKind kind: ExactText) throws(StorageError) -> [EntryID] {
    var found: [EntryID] = []
    for id in try entries() {
      if let state = try entry(id), !state.isAlive, EntryView.kind(of: state) == kind { found.append(id) }
    }
    return found
  }

  package func times() throws(StorageError) -> [Int64] {
    var times: [Int64] = []
    for place in try graph().indices { if let row = try row(at: ChangeIndex(place)) { times.append(row.time) } }
    return times
  }
}

/// Why a store does not answer.
package enum StorageError: Error, Equatable, Sendable {
  /// The disk is full: nothing was written.
  case full
  /// The store cannot be written: its folder is read-only.
  case readOnly
  /// What is stored does not decode: what, and where.
  case damaged(String)
  /// The system's own words for anything else.
  case failed(String)
}

/// The end of a history, kept so that an ordinary edit needs no more of it.
package struct Tip: Equatable, Sendable {
  package var book: BookID
  /// This laptop's device; none while only received.
  package var device: DeviceID?
  /// How many changes there are.
  package var count: Int
  /// The newest version.
  package var heads: [Head]
  /// This device's last change.
  package var own: Head?
  /// Up to which level whoever writes the book's files must know the record's schema.
  package var level: UInt64

  package struct Head: Equatable, Sendable {
    package let id: ChangeID
    package let ref: ChangeRef
    package let lamport: UInt64
    package let index: ChangeIndex

    package init(id: ChangeID, ref: ChangeRef, lamport: UInt64, index: ChangeIndex) {
      self.id = id
      self.ref = ref
      self.lamport = lamport
      self.index = index
    }
  }

  package init(book: BookID, device: DeviceID?, count: Int, heads: [Head], own: Head?, level: UInt64 = 1) {
    self.book = book
    self.device = device
    self.count = count
    self.heads = heads
    self.level = level
    self.own = own
  }
}

/// A change as the log shows it, without its operations.
package struct ChangeRow: Equatable, Sendable {
  package let index: ChangeIndex
  package let id: ChangeID
  package let ref: ChangeRef
  package let parents: [ChangeIndex]
  package let time: Int64
  package let origin: Origin
  package let message: ExactText

  package init(
    index: ChangeIndex, id: ChangeID, ref: ChangeRef, parents: [ChangeIndex], time: Int64, origin: Origin,
    message: ExactText
  ) {
    self.index = index
    self.id = id
    self.ref = ref
    self.parents = parents
    self.time = time
    self.origin = origin
    self.message = message
  }
}

/// One change's operations on one entry: which change, and the shapes of its edits of the body (none when it has none).
package struct Touch: Equatable, Sendable {
  package let index: ChangeIndex
  package let shapes: [EditShape]

  package init(index: ChangeIndex, shapes: [EditShape]) {
    self.index = index
    self.shapes = shapes
  }
}

/// A device as it introduced itself.
package struct DeviceRow: Equatable, Sendable {
  package let id: DeviceID
  package let key: PublicKey?
  /// The person's name, as last said.
  package let name: ExactText
  /// Where it was last said.
  package let stamp: Stamp

  package init(id: DeviceID, key: PublicKey?, name: ExactText, stamp: Stamp) {
    self.id = id
    self.key = key
    self.name = name
    self.stamp = stamp
  }
}
