import BookFolder
import Bytes
import Formats
import GRDB
import History
package import Merge
package import Replica

// The rows that repeat what the history says, so that a question costs no replay. Each is spelt here alone: the store
// writes it so, and whoever checks a store holds against it what is there.

/// What the store's own list says of a change.
package struct StoredChange: Equatable, Sendable {
  package let index: Int64
  package let id: [UInt8]
  package let device: [UInt8]
  package let seq: Int64
  let parents: [UInt8]
  /// The number of the run that holds it.
  let run: Int64
  let time: Int64
  let origin: [UInt8]
  /// UTF-8.
  let message: [UInt8]

  /// What has to be there.
  package init(of row: ChangeRow, run: Int64) {
    var origin = ByteWriter()
    row.origin.encode(into: &origin)
    index = Int64(row.index.int)
    id = row.id.digest.bytes
    device = row.ref.device.bytes
    seq = Int64(clamping: row.ref.seq)
    parents = StoreTransaction.encode(row.parents)
    self.run = run
    time = row.time
    self.origin = origin.bytes
    message = row.message.bytes
  }

  init(plain row: Row) {
    index = row.plainNumber("n")
    id = row.plainBytes("id")
    device = row.plainBytes("device")
    seq = row.plainNumber("seq")
    parents = row.plainBytes("parents")
    run = row.plainNumber("run")
    time = row.plainNumber("time")
    origin = row.plainBytes("origin")
    message = row.plainBytes("message")
  }

  package func columns(unlike other: StoredChange) -> [String] {
    [
      ("n", index == other.index), ("id", id == other.id), ("device", device == other.device),
      ("seq", seq == other.seq), ("parents", parents == other.parents), ("run", run == other.run),
      ("time", time == other.time), ("origin", origin == other.origin), ("message", message == other.message),
    ].wrong
  }
}

/// A row of the store's entries.
package struct StoredEntry: Equatable, Sendable {
  /// The store's own, in order of arrival; nothing else says it.
  package let number: Int64
  package let id: [UInt8]
  let conflicts: Int64
  /// UTF-8, as is the path; that is empty for an entry that is deleted.
  let kind: [UInt8]
  let path: [UInt8]
  let placed: [UInt8]
  package let state: [UInt8]

  /// What has to be there.
  package init(of entry: EntryState, conflicts: Int, number: Int64 = 0) {
    var state = ByteWriter()
    entry.encode(into: &state)
    var placed = ByteWriter()
    let stamp = entry.register(.path)?.members.first?.stamp ?? entry.creation
    placed.put(varint: stamp.lamport)
    placed.put(stamp.operation)
    self.number = number
    id = entry.id.key
    self.conflicts = Int64(conflicts)
    kind = EntryView.kind(of: entry).bytes
    path = entry.isAlive ? EntryView.path(of: entry).bytes : []
    self.placed = placed.bytes
    self.state = state.bytes
  }

  init(plain row: Row) {
    number = row.plainNumber("n")
    id = row.plainBytes("id")
    conflicts = row.plainNumber("conflicts")
    kind = row.plainBytes("kind")
    path = row.plainBytes("path")
    placed = row.plainBytes("placed")
    state = row.plainBytes("state")
  }

  package func columns(unlike other: StoredEntry) -> [String] {
    [
      ("id", id == other.id), ("conflicts", conflicts == other.conflicts), ("kind", kind == other.kind),
      ("path", path == other.path), ("placed", placed == other.placed), ("state", state == other.state),
    ].wrong
  }
}

/// A row of the store's devices.
package struct StoredDevice: Equatable, Sendable {
  package let number: Int64
  package let id: [UInt8]
  /// Empty where none is known.
  let key: [UInt8]
  /// UTF-8.
  let name: [UInt8]
  let said: [UInt8]

  /// What has to be there.
  package init(of device: DeviceRow, number: Int64 = 0) {
    var said = ByteWriter()
    said.put(varint: device.stamp.lamport)
    said.put(device.stamp.operation)
    self.number = number
    id = device.id.bytes
    key = device.key?.bytes ?? []
    name = device.name.bytes
    self.said = said.bytes
  }

  init(plain row: Row) {
    number = row.plainNumber("n")
    id = row.plainBytes("id")
    key = row.plainBytes("key")
    name = row.plainBytes("name")
    said = row.plainBytes("said")
  }

  package func columns(unlike other: StoredDevice) -> [String] {
    [("id", id == other.id), ("key", key == other.key), ("name", name == other.name), ("said", said == other.said)]
      .wrong
  }
}

/// That a change has operations on an entry, and what they do to its body.
package struct StoredTouch: Equatable, Sendable {
  /// The entry's number in the store.
  package let entry: Int64
  package let change: Int64
  let shapes: [UInt8]

  init(entry: Int64, change: Int64, shapes: [UInt8]) {
    self.entry = entry
    self.change = change
    self.shapes = shapes
  }

  /// What has to be there.
  package init(of touch: Touch, entry: Int64) {
    self.init(entry: entry, change: Int64(touch.index.int), shapes: touch.encodedShapes)
  }
}

extension GraphBlock {
  /// The blocks that these changes, which are all from the first on, have when each has its row; by their first change.
  package static func expected(of rows: [ChangeRow]) -> [Int64: [UInt8]] {
    var blocks: [Int64: [UInt8]] = [:]
    for first in stride(from: 0, to: rows.count - rows.count % length, by: length) {
      let changes = rows[first..<first + length].map { (ref: $0.ref, id: $0.id, parents: $0.parents) }
      blocks[Int64(first)] = encode(changes, from: first)
    }
    return blocks
  }
}
