package import Formats
package import History
package import Merge

/// A replica's storage for as long as the process lives: for tests, conformance, and views of the past.
package final class MemoryStorage: ReplicaStorage {
  private var storedTip: Tip?
  private var storedGraph = EventGraph()
  private var storedRuns: [(firstIndex: Int, run: PackedRun)] = []
  private var rows: [ChangeRow] = []
  private var states: [EntryID: EntryState] = [:]
  private var conflicts: [EntryID: Int] = [:]
  private var touches: [EntryID: [Touch]] = [:]
  private var checkpoints: [EntryID: [BodyCheckpoint]] = [:]
  private var devices: [DeviceID: DeviceRow] = [:]
  private let step: Int?

  /// - Parameter step: edits between two checkpoints of a body; nil for the usual.
  package init(checkpointStep step: Int? = nil) { self.step = step }

  package func checkpointStep(bytes: Int) -> Int { step ?? BodyCheckpoint.step(bytes: bytes) }

  package func tip() -> Tip? { storedTip }
  package func put(_ tip: Tip) { storedTip = tip }
  package func graph() -> EventGraph { storedGraph }

  package func append(_ run: PackedRun, _ rows: [ChangeRow]) {
    guard let first = rows.first else { return }
    storedRuns.append((first.index.int, run))
    for row in rows { storedGraph.append(next: row.ref.device, id: row.id, parents: row.parents) }
    self.rows.append(contentsOf: rows)
  }

  package func row(at index: ChangeIndex) -> ChangeRow? { rows.indices.contains(index.int) ? rows[index.int] : nil }

  package func run(holding index: ChangeIndex) -> PackedRun? {
    storedRuns.last { $0.firstIndex <= index.int }?.run
  }

  package func runs(of device: DeviceID, from seq: UInt64) -> [PackedRun] {
    storedRuns.map(\.run).filter { $0.device == device && $0.last >= seq }
  }

  package func entry(_ id: EntryID) -> EntryState? { states[id] }

  package func put(_ entry: EntryState, conflicts count: Int) {
    states[entry.id] = entry
    conflicts[entry.id] = count
  }

  package func entries() -> [EntryID] { states.keys.sorted() }
  package func entriesInConflict() -> [EntryID] { conflicts.filter { $0.value > 0 }.keys.sorted() }
  package func touches(of entry: EntryID) -> [Touch] { touches[entry] ?? [] }
  package func add(_ touch: Touch, to entry: EntryID) { touches[entry, default: []].append(touch) }

  package func checkpoint(of entry: EntryID, before index: ChangeIndex?) -> BodyCheckpoint? {
    checkpoints[entry]?.last { point in index.map { point.index < $0 } ?? true }
  }

  package func add(_ checkpoint: BodyCheckpoint, to entry: EntryID) {
    checkpoints[entry, default: []].append(checkpoint)
  }

  package func device(_ id: DeviceID) -> DeviceRow? { devices[id] }
  package func put(_ device: DeviceRow) { devices[device.id] = device }
}
