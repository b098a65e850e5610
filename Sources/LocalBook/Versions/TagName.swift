import BookFolder
import Bytes

/// What a tag is called: letters and digits of any script, and `-`, `_`, `.` between them; nothing that could be taken for
/// another name of a version or for an option.
struct TagName: Hashable, Comparable {
  /// NFC, at most `limit` bytes.
  let text: ExactText

  static let limit = 100

  init(_ typed: String) throws(VersionNameError) {
    let composed = CaseFolding.composed(typed)
    if let trouble = Self.trouble(in: composed) { throw .notAName(trouble) }
    text = ExactText(composed)
  }

  var string: String { text.string }

  static func < (a: Self, b: Self) -> Bool { a.text < b.text }

  /// Whether it could be the beginning of a version's hash.
  static func looksLikeHash(_ text: some StringProtocol) -> Bool {
    (4...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
  }

  private static func trouble(in text: String) -> TagNameError? {
    if text.isEmpty { return .empty }
    if text.utf8.count > limit { return .tooLong(bytes: text.utf8.count) }
    if looksLikeHash(text) { return .looksLikeHash }
    let scalars = text.unicodeScalars
    if let wrong = scalars.first(where: { !$0.isAllowedInTag }) { return .character(wrong) }
    guard scalars.first?.beginsTag ?? false else { return .beginning }
    return nil
  }
}

/// Why a tag cannot be called so.
package enum TagNameError: Error, Equatable, Sendable {
  case empty
  case tooLong(bytes: Int)
  /// It could be the beginning of a version's hash.
  case looksLikeHash
  case character(Unicode.Scalar)
  /// A tag begins with a letter or a digit.
  case beginning
}

extension Unicode.Scalar {
  fileprivate var isAllowedInTag: Bool {
    if self == "-" || self == "_" || self == "." { return true }
    if properties.isDefaultIgnorableCodePoint { return false }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark: return true
    default: return beginsTag
    }
  }

  fileprivate var beginsTag: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
      !properties.isDefaultIgnorableCodePoint
    default: false
    }
  }
}
