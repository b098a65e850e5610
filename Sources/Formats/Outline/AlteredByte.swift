import Bytes
import Deflate

/// One byte that is not what was written: where, what stands there, and what stood there when the checksum was made.
package struct AlteredByte: Equatable, Sendable {
  /// From the start of the input.
  package let offset: Int
  package let found: UInt8
  package let written: UInt8

  package init(offset: Int, found: UInt8, written: UInt8) {
    self.offset = offset
    self.found = found
    self.written = written
  }

  /// The byte that explains why a CRC-32 does not fit, in the bytes or in the checksum behind or before them; nil when
  /// none does, or more than one.
  ///
  /// CRC-32 is linear: a byte that is wrong leaves a difference that the bytes after it turn step by step. Turning it
  /// back shows where it could have begun. Cost: a table look-up a byte. That some other damage looks like one byte has
  /// a chance of 255 in 2^32 for each byte.
  static func between(_ bytes: ArraySlice<UInt8>, and checksum: UInt32, at checksumOffset: Int) -> AlteredByte? {
    let difference = Deflate.checksum(Array(bytes)) ^ checksum
    guard difference != 0 else { return nil }
    var candidates: [AlteredByte] = []
    for place in 0..<4 where difference & ~(0xff << UInt32(24 - 8 * place)) == 0 {
      let shift = UInt32(24 - 8 * place)
      let found = UInt8(truncatingIfNeeded: checksum >> shift)
      let pattern = UInt8(truncatingIfNeeded: difference >> shift)
      candidates.append(AlteredByte(offset: checksumOffset + place, found: found, written: found ^ pattern))
    }
    var state = difference
    for offset in bytes.indices.reversed() {
      let pattern = CRCTable.inverse[Int(state >> 24)]
      if CRCTable.forward[Int(pattern)] == state {
        candidates.append(AlteredByte(offset: offset, found: bytes[offset], written: bytes[offset] ^ pattern))
        if candidates.count > 1 { return nil }
      }
      state = (state ^ CRCTable.forward[Int(pattern)]) << 8 | UInt32(pattern)
    }
    return candidates.count == 1 ? candidates[0] : nil
  }
}

/// What one byte does to a CRC-32 (IEEE 802.3), and which byte does it: the highest eight bits tell.
private enum CRCTable {
  static let forward: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { state, _ in state & 1 == 1 ? state >> 1 ^ 0xedb8_8320 : state >> 1 }
  }

  static let inverse: [UInt8] = {
    var inverse = [UInt8](repeating: 0, count: 256)
    for (byte, state) in forward.enumerated() { inverse[Int(state >> 24)] = UInt8(byte) }
    return inverse
  }()
}
