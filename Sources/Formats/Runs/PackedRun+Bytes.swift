package import Bytes
import Deflate
package import History

// formats.md, Sections and Runs: how sections and runs stand in frames, stores and files.

extension ByteWriter {
  /// Kind, packed count × 2 (+ 1 when deflated), the raw count when deflated, CRC-32 of the packed bytes, the bytes.
  package mutating func put(_ section: PackedSection) {
    put(byte: section.kind)
    put(varint: UInt64(section.packed.count) << 1 | (section.isDeflated ? 1 : 0))
    if section.isDeflated { put(count: section.rawCount) }
    put(checksum: Deflate.checksum(section.packed))
    put(section.packed)
  }

  /// Device, first seq, count × 2 (+ 1 when signed), the signature, the number of sections, the sections.
  package mutating func put(_ run: PackedRun) {
    put(head: run)
    for section in run.sections { put(section) }
  }

  /// A run without its sections, which then follow one by one, each whole.
  package mutating func put(head run: PackedRun) {
    put(run.device.bytes)
    put(varint: run.first)
    put(varint: UInt64(run.count) << 1 | (run.signature == nil ? 0 : 1))
    if let signature = run.signature { put(signature.bytes) }
    put(count: run.sections.count)
  }

  mutating func put(checksum: UInt32) {
    for shift in stride(from: UInt32(24), through: 0, by: -8) {
      put(byte: UInt8(truncatingIfNeeded: checksum >> shift))
    }
  }

}

extension ByteReader {
  /// One section, its checksum verified. `index` counts the sections of the run or file, for the error.
  package mutating func section(index: Int) throws(FormatError) -> PackedSection {
    let (head, packed) = try layout { reader throws(DecodingError) in
      let head = try PackedSectionHead(from: &reader)
      return (head, try reader.take(head.packedCount))
    }
    let section = head.section(packed)
    guard Deflate.checksum(packed) == head.checksum else { throw .checksum(section: index) }
    return section
  }

  /// A run and its sections. Sections that nobody knows are kept, as they came.
  package mutating func run() throws(FormatError) -> PackedRun {
    let head = try runHead()
    var sections: [PackedSection] = []
    for index in 0..<head.sectionCount { sections.append(try section(index: index)) }
    return head.run(sections)
  }

  /// A run up to its sections.
  package mutating func runHead() throws(FormatError) -> PackedRunHead {
    try layout { reader throws(DecodingError) in
      let deviceStart = reader.offset
      guard let device = DeviceID(try reader.take(DeviceID.byteCount)) else {
        throw .truncated(at: deviceStart, missing: DeviceID.byteCount)
      }
      let firstStart = reader.offset
      let first = try reader.varint()
      guard first <= FormatLimits.seq else { throw .outOfRange(at: firstStart, found: first) }
      let countStart = reader.offset
      let size = try reader.varint()
      guard size >> 1 <= UInt64(FormatLimits.changes) else {
        throw .tooLong(at: countStart, found: size >> 1, limit: FormatLimits.changes)
      }
      guard size >> 1 > 0 else { throw .outOfRange(at: countStart, found: size) }
      let signature = size & 1 == 1 ? Signature(try reader.take(Signature.byteCount)) : nil
      let sectionsStart = reader.offset
      let sectionCount = try reader.count(limit: FormatLimits.sections)
      guard sectionCount > 0 else { throw .outOfRange(at: sectionsStart, found: 0) }
      return PackedRunHead(
        device: device, first: first, count: Int(size >> 1), signature: signature, sectionCount: sectionCount)
    }
  }

  /// Runs reads whose errors are about the layout.
  mutating func layout<Result>(
    _ read: (inout ByteReader) throws(DecodingError) -> Result
  ) throws(FormatError) -> Result {
    do { return try read(&self) } catch { throw .layout(error) }
  }

  /// A CRC-32, four bytes, the highest first.
  mutating func checksum() throws(DecodingError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 { value = value << 8 | UInt32(try byte()) }
    return value
  }
}

/// A section as announced, before its packed bytes are there.
struct PackedSectionHead: Equatable {
  let kind: UInt8
  let isDeflated: Bool
  let packedCount: Int
  let rawCount: Int
  /// CRC-32 of the packed bytes.
  let checksum: UInt32

  /// The most bytes that it takes.
  static let byteLimit = 12

  init(from reader: inout ByteReader) throws(DecodingError) {
    kind = try reader.byte()
    let start = reader.offset
    let size = try reader.varint()
    isDeflated = size & 1 == 1
    guard size >> 1 <= UInt64(FormatLimits.section) else {
      throw .tooLong(at: start, found: size >> 1, limit: FormatLimits.section)
    }
    packedCount = Int(size >> 1)
    guard packedCount > 0 else { throw .outOfRange(at: start, found: size) }
    let rawStart = reader.offset
    rawCount = isDeflated ? try reader.count(limit: FormatLimits.section) : packedCount
    // What deflate does not make shorter is stored: one spelling less, and no ratio below 1.
    guard !isDeflated || rawCount > packedCount else { throw .notCanonical(at: rawStart) }
    checksum = try reader.checksum()
  }

  func section(_ packed: [UInt8]) -> PackedSection {
    PackedSection(kind: kind, rawCount: rawCount, isDeflated: isDeflated, packed: packed)
  }
}

/// A run as announced, before its sections are there.
package struct PackedRunHead: Equatable, Sendable {
  package let device: DeviceID
  package let first: UInt64
  package let count: Int
  package let signature: Signature?
  package let sectionCount: Int

  /// The run with its sections.
  package func run(_ sections: [PackedSection]) -> PackedRun {
    PackedRun(device: device, first: first, count: count, signature: signature, sections: sections)
  }
}
