package import Bytes

/// One replica's key pair on one laptop, in one incarnation: the first 16 bytes of SHA-256(public key ‖ incarnation).
///
/// Compared as bytes; the last tie-break of the history's order.
package struct DeviceID: Hashable, Comparable, Sendable {
  package static let byteCount = 16
  private let high: UInt64
  private let low: UInt64

  /// Nil unless there are exactly 16 bytes.
  package init?(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// Nil unless there are exactly 16 bytes.
  package init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    high = UInt64(bigEndian: bytes.prefix(8))
    low = UInt64(bigEndian: bytes.dropFirst(8))
  }

  /// A device named by a number: for histories that come without keys (conformance cases, traces), smaller first.
  package init(number: UInt64) {
    high = 0
    low = number
  }

  package init(key: PublicKey, incarnation: Incarnation, hash: ([UInt8]) -> Digest) {
    let bytes = hash(key.bytes + incarnation.bytes).bytes
    high = UInt64(bigEndian: bytes[..<8])
    low = UInt64(bigEndian: bytes[8..<16])
  }

  package var bytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(Self.byteCount)
    high.appendBigEndian(to: &out)
    low.appendBigEndian(to: &out)
    return out
  }

  package static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

/// Eight random bytes that tell two lives of one key apart (a copied or restored laptop takes new ones).
package struct Incarnation: Hashable, Sendable {
  package static let byteCount = 8
  package let bytes: [UInt8]

  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}

/// SHA-256 of a change's domain and header.
package struct ChangeID: Hashable, Comparable, Sendable {
  package let digest: Digest
  package init(_ digest: Digest) { self.digest = digest }
  package static func < (a: Self, b: Self) -> Bool { a.digest < b.digest }
}

/// The id of a book's root change; 32 zero bytes in the header of that change itself.
package struct BookID: Hashable, Comparable, Sendable {
  package let digest: Digest
  package init(_ digest: Digest) { self.digest = digest }
  package init(root: ChangeID) { digest = root.digest }
  package static let zero = BookID(Digest.zero)
  package static func < (a: Self, b: Self) -> Bool { a.digest < b.digest }
}

/// A change named by its place in its device's chain; `seq` counts from 0 without gaps.
package struct ChangeRef: Hashable, Comparable, Sendable {
  package let device: DeviceID
  package let seq: UInt64

  package init(device: DeviceID, seq: UInt64) {
    self.device = device
    self.seq = seq
  }

  package static func < (a: Self, b: Self) -> Bool { (a.device, a.seq) < (b.device, b.seq) }
}

/// One operation of one change; `index` counts the change's operations from 0.
package struct OperationRef: Hashable, Comparable, Sendable {
  package let change: ChangeRef
  package let index: UInt32

  package init(change: ChangeRef, index: UInt32) {
    self.change = change
    self.index = index
  }

  package static func < (a: Self, b: Self) -> Bool { (a.change, a.index) < (b.change, b.index) }
}

/// An entry, named by the operation that created it.
package struct EntryID: Hashable, Comparable, Sendable {
  package let creation: OperationRef
  package init(creation: OperationRef) { self.creation = creation }
  package static func < (a: Self, b: Self) -> Bool { a.creation < b.creation }
}

/// A place in the history's total order: what has seen more first, then the device's bytes, then its own count.
///
/// Computed from the graph alone, so every replica agrees; wall time never decides.
package struct Stamp: Hashable, Comparable, Sendable {
  /// One more than the largest of the parents; 1 without parents.
  package let lamport: UInt64
  package let operation: OperationRef

  package init(lamport: UInt64, operation: OperationRef) {
    self.lamport = lamport
    self.operation = operation
  }

  package var change: ChangeRef { operation.change }

  package static func < (a: Self, b: Self) -> Bool {
    (a.lamport, a.operation) < (b.lamport, b.operation)
  }
}
