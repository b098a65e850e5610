/// Reads one input front to back; every read is bounded, and throws where it stands.
package struct ByteReader: Sendable {
  private let bytes: [UInt8]
  private let end: Int
  /// Where the next read begins, from the start of the input.
  package private(set) var offset: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
    end = bytes.count
  }

  /// Bytes not yet read.
  package var remaining: Int { end - offset }
  package var isAtEnd: Bool { offset == end }

  package mutating func byte() throws(DecodingError) -> UInt8 {
    guard offset < end else { throw .truncated(at: offset, missing: 1) }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// The next byte, without taking it; nil at the end.
  package func peek() -> UInt8? { offset < end ? bytes[offset] : nil }

  /// An unsigned LEB128 number of at most 64 bits, in its shortest form.
  package mutating func varint() throws(DecodingError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      if shift == 63 && next > 1 { throw .outOfRange(at: start, found: UInt64(next)) }
      value |= UInt64(next & 0x7f) << shift
      if next & 0x80 == 0 {
        if next == 0 && shift > 0 { throw .notShortest(at: start) }
        return value
      }
      shift += 7
      if shift > 63 { throw .outOfRange(at: start, found: value) }
    }
  }

  /// A varint that must not exceed `limit`; `limit` is the specification's, never the input's.
  package mutating func count(limit: Int) throws(DecodingError) -> Int {
    let start = offset
    let value = try varint()
    guard value <= UInt64(limit) else { throw .tooLong(at: start, found: value, limit: limit) }
    return Int(value)
  }

  /// A zigzag-coded signed number.
  package mutating func signedVarint() throws(DecodingError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  package mutating func take(_ count: Int) throws(DecodingError) -> [UInt8] {
    guard count <= remaining else { throw .truncated(at: offset, missing: count - remaining) }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  /// A length (at most `limit`) and as many bytes.
  package mutating func prefixed(limit: Int) throws(DecodingError) -> [UInt8] {
    try take(count(limit: limit))
  }

  /// A length in bytes (at most `limit`) and as much UTF-8. Wrong UTF-8 is refused, never repaired.
  package mutating func text(limit: Int) throws(DecodingError) -> String {
    let count = try count(limit: limit)
    let start = offset
    guard let text = String(validating: try take(count), as: UTF8.self) else { throw .invalidUTF8(at: start) }
    return text
  }

  package mutating func digest() throws(DecodingError) -> Digest {
    guard remaining >= Digest.byteCount, let digest = Digest(bytes[offset..<offset + Digest.byteCount]) else {
      throw .truncated(at: offset, missing: Digest.byteCount - remaining)
    }
    offset += Digest.byteCount
    return digest
  }

  /// Refuses bytes after the last item.
  package func finish() throws(DecodingError) {
    if !isAtEnd { throw .trailing(at: offset, count: remaining) }
  }
}
