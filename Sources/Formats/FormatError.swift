package import Bytes
package import Deflate
package import History

/// Why bytes are no run, section or file, or changes no run; the offsets say where.
package enum FormatError: Error, Equatable, Sendable {
  /// The head of a file, run or section is wrong; the offset counts from the start of the input.
  case layout(DecodingError)
  /// The bytes under a checksum are not those that were written. Sections count from 0; -1 is the head of a file.
  case checksum(section: Int)
  /// A section does not unpack to what it declares.
  case packing(DeflateError, section: Int)
  /// A section that this version does not know, and must not skip.
  case unknownSection(kind: UInt8, section: Int)
  /// What a section of a file holds is wrong; the offset counts its unpacked bytes.
  case section(DecodingError, Int)
  /// What the sections of a run hold is wrong; the offset counts unpacked bytes of that column (0 in rows).
  case content(DecodingError, column: UInt8)
  /// The copies of repeated text do not add up.
  case copies(LongRangeError)
  /// The canonical header of a change is wrong; the offset counts its bytes.
  case header(DecodingError)
  /// The canonical body of a change is wrong; the offset counts its bytes.
  case body(DecodingError, of: ChangeRef)
  /// A change breaks a rule that needs no history.
  case change(ChangeError, ChangeRef)
  /// A change's header holds the hash of another body.
  case bodyHash(ChangeRef)
  /// A run does not begin where its device's changes before it end.
  case gap(ChangeRef, expected: UInt64)
  /// A change was made on one that is neither known nor earlier in the run.
  case unknownParent(ChangeRef, of: ChangeRef)
  /// More than a run may hold.
  case overLimit(Bound, limit: Int)
  /// The changes to be packed are not consecutive changes of one device in one book.
  case notARun
  /// The bytes are no file of Valise's.
  case notAFile
  /// The file has a format version that this program does not know.
  case unknownVersion(UInt64)
  /// The file is of another kind than the one asked for.
  case otherKind(UInt8)
  /// A change does not belong to the file's book.
  case otherBook
  /// Sections of a file come in another order than its kind has.
  case sectionOrder(kind: UInt8, section: Int)
  /// What a light snapshot holds is not what its id says.
  case stateID

  /// What a run has too much of.
  package enum Bound: Equatable, Sendable {
    case changes, items, bytes, sections, copies
  }

  /// The name that golden vectors use for this error.
  package var name: String {
    switch self {
    case .layout(let error), .section(let error, _), .content(let error, _), .header(let error), .body(let error, _):
      error.name
    case .checksum: "checksum"
    case .packing: "packing"
    case .unknownSection: "unknownSection"
    case .copies: "copies"
    case .change(let error, _): error.name
    case .bodyHash: "bodyHash"
    case .gap: "gap"
    case .unknownParent: "unknownParent"
    case .overLimit: "overLimit"
    case .notARun: "notARun"
    case .notAFile: "notAFile"
    case .unknownVersion: "unknownVersion"
    case .otherKind: "otherKind"
    case .otherBook: "otherBook"
    case .sectionOrder: "sectionOrder"
    case .stateID: "stateID"
    }
  }
}

extension ChangeError {
  /// The name that golden vectors use for this error.
  package var name: String {
    switch self {
    case .tooLarge: "tooLarge"
    case .parents: "parents"
    case .previous: "previous"
    case .message: "message"
    }
  }
}
