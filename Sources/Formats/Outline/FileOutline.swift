import Bytes
import Deflate
package import History

/// What lies in a file, section by section, whatever is wrong with some of them: to look at a file, never to take it in.
///
/// Where one altered byte explains what is wrong, it is put right in what is given, and named.
package struct FileOutline: Equatable, Sendable {
  package let head: Head
  /// In the order of the file; together with the head they cover it.
  package let parts: [Part]

  package struct Head: Equatable, Sendable {
    package let version: UInt64
    package let kind: UInt8
    package let book: BookID
    package let damage: Damage?

    /// Bytes of a head of version 1.
    package static let byteCount = 46
  }

  package enum Part: Equatable, Sendable {
    case section(PlacedSection)
    /// Bytes that are no section; what follows them is one again.
    case lost(Range<Int>)
  }

  /// A section, and where in the file it lies.
  package struct PlacedSection: Equatable, Sendable {
    /// Among the sections of the file, from 0.
    package let index: Int
    package let range: Range<Int>
    /// Where its packed bytes begin.
    package let packedOffset: Int
    package let section: PackedSection
    package let damage: Damage?
  }

  package enum Damage: Equatable, Sendable {
    /// One byte is wrong, and is put right here.
    case byte(AlteredByte)
    /// The bytes under the checksum are not those that were written.
    case bytes
  }

  /// `notAFile` for bytes that do not begin as a file of Valise's does, one wrong byte of the first eight aside;
  /// `unknownVersion` for a later version's.
  package init(of bytes: [UInt8]) throws(FormatError) {
    head = try Head(of: bytes)
    var search = SectionSearch(bytes)
    parts = search.parts(from: Head.byteCount)
  }
}

extension FileOutline.Head {
  init(of bytes: [UInt8]) throws(FormatError) {
    let magic = FileHead.magic
    guard zip(bytes, magic).count(where: { $0 == $1 }) >= magic.count - 1 else { throw .notAFile }
    guard bytes.count >= Self.byteCount else {
      throw .layout(.truncated(at: bytes.count, missing: Self.byteCount - bytes.count))
    }
    var checked = Array(bytes[..<(Self.byteCount - 4)])
    let checksum = bytes[(Self.byteCount - 4)..<Self.byteCount].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    var damage: FileOutline.Damage?
    if Deflate.checksum(checked) != checksum {
      damage = .bytes
      if let byte = AlteredByte.between(checked[...], and: checksum, at: checked.count) {
        damage = .byte(byte)
        if byte.offset < checked.count { checked[byte.offset] = byte.written }
      }
    } else if !checked.starts(with: magic) {
      throw .notAFile
    }
    let version = UInt64(checked[magic.count])
    // Of another version the rest of the head may mean anything.
    guard version == FileHead.version || damage == .bytes else { throw .unknownVersion(version) }
    self.version = version
    self.damage = damage
    kind = checked[magic.count + 1]
    book = Digest(Array(checked.suffix(Digest.byteCount))).map { BookID($0) } ?? .zero
  }
}
