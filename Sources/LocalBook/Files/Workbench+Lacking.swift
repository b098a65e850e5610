import Bytes
import History
import Replica
import ReplicaStore

extension Workbench {
  /// From where on the server may lack changes of other devices: those that came here in files. What this laptop makes on
  /// them cannot be sent without them.
  func lacking() throws(BookError) -> [DeviceID: UInt64] {
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(SettingName.lacking) }) else {
      return [:]
    }
    var reader = ByteReader(bytes)
    var lacking: [DeviceID: UInt64] = [:]
    do {
      while !reader.isAtEnd {
        guard let device = DeviceID(try reader.take(DeviceID.byteCount)) else { break }
        lacking[device] = try reader.varint()
      }
    } catch { throw .storage(.damaged("\(SettingName.lacking): \(error)")) }
    return lacking
  }

  /// How many they are.
  func lackingCount() throws(BookError) -> UInt64 {
    let lacking = try lacking()
    if lacking.isEmpty { return 0 }
    let vector = try stored { storage throws(StorageError) in try storage.vector() }
    return lacking.reduce(0) { $0 + (vector[$1.key] > $1.value ? vector[$1.key] - $1.value : 0) }
  }

  func put(lacking: [DeviceID: UInt64]) throws(BookError) {
    var writer = ByteWriter()
    for device in lacking.keys.sorted() {
      writer.put(device.bytes)
      writer.put(varint: lacking[device] ?? 0)
    }
    let bytes = writer.bytes
    try stored { storage throws(StorageError) in
      if bytes.isEmpty, try storage.setting(SettingName.lacking) == nil { return }
      try storage.set(SettingName.lacking, to: bytes.isEmpty ? nil : bytes)
    }
  }

  /// Remembers changes that came in a file.
  mutating func note(fromFile changes: [ChangeIndex]) throws(BookError) {
    guard !changes.isEmpty else { return }
    var lacking = try lacking()
    let graph = try replicated { replica throws(ReplicaError) in try replica.graph() }
    for index in changes {
      let ref = graph.ref(at: index)
      lacking[ref.device] = min(lacking[ref.device] ?? ref.seq, ref.seq)
    }
    try put(lacking: lacking)
  }
}

extension VersionVector {
  /// The same with some devices' counts lowered.
  func lowered(to limits: [DeviceID: UInt64]) -> VersionVector {
    let lower = counts.map { Entry(device: $0.device, count: min($0.count, limits[$0.device] ?? $0.count)) }
    return VersionVector(lower.filter { $0.count > 0 }) ?? self
  }
}
