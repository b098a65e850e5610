package import Bytes
package import History

/// One signed run of a device's changes as it travels and as it is stored: changes `first ..< first + count`.
///
/// A position of a server's log is one run. The server relays the sections as it received them; only whoever replays a
/// run unpacks it (`formats.md`, Runs).
package struct PackedRun: Equatable, Sendable {
  package let device: DeviceID
  /// The seq of the first change.
  package let first: UInt64
  /// How many changes, at least 1.
  package let count: Int
  /// The device's signature over its last change in the run; nil only in histories that come without keys.
  package let signature: Signature?
  package let sections: [PackedSection]

  package init(device: DeviceID, first: UInt64, count: Int, signature: Signature?, sections: [PackedSection]) {
    self.device = device
    self.first = first
    self.count = count
    self.signature = signature
    self.sections = sections
  }

  /// The seq of the last change.
  package var last: UInt64 { first + UInt64(count) - 1 }
}

/// A piece of a run, a snapshot or a diff: packed bytes under a checksum, understood or skipped as a whole.
package struct PackedSection: Equatable, Sendable {
  /// Below 0x80: a reader that does not know it refuses the file. From 0x80 on: it skips the section.
  package let kind: UInt8
  /// Bytes once unpacked; equal to the packed count when stored.
  package let rawCount: Int
  package let isDeflated: Bool
  package let packed: [UInt8]

  package init(kind: UInt8, rawCount: Int, isDeflated: Bool, packed: [UInt8]) {
    self.kind = kind
    self.rawCount = rawCount
    self.isDeflated = isDeflated
    self.packed = packed
  }
}
