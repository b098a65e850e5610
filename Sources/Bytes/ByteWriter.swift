/// Collects bytes in the spelling that `ByteReader` accepts.
package struct ByteWriter: Sendable {
  package private(set) var bytes: [UInt8]

  package init() { bytes = [] }

  package init(reserving capacity: Int) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  package var count: Int { bytes.count }

  package mutating func put(byte: UInt8) { bytes.append(byte) }

  package mutating func put(varint value: UInt64) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// A count or length; negative ones are a caller's mistake.
  package mutating func put(count: Int) { put(varint: UInt64(count)) }

  package mutating func put(signed value: Int64) {
    put(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  package mutating func put(_ raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  /// A length and the bytes.
  package mutating func put(prefixed raw: [UInt8]) {
    put(count: raw.count)
    bytes.append(contentsOf: raw)
  }

  /// A length in bytes and the UTF-8.
  package mutating func put(text: String) {
    let utf8 = text.utf8
    put(count: utf8.count)
    bytes.append(contentsOf: utf8)
  }

  package mutating func put(_ digest: Digest) { digest.append(to: &bytes) }
}

extension Int {
  /// How many bytes this count takes as a varint.
  package var varintLength: Int {
    var rest = UInt64(self)
    var length = 1
    while rest > 0x7f {
      rest >>= 7
      length += 1
    }
    return length
  }
}
