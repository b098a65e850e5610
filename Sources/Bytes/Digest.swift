/// A SHA-256 value: 32 bytes, compared as bytes.
package struct Digest: Hashable, Comparable, Sendable {
  package static let byteCount = 32
  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// Nil unless there are exactly 32 bytes.
  package init?(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// Nil unless there are exactly 32 bytes.
  package init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    func word(_ number: Int) -> UInt64 {
      let start = bytes.startIndex + 8 * number
      return UInt64(bigEndian: bytes[start..<start + 8])
    }
    words = (word(0), word(1), word(2), word(3))
  }

  private init() { words = (0, 0, 0, 0) }

  /// 32 zero bytes: stands where the book's id cannot stand yet.
  package static let zero = Digest()

  package var bytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(Self.byteCount)
    append(to: &out)
    return out
  }

  /// The first eight bytes, as a number.
  package var firstWord: UInt64 { words.0 }

  package func append(to out: inout [UInt8]) {
    for word in [words.0, words.1, words.2, words.3] { word.appendBigEndian(to: &out) }
  }

  package static func == (a: Self, b: Self) -> Bool { a.words == b.words }
  package static func < (a: Self, b: Self) -> Bool { a.words < b.words }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }
}

extension UInt64 {
  /// The number that these bytes are, the most significant one first.
  package init(bigEndian bytes: ArraySlice<UInt8>) {
    self = 0
    for byte in bytes { self = self << 8 | UInt64(byte) }
  }

  package func appendBigEndian(to out: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: self >> UInt64(shift))) }
  }
}
