import BookFolder
import Bytes
import GRDB
package import History
package import Replica

/// A stretch of a history's shape in one row of the store: to load it does not cost a row a change.
///
/// It repeats what the rows of its changes say, so that it can be made from them at any time.
package enum GraphBlock {
  /// How many changes have a block; the last ones of a history, fewer than that, have none yet.
  static let length = 256

  static func table(for side: BookSide) -> String {
    "CREATE TABLE \(side.prefix)graph (first INTEGER PRIMARY KEY, changes BLOB NOT NULL);"
  }

  /// Of each change: its device, unless it is that of the one before; how far back its parents lie; its id.
  static func encode(_ changes: [(ref: ChangeRef, id: ChangeID, parents: [ChangeIndex])], from first: Int) -> [UInt8] {
    var writer = ByteWriter(reserving: changes.count * 40)
    var device: DeviceID?
    for (offset, change) in changes.enumerated() {
      let isOther = change.ref.device != device
      writer.put(count: change.parents.count << 1 | (isOther ? 1 : 0))
      if isOther { writer.put(change.ref.device.bytes) }
      device = change.ref.device
      for parent in change.parents { writer.put(count: first + offset - parent.int) }
      writer.put(change.id.digest)
    }
    return writer.bytes
  }

  /// Appends a block's changes to the graph that ends where it begins.
  static func read(_ reader: inout ByteReader, onto graph: inout EventGraph) throws(DecodingError) {
    var device: DeviceID?
    for _ in 0..<length {
      let head = try reader.count(limit: ChangeLimits.parents << 1 | 1)
      if head & 1 == 1 { device = DeviceID(try reader.take(DeviceID.byteCount)) }
      guard let device else { throw .outOfRange(at: reader.offset, found: UInt64(head)) }
      var parents: [ChangeIndex] = []
      for _ in 0..<head >> 1 {
        let start = reader.offset
        let distance = try reader.count(limit: graph.count)
        guard distance > 0 else { throw .outOfRange(at: start, found: 0) }
        parents.append(ChangeIndex(graph.count - distance))
      }
      graph.append(next: device, id: ChangeID(try reader.digest()), parents: parents)
    }
  }
}

extension StoreTransaction {
  package func graph() throws(StorageError) -> EventGraph {
    var graph = EventGraph(reserving: try tip()?.count ?? 0)
    for row in try rows("SELECT first, changes FROM \(own)graph ORDER BY first") {
      guard row["first"] as Int == graph.count else { throw .damaged("graph at \(graph.count)") }
      try decoding("graph", row.bytes("changes")) { reader throws(DecodingError) in
        try GraphBlock.read(&reader, onto: &graph)
      }
    }
    for change in try places(from: graph.count, through: Int(Int32.max)) {
      graph.append(next: change.ref.device, id: change.id, parents: change.parents)
    }
    return graph
  }

  /// Makes a block of every so many changes that have none, up to this one.
  func fillBlocks(through last: ChangeIndex) throws(StorageError) {
    let newest = try row("SELECT first FROM \(own)graph ORDER BY first DESC LIMIT 1")
    var first = newest.map { ($0["first"] as Int) + GraphBlock.length } ?? 0
    while first + GraphBlock.length <= last.int + 1 {
      let changes = try places(from: first, through: first + GraphBlock.length - 1)
      guard changes.count == GraphBlock.length else { throw .damaged("changes from \(first) on") }
      try run(
        "INSERT INTO \(own)graph (first, changes) VALUES (?, ?)",
        [first, GraphBlock.encode(changes, from: first).blob])
      first += GraphBlock.length
    }
  }

  private func places(
    from first: Int, through last: Int
  ) throws(StorageError) -> [(ref: ChangeRef, id: ChangeID, parents: [ChangeIndex])] {
    var places: [(ref: ChangeRef, id: ChangeID, parents: [ChangeIndex])] = []
    for row in try rows(
      "SELECT id, device, seq, parents FROM \(own)change WHERE n BETWEEN ? AND ? ORDER BY n", [first, last])
    { places.append(try Self.place(of: row)) }
    return places
  }
}
