import Bytes
import History
import Replica
import ReplicaStore
import SyncProtocol

/// What the server has told of other laptops, as the store keeps it.
struct ReceivedRecord: Equatable {
  var epoch: Epoch
  /// What to ask from next time, in this epoch.
  var mark: UInt64
  /// Ascending.
  var laptops: [Received.Laptop]

  /// With news added: nobody has less than they had.
  func with(_ news: Received, in epoch: Epoch) -> ReceivedRecord {
    var changes: [DeviceID: UInt64] = [:]
    for laptop in laptops + news.laptops { changes[laptop.device] = max(changes[laptop.device] ?? 0, laptop.changes) }
    // As many as a server keeps; a false one could name others without end.
    let known = changes.map { Received.Laptop(device: $0.key, changes: $0.value) }.sorted { $0.device < $1.device }
    return ReceivedRecord(epoch: epoch, mark: news.mark, laptops: Array(known.prefix(SyncLimits.devices)))
  }

  init(epoch: Epoch, mark: UInt64, laptops: [Received.Laptop]) {
    self.epoch = epoch
    self.mark = mark
    self.laptops = laptops
  }

  /// Epoch, mark, and for each laptop its device and how many changes of others it has.
  var bytes: [UInt8] {
    var writer = ByteWriter(reserving: 32 + 20 * laptops.count)
    writer.put(epoch.bytes)
    writer.put(varint: mark)
    for laptop in laptops {
      writer.put(laptop.device.bytes)
      writer.put(varint: laptop.changes)
    }
    return writer.bytes
  }

  /// Reads what `bytes` wrote.
  init(bytes: [UInt8]) throws(DecodingError) {
    var reader = ByteReader(bytes)
    guard let epoch = Epoch(try reader.take(Epoch.byteCount)) else { throw .truncated(at: 0, missing: 0) }
    let mark = try reader.varint()
    var laptops: [Received.Laptop] = []
    while !reader.isAtEnd {
      guard let device = DeviceID(try reader.take(DeviceID.byteCount)) else { throw .truncated(at: 0, missing: 0) }
      laptops.append(Received.Laptop(device: device, changes: try reader.varint()))
    }
    self.init(epoch: epoch, mark: mark, laptops: laptops)
  }
}

extension Workbench {
  func receivedRecord() throws(BookError) -> ReceivedRecord? {
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(SettingName.received) }) else {
      return nil
    }
    do { return try ReceivedRecord(bytes: bytes) } catch { throw .storage(.damaged("received: \(error)")) }
  }

  /// Remembers what the server told of other laptops.
  func keep(_ news: Received, in epoch: Epoch) throws(BookError) {
    let before = try receivedRecord() ?? ReceivedRecord(epoch: epoch, mark: 0, laptops: [])
    let bytes = before.with(news, in: epoch).bytes
    try stored { storage throws(StorageError) in try storage.set(SettingName.received, to: bytes) }
  }

  /// From which mark on to ask, going on from a cursor: another life of the log has other marks.
  func receivedMark(goingOnFrom cursor: Cursor?) throws(BookError) -> UInt64 {
    guard let cursor, let record = try receivedRecord(), record.epoch == cursor.epoch else { return 0 }
    return record.mark
  }

  /// Who has what of the book, as far as the server has told: everybody who wrote in it, and every laptop that was heard
  /// of; this laptop left out.
  mutating func received() throws(BookError) -> StatusReport.ReceivedBy {
    let (vector, devices) = try stored { storage throws(StorageError) in (try storage.vector(), try storage.devices()) }
    let all = vector.counts.reduce(UInt64(0)) { $0 + $1.count }
    var known: [DeviceID: UInt64] = [:]
    for laptop in try receivedRecord()?.laptops ?? [] { known[laptop.device] = laptop.changes }
    var laptops: [StatusReport.ReceivedBy.Laptop] = []
    let writers = devices.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    for device in writers where device.id != replica.tip.device {
      let lacks = known.removeValue(forKey: device.id).map { Self.lacking(all, vector[device.id], $0) }
      laptops.append(.init(person: device.name.string, device: device.id.bytes.hex, lacks: lacks))
    }
    known[book.device.id] = nil
    for (device, changes) in known.sorted(by: { $0.key < $1.key }) {
      laptops.append(.init(person: nil, device: device.bytes.hex, lacks: Self.lacking(all, 0, changes)))
    }
    return StatusReport.ReceivedBy(
      laptops: laptops, asOf: try number(SettingName.receivedAt).map { Int64(clamping: $0) })
  }

  /// A laptop has its own changes, and so many of the others'.
  private static func lacking(_ all: UInt64, _ own: UInt64, _ others: UInt64) -> Int {
    let has = own + others
    return Int(clamping: all > has ? all - has : 0)
  }
}
