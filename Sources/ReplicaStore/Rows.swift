import Bytes
import Foundation
import Formats
import GRDB
import History
import Merge
import Replica

// How the store's own rows spell what the core knows. They never leave the laptop.

extension Array<UInt8> {
  var blob: Data { Data(self) }
}

extension Row {
  func bytes(_ column: String) -> [UInt8] { Array(self[column] as Data) }
  func hasNull(_ column: String) -> Bool { (self[column] as DatabaseValue).isNull }
}

extension EntryID {
  /// Bytes that sort as ids do: device, then seq and index with the most significant byte first.
  var key: [UInt8] {
    var bytes = creation.change.device.bytes
    creation.change.seq.appendBigEndian(to: &bytes)
    UInt64(creation.index).appendBigEndian(to: &bytes)
    return bytes
  }
}

extension StoreTransaction {
  func decoding<T>(
    _ what: String, _ bytes: [UInt8], _ body: (inout ByteReader) throws(DecodingError) -> T
  ) throws(StorageError) -> T {
    try Self.decoding(what, bytes, body)
  }

  static func decoding<T>(
    _ what: String, _ bytes: [UInt8], _ body: (inout ByteReader) throws(DecodingError) -> T
  ) throws(StorageError) -> T {
    var reader = ByteReader(bytes)
    do {
      let value = try body(&reader)
      try reader.finish()
      return value
    } catch { throw .damaged("\(what): \(error)") }
  }

  static func state(_ bytes: [UInt8]) throws(StorageError) -> EntryState {
    try decoding("entry", bytes) { reader throws(DecodingError) in try EntryState(from: &reader) }
  }

  static func entryID(_ key: [UInt8]) throws(StorageError) -> EntryID {
    guard key.count == 32, let device = DeviceID(key.prefix(16)) else { throw .damaged("entry id") }
    let (seq, index) = (UInt64(bigEndian: key[16..<24]), UInt64(bigEndian: key[24...]))
    return EntryID(
      creation: OperationRef(change: ChangeRef(device: device, seq: seq), index: UInt32(clamping: index)))
  }

  static func packedRun(_ row: Row) throws(StorageError) -> PackedRun {
    var reader = ByteReader(row.bytes("packed"))
    do {
      let run = try reader.run()
      try reader.finish()
      return run
    } catch { throw .damaged("run: \(error)") }
  }

  static func deviceRow(_ row: Row) throws(StorageError) -> DeviceRow {
    guard let id = DeviceID(row.bytes("id")) else { throw .damaged("device id") }
    let stamp = try decoding("device", row.bytes("said")) { reader throws(DecodingError) in
      Stamp(lamport: try reader.varint(), operation: try reader.operationRef())
    }
    let key = row.hasNull("key") ? nil : PublicKey(row.bytes("key"))
    return DeviceRow(id: id, key: key, name: ExactText(row["name"] as String), stamp: stamp)
  }

  /// A change's ref, id and parents, from a row that has at least those columns.
  static func place(
    of row: Row
  ) throws(StorageError) -> (ref: ChangeRef, id: ChangeID, parents: [ChangeIndex]) {
    guard let device = DeviceID(row.bytes("device")), let digest = Digest(row.bytes("id")) else {
      throw .damaged("change")
    }
    let parents = try decoding("change", row.bytes("parents")) { reader throws(DecodingError) in
      var parents: [ChangeIndex] = []
      while !reader.isAtEnd { parents.append(ChangeIndex(try reader.count(limit: Int(Int32.max)))) }
      return parents
    }
    return (ChangeRef(device: device, seq: UInt64(row["seq"] as Int64)), ChangeID(digest), parents)
  }

  static func encode(_ parents: [ChangeIndex]) -> [UInt8] {
    var writer = ByteWriter()
    for parent in parents { writer.put(count: parent.int) }
    return writer.bytes
  }
}

extension Version {
  func encode(into writer: inout ByteWriter) {
    writer.put(count: heads.count)
    for head in heads { writer.put(head.digest) }
  }

  init(from reader: inout ByteReader) throws(DecodingError) {
    var heads: [ChangeID] = []
    for _ in 0..<(try reader.count(limit: 1 << 20)) { heads.append(ChangeID(try reader.digest())) }
    guard let version = Version(heads: heads) else { throw .outOfOrder(at: reader.offset) }
    self = version
  }
}

extension Tip {
  func encode(into writer: inout ByteWriter) {
    writer.put(book.digest)
    writer.put(prefixed: device?.bytes ?? [])
    writer.put(count: count)
    writer.put(count: heads.count)
    for head in heads { head.encode(into: &writer) }
    writer.put(count: own == nil ? 0 : 1)
    own?.encode(into: &writer)
    writer.put(varint: level)
  }

  init(from reader: inout ByteReader) throws(DecodingError) {
    let book = BookID(try reader.digest())
    let device = DeviceID(try reader.prefixed(limit: DeviceID.byteCount))
    let count = try reader.count(limit: Int(Int32.max))
    var heads: [Head] = []
    for _ in 0..<(try reader.count(limit: count)) { heads.append(try Head(from: &reader)) }
    let own = try reader.count(limit: 1) == 1 ? try Head(from: &reader) : nil
    self.init(book: book, device: device, count: count, heads: heads, own: own, level: try reader.varint())
  }
}

extension Tip.Head {
  func encode(into writer: inout ByteWriter) {
    writer.put(id.digest)
    writer.put(ref)
    writer.put(varint: lamport)
    writer.put(count: index.int)
  }

  init(from reader: inout ByteReader) throws(DecodingError) {
    self.init(
      id: ChangeID(try reader.digest()), ref: try reader.changeRef(), lamport: try reader.varint(),
      index: ChangeIndex(try reader.count(limit: Int(Int32.max))))
  }
}

extension Touch {
  var encodedShapes: [UInt8] {
    var writer = ByteWriter()
    for shape in shapes {
      writer.put(count: shape.position)
      writer.put(count: shape.deleted)
      writer.put(count: shape.inserted)
    }
    return writer.bytes
  }

  static func shapes(from reader: inout ByteReader) throws(DecodingError) -> [EditShape] {
    var shapes: [EditShape] = []
    while !reader.isAtEnd {
      let position = try reader.count(limit: ChangeLimits.position)
      let deleted = try reader.count(limit: ChangeLimits.position)
      let inserted = try reader.count(limit: ChangeLimits.insertion)
      shapes.append(EditShape(position: position, deleted: deleted, inserted: inserted))
    }
    return shapes
  }
}
