/// Raw deflate (RFC 1951), made and read by zlib. One call, one independent stream: nothing carries over.
package enum Deflate {
  /// How zlib looks for repeats before it codes.
  package enum Strategy: Sendable, CaseIterable {
    /// For text.
    case `default`
    /// For number columns: 1 to 5 % smaller than `default` on those.
    case filtered
    /// No search for repeats: about three times faster, and equal on columns where nothing repeats.
    case huffmanOnly
  }

  /// The most bytes that one stream may hold before packing, and after.
  package static let byteLimit = 1 << 30

  /// The largest factor by which a deflate stream can grow when it is unpacked (a match of 258 bytes in two bits).
  package static let ratioLimit = 1_032

  /// The bytes as one raw deflate stream. `level` is zlib's, 0 to 9; `raw` holds at most `byteLimit` bytes.
  ///
  /// About 30 MB a second at level 6, 90 at level 1. Never fails: zlib could lack memory only where Swift itself traps.
  package static func pack(_ raw: [UInt8], level: Int = 6, strategy: Strategy = .default) -> [UInt8] {
    precondition(raw.count <= byteLimit, "more than one stream may hold")
    precondition((0...9).contains(level), "no such level")
    return Zlib.deflate(raw, level: CInt(level), strategy: strategy.code)
  }

  /// The bytes of one raw deflate stream that must hold exactly `rawCount` of them, and nothing behind them.
  ///
  /// Inflates at most `rawCount` + 1 bytes, and allocates no more than the packed bytes can fill, whatever they claim.
  package static func unpack(_ packed: [UInt8], rawCount: Int) throws(DeflateError) -> [UInt8] {
    guard rawCount <= byteLimit, packed.count <= byteLimit else { throw .overLimit(byteLimit) }
    // A stream cannot grow further than its ratio, so a larger claim is false before a byte is inflated.
    guard rawCount <= packed.count * ratioLimit else { throw .shorterThanDeclared(declared: rawCount) }
    guard rawCount >= 0 else { throw .longerThanDeclared(declared: rawCount) }
    let inflated = Zlib.inflate(packed, capacity: rawCount + 1)
    switch inflated.end {
    case .stream: break
    case .output: throw .longerThanDeclared(declared: rawCount)
    case .input: throw .truncated(at: packed.count)
    case .corrupt: throw .corrupt(at: inflated.consumed)
    case .dictionary: throw .needsDictionary
    case .memory: throw .outOfMemory
    }
    guard inflated.bytes.count <= rawCount else { throw .longerThanDeclared(declared: rawCount) }
    guard inflated.bytes.count == rawCount else { throw .shorterThanDeclared(declared: rawCount) }
    guard inflated.consumed == packed.count else {
      throw .trailing(at: inflated.consumed, count: packed.count - inflated.consumed)
    }
    return inflated.bytes
  }

  /// CRC-32 (IEEE 802.3, as in gzip): 2 to 4 GB a second. Finds accidents, not attacks.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 { Zlib.checksum(bytes) }
}

/// What is wrong with a packed stream; offsets count packed bytes.
package enum DeflateError: Error, Equatable, Sendable {
  /// The bytes are no deflate stream from about here on.
  case corrupt(at: Int)
  /// The packed bytes end before their stream does.
  case truncated(at: Int)
  /// The stream holds more bytes than its sender declared; it was not inflated further.
  case longerThanDeclared(declared: Int)
  /// The stream holds fewer bytes than its sender declared.
  case shorterThanDeclared(declared: Int)
  /// Bytes stand behind the end of the stream.
  case trailing(at: Int, count: Int)
  /// The stream asks for a preset dictionary, which raw streams do not have.
  case needsDictionary
  /// More than one stream may hold.
  case overLimit(Int)
  /// zlib found no memory for its window.
  case outOfMemory
}
