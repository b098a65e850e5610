package import Bytes
package import History

/// What a server knows of a book's history: enough to judge the next run, no more. It only grows.
///
/// About 200 bytes a change. Built from a store's `KnownRun`s, in log order.
package struct KnownHistory: Sendable {
  package private(set) var graph = EventGraph()
  /// By change index.
  private var positions: [Position] = []
  private var keys: [DeviceID: PublicKey] = [:]

  package init() {}

  package var vector: VersionVector { graph.vector }
  /// How many changes of a device are here.
  package func count(of device: DeviceID) -> UInt64 { graph.count(of: device) }
  package func key(of device: DeviceID) -> PublicKey? { keys[device] }
  package func id(of ref: ChangeRef) -> ChangeID? { graph.index(of: ref).map { graph.id(at: $0) } }
  package func position(of ref: ChangeRef) -> Position? { graph.index(of: ref).map { positions[$0.int] } }

  /// The device's last change here.
  package func head(of device: DeviceID) -> DeviceHead? {
    graph.last(of: device).map { DeviceHead(seq: graph.ref(at: $0).seq, id: graph.id(at: $0)) }
  }

  /// Adds a run that was judged before; false when it does not fit.
  package mutating func append(_ run: KnownRun) -> Bool {
    for (offset, change) in run.changes.enumerated() {
      let ref = ChangeRef(device: run.device, seq: run.first + UInt64(offset))
      guard ref.seq == graph.count(of: run.device) else { return false }
      var parents: [ChangeIndex] = []
      for parent in change.parents {
        guard let index = graph.index(of: parent) else { return false }
        parents.append(index)
      }
      graph.append(next: run.device, id: change.id, parents: parents.sorted())
      positions.append(run.position)
    }
    if let key = run.key { keys[run.device] = key }
    return true
  }

  /// Admits a change by the history's own rules.
  mutating func admit(_ change: Change, at position: Position) throws(HistoryError) {
    try graph.add(change.header, id: change.id)
    positions.append(position)
  }

  mutating func certify(_ device: DeviceID, _ key: PublicKey) { keys[device] = key }
}

/// What a store keeps of a run beside its sections, so that the next one can be judged without unpacking.
package struct KnownRun: Equatable, Sendable {
  package let position: Position
  package let device: DeviceID
  package let first: UInt64
  package let changes: [KnownChange]
  /// The device's key, with its first run.
  package let key: PublicKey?

  package init(position: Position, device: DeviceID, first: UInt64, changes: [KnownChange], key: PublicKey?) {
    self.position = position
    self.device = device
    self.first = first
    self.changes = changes
    self.key = key
  }
}

/// A change's id and parents.
package struct KnownChange: Equatable, Sendable {
  package let id: ChangeID
  package let parents: [ChangeRef]

  package init(id: ChangeID, parents: [ChangeRef]) {
    self.id = id
    self.parents = parents
  }

  /// Changes as a store keeps them: each its id, the number of its parents, and those.
  package static func bytes(of changes: [KnownChange]) -> [UInt8] {
    var writer = ByteWriter(reserving: 64 * changes.count)
    for change in changes {
      writer.put(change.id.digest)
      writer.put(count: change.parents.count)
      for parent in change.parents { writer.put(parent) }
    }
    return writer.bytes
  }

  /// Reads what `bytes(of:)` wrote.
  package static func changes(from bytes: [UInt8], count: Int) throws(DecodingError) -> [KnownChange] {
    var reader = ByteReader(bytes)
    var changes: [KnownChange] = []
    for _ in 0..<count {
      let id = ChangeID(try reader.digest())
      var parents: [ChangeRef] = []
      for _ in 0..<(try reader.count(limit: ChangeLimits.parents)) { parents.append(try reader.changeRef()) }
      changes.append(KnownChange(id: id, parents: parents))
    }
    try reader.finish()
    return changes
  }
}
