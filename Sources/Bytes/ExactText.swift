/// UTF-8 text that is compared byte for byte, so that "é" in two normalisations are two texts on every system.
///
/// Swift compares `String` by canonical equivalence; names, values and elements of a book must not be.
package struct ExactText: Hashable, Comparable, Sendable, ExpressibleByStringLiteral {
  package let bytes: [UInt8]

  package init(_ text: String) { bytes = Array(text.utf8) }
  package init(stringLiteral text: String) { self.init(text) }

  /// Nil when the bytes are not valid UTF-8.
  package init?(validating bytes: [UInt8]) {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    self.bytes = bytes
  }

  package var string: String { String(decoding: bytes, as: UTF8.self) }
  package var isEmpty: Bool { bytes.isEmpty }

  /// Unicode scalar values in the text.
  package var scalarCount: Int {
    var count = 0
    for byte in bytes where byte & 0xc0 != 0x80 { count += 1 }
    return count
  }

  package static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

extension ByteReader {
  /// A length in bytes (at most `limit`) and as much UTF-8.
  package mutating func exactText(limit: Int) throws(DecodingError) -> ExactText {
    let count = try count(limit: limit)
    let start = offset
    guard let text = ExactText(validating: try take(count)) else { throw .invalidUTF8(at: start) }
    return text
  }
}

extension ByteWriter {
  package mutating func put(text: ExactText) { put(prefixed: text.bytes) }
}
