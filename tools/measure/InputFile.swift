import Bytes
import Deflate
import Foundation

/// A file of somebody's, gzipped or not.
enum InputFile {
  /// The most bytes that a file may hold, packed and unpacked.
  static let limit = Deflate.byteLimit

  /// The file's bytes, unpacked where they are a gzip stream of one member.
  static func bytes(_ path: String) throws -> [UInt8] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    return bytes.starts(with: Gzip.magic) ? try Gzip.unpack(bytes) : bytes
  }
}

/// RFC 1952, as far as files of one member go.
enum Gzip {
  static let magic: [UInt8] = [0x1f, 0x8b]
  private static let headerCount = 10
  private static let trailerCount = 8

  private struct Flags: OptionSet {
    let rawValue: UInt8
    static let headerChecksum = Flags(rawValue: 2)
    static let extra = Flags(rawValue: 4)
    static let name = Flags(rawValue: 8)
    static let comment = Flags(rawValue: 16)
  }

  /// The one member's content, its checksum and count verified; bounded by what deflate can make of the bytes.
  static func unpack(_ bytes: [UInt8]) throws -> [UInt8] {
    guard bytes.count >= headerCount + trailerCount, bytes[2] == 8 else { throw InputError.notGzip }
    let flags = Flags(rawValue: bytes[3])
    let end = bytes.count - trailerCount
    var start = headerCount
    if flags.contains(.extra) {
      guard start + 2 <= end else { throw InputError.notGzip }
      start += 2 + Int(bytes[start]) + Int(bytes[start + 1]) << 8
    }
    for flag in [Flags.name, .comment] where flags.contains(flag) {
      guard start < end, let zero = bytes[start..<end].firstIndex(of: 0) else { throw InputError.notGzip }
      start = zero + 1
    }
    if flags.contains(.headerChecksum) { start += 2 }
    guard start <= end else { throw InputError.notGzip }
    let content = try Deflate.unpack(Array(bytes[start..<end]), rawCount: Int(little(bytes, end + 4)))
    guard Deflate.checksum(content) == little(bytes, end) else { throw InputError.notGzip }
    return content
  }

  private static func little(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }
}

/// Why a file cannot be read.
enum InputError: Error, Equatable, CustomStringConvertible {
  case notGzip
  case notATrace(String)
  case notACase(String)
  case tooFewNotes

  var description: String {
    switch self {
    case .notGzip: "the file is no whole gzip stream of one member"
    case .notATrace(let why): "the file is no EGTRACE1: \(why)"
    case .notACase(let why): "no case: \(why)"
    case .tooFewNotes: "the book needs two notes with words in them"
    }
  }
}

/// Where two texts part.
struct TextDifference {
  let expectedCount: Int
  let foundCount: Int
  let offset: Int

  /// Nil when they are the same.
  init?(expected: [UInt8], found: [UInt8]) {
    guard expected != found else { return nil }
    expectedCount = expected.count
    foundCount = found.count
    offset = zip(expected, found).prefix { $0 == $1 }.count
  }

  var description: String {
    "expected \(expectedCount) bytes, got \(foundCount); they differ from byte \(offset) on"
  }
}
