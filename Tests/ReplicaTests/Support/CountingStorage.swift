import Formats
import History
import Merge
import Replica

/// A storage that counts how often a packed run is asked for, which is what unpacking costs, and touches of entries.
final class CountingStorage: ReplicaStorage {
  private let storage: MemoryStorage
  private(set) var runs = 0
  private(set) var touches = 0

  init(_ storage: MemoryStorage) { self.storage = storage }

  func run(holding index: ChangeIndex) -> PackedRun? {
    runs += 1
    return storage.run(holding: index)
  }

  func tip() -> Tip? { storage.tip() }
  func put(_ tip: Tip) { storage.put(tip) }
  func graph() -> EventGraph { storage.graph() }
  func append(_ run: PackedRun, _ rows: [ChangeRow]) { storage.append(run, rows) }
  func row(at index: ChangeIndex) -> ChangeRow? { storage.row(at: index) }
  func runs(of device: DeviceID, from seq: UInt64) -> [PackedRun] { storage.runs(of: device, from: seq) }
  func entry(_ id: EntryID) -> EntryState? { storage.entry(id) }
  func put(_ entry: EntryState, conflicts: Int) { storage.put(entry, conflicts: conflicts) }
  func entries() -> [EntryID] { storage.entries() }
  func entriesInConflict() -> [EntryID] { storage.entriesInConflict() }
  func touches(of entry: EntryID) -> [Touch] { counted(storage.touches(of: entry)) }
  func touches(of entry: EntryID, after index: ChangeIndex) -> [Touch] {
    counted(storage.touches(of: entry).filter { $0.index > index })
  }
  func checkpoint(of entry: EntryID, before index: ChangeIndex?) -> BodyCheckpoint? {
    storage.checkpoint(of: entry, before: index)
  }
  func add(_ checkpoint: BodyCheckpoint, to entry: EntryID) { storage.add(checkpoint, to: entry) }
  func checkpointStep(bytes: Int) -> Int { storage.checkpointStep(bytes: bytes) }
  func add(_ touch: Touch, to entry: EntryID) { storage.add(touch, to: entry) }

  private func counted(_ found: [Touch]) -> [Touch] {
    touches += found.count
    return found
  }

  func device(_ id: DeviceID) -> DeviceRow? { storage.device(id) }
  func put(_ device: DeviceRow) { storage.put(device) }
}
