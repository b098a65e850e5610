import Bytes
import Deflate
package import History

/// What a file of Valise's holds.
package enum FileKind: UInt8, Sendable {
  /// One change, as it is hashed.
  case change = 1
  /// The changes that somebody lacks.
  case diff = 2
  /// A book with its whole history.
  case snapshot = 3
  /// A book as it is at one version, without its history.
  case light = 4
}

/// The first bytes of every file: `formats.md`, Files.
enum FileHead {
  /// A byte that is no text, a name, and line endings that a transfer as text would spoil.
  static let magic: [UInt8] = [0x89] + Array("VLS\r\n\u{1a}\n".utf8)
  static let version: UInt64 = 1

  static func encode(_ kind: FileKind, of book: BookID, into writer: inout ByteWriter) {
    let head = checked(kind.rawValue, book)
    writer.put(head)
    writer.put(checksum: Deflate.checksum(head))
  }

  /// Checks magic, version and checksum, in this order; the kind is for the caller to judge.
  static func decode(from reader: inout ByteReader) throws(FormatError) -> (kind: UInt8, book: BookID) {
    for byte in magic {
      guard reader.peek() == byte else { throw .notAFile }
      _ = try reader.layout { reader throws(DecodingError) in try reader.byte() }
    }
    let version = try reader.layout { reader throws(DecodingError) in try reader.varint() }
    guard version == Self.version else { throw .unknownVersion(version) }
    let (kind, book, checksum) = try reader.layout { reader throws(DecodingError) in
      (try reader.byte(), BookID(try reader.digest()), try reader.checksum())
    }
    guard Deflate.checksum(checked(kind, book)) == checksum else { throw .checksum(section: -1) }
    return (kind, book)
  }

  /// The bytes under the head's checksum.
  private static func checked(_ kind: UInt8, _ book: BookID) -> [UInt8] {
    var head = ByteWriter(reserving: 64)
    head.put(magic)
    head.put(varint: version)
    head.put(byte: kind)
    head.put(book.digest)
    return head.bytes
  }
}

/// Kinds of sections that stand in files besides those of a run. From 0x80 on a reader skips what it does not know.
enum FileSection {
  static let header: UInt8 = 0x10
  static let body: UInt8 = 0x11
  static let base: UInt8 = 0x20
  static let run: UInt8 = 0x21
  static let chunk: UInt8 = 0x30
  static let standing: UInt8 = 0x31
  static let entries: UInt8 = 0x32
  static let entriesGoOn: UInt8 = 0x33
  static let stateID: UInt8 = 0x34
  static let end: UInt8 = 0x3f
}

extension FileKind {
  /// The kind of a file and its book, from its first bytes; `otherKind` for one that this version does not know.
  package static func peek(_ bytes: [UInt8]) throws(FormatError) -> (kind: FileKind, book: BookID) {
    var reader = ByteReader(bytes)
    let (found, book) = try FileHead.decode(from: &reader)
    guard let kind = FileKind(rawValue: found) else { throw .otherKind(found) }
    return (kind, book)
  }
}
