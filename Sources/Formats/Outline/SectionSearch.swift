import Bytes
import Deflate

/// Finds the sections of a file, and finds them again behind bytes that are none.
struct SectionSearch {
  private let bytes: [UInt8]
  /// Bytes that may still be looked at in vain: a hostile file does not buy more work than that.
  private var budget: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    budget = (64 << 20) + 4 * bytes.count
  }

  mutating func parts(from start: Int) -> [FileOutline.Part] {
    var parts: [FileOutline.Part] = []
    var offset = start
    var index = 0
    while offset < bytes.count {
      if let found = section(at: offset, index: index) {
        parts.append(.section(found))
        offset = found.range.upperBound
      } else {
        let next = nextSound(after: offset) ?? bytes.count
        parts.append(.lost(offset..<next))
        offset = next
      }
      index += 1
    }
    return parts
  }

  /// The section that begins here: sound, or so that one byte or the packed bytes alone are wrong.
  private mutating func section(at offset: Int, index: Int) -> FileOutline.PlacedSection? {
    let head = head(at: offset, in: bytes)
    if let head, isSound(head) { return placed(head, index, nil) }
    // Where the next section begins behind it, its size is right, and so the packed bytes or their checksum are wrong.
    if let head, continues(at: head.end) {
      let damage = AlteredByte.between(bytes[head.packed], and: head.head.checksum, at: head.packed.lowerBound - 4)
      return placed(head, index, damage.map { .byte($0) } ?? .bytes)
    }
    return withAnotherHead(at: offset, index: index)
  }

  /// The section that begins here if one byte of its head is put right: the only one whose checksum then fits.
  private mutating func withAnotherHead(at offset: Int, index: Int) -> FileOutline.PlacedSection? {
    var found: FileOutline.PlacedSection?
    // The kind decides about no size.
    for place in (offset + 1)..<max(offset + 1, min(offset + 8, bytes.count)) {
      for value in UInt8.min...UInt8.max where value != bytes[place] {
        guard let head = head(at: offset, in: bytes, with: (place, value)), place < head.packed.lowerBound - 4,
          isSound(head), continues(at: head.end)
        else { continue }
        if found != nil { return nil }
        found = placed(head, index, .byte(AlteredByte(offset: place, found: bytes[place], written: value)))
      }
    }
    return found
  }

  /// Where the next sound section begins that another one, or the end of the file, follows.
  private mutating func nextSound(after offset: Int) -> Int? {
    var place = offset + 1
    while place < bytes.count, budget > 0 {
      budget -= 1
      if FileSection.isKnown(bytes[place]), let head = head(at: place, in: bytes), isSound(head),
        continues(at: head.end)
      {
        return place
      }
      place += 1
    }
    return nil
  }

  /// Whether the file ends here, or a section that is sound begins.
  private mutating func continues(at offset: Int) -> Bool {
    if offset == bytes.count { return true }
    return head(at: offset, in: bytes).map { isSound($0) } ?? false
  }

  private struct FoundHead {
    let offset: Int
    let head: PackedSectionHead
    let packed: Range<Int>
    var end: Int { packed.upperBound }
  }

  private func head(
    at offset: Int, in bytes: [UInt8], with change: (place: Int, value: UInt8)? = nil
  ) -> FoundHead? {
    var piece = Array(bytes[offset..<min(offset + PackedSectionHead.byteLimit, bytes.count)])
    if let change { piece[change.place - offset] = change.value }
    var reader = ByteReader(piece)
    guard let head = try? PackedSectionHead(from: &reader) else { return nil }
    let start = offset + reader.offset
    guard head.packedCount <= bytes.count - start else { return nil }
    return FoundHead(offset: offset, head: head, packed: start..<start + head.packedCount)
  }

  private mutating func isSound(_ found: FoundHead) -> Bool {
    guard budget > 0 else { return false }
    budget -= found.packed.count
    return Deflate.checksum(Array(bytes[found.packed])) == found.head.checksum
  }

  private func placed(_ found: FoundHead, _ index: Int, _ damage: FileOutline.Damage?) -> FileOutline.PlacedSection {
    var packed = Array(bytes[found.packed])
    if case .byte(let byte) = damage, found.packed.contains(byte.offset) {
      packed[byte.offset - found.packed.lowerBound] = byte.written
    }
    return FileOutline.PlacedSection(
      index: index, range: found.offset..<found.end, packedOffset: found.packed.lowerBound,
      section: found.head.section(packed), damage: damage)
  }
}
