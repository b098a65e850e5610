package import Bytes

/// A version of a book: the heads of a history, none an ancestor of another, ascending by bytes.
package struct Version: Hashable, Sendable {
  package let heads: [ChangeID]

  /// Nil unless the ids ascend.
  package init?(heads: [ChangeID]) {
    guard zip(heads, heads.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
    self.heads = heads
  }

  /// From heads in any order.
  package init(sorting heads: [ChangeID]) { self.heads = heads.sorted() }

  /// The version before anything was written.
  package static let empty = Version(sorting: [])

  /// What people type and see, in full: the id of a single head, else the hash over all of them; 64 digits.
  package func name(hash: ([UInt8]) -> Digest) -> String {
    if heads.count == 1 { return heads[0].digest.bytes.hex }
    return hash(Array("valise version\n".utf8) + heads.flatMap(\.digest.bytes)).bytes.hex
  }
}

/// How many changes one has of each device: exact, since a device's chain has no gaps. Ascending by device.
package struct VersionVector: Hashable, Sendable {
  package private(set) var counts: [Entry]

  package struct Entry: Hashable, Sendable {
    package let device: DeviceID
    /// Changes 0 ..< count are there; at least 1.
    package var count: UInt64

    package init(device: DeviceID, count: UInt64) {
      self.device = device
      self.count = count
    }
  }

  package init() { counts = [] }

  /// Nil unless the devices ascend and no count is 0.
  package init?(_ counts: [Entry]) {
    guard zip(counts, counts.dropFirst()).allSatisfy({ $0.device < $1.device }),
      counts.allSatisfy({ $0.count > 0 })
    else { return nil }
    self.counts = counts
  }

  /// From devices in any order, each there once and with a change.
  init(sorting counts: [Entry]) { self.counts = counts.sorted { $0.device < $1.device } }

  package subscript(device: DeviceID) -> UInt64 {
    get {
      let place = place(of: device)
      return place < counts.count && counts[place].device == device ? counts[place].count : 0
    }
    set {
      let place = place(of: device)
      if place < counts.count && counts[place].device == device {
        counts[place].count = newValue
      } else {
        counts.insert(Entry(device: device, count: newValue), at: place)
      }
    }
  }

  private func place(of device: DeviceID) -> Int {
    var (low, high) = (0, counts.count)
    while low < high {
      let middle = (low + high) / 2
      if counts[middle].device < device { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
