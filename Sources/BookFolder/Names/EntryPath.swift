package import Bytes

/// Where an entry's file lies in the book: folders and a name ending in `.md`, NFC, `/` between them, allowed on every
/// system (folder.md 2). A path that exists is a safe one.
package struct EntryPath: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: ExactText

  /// Of a file found in one's own folder. Another normalisation is composed; anything else is refused with a
  /// suggestion.
  package init(recording path: [UInt8]) throws(RefusedName) {
    guard let typed = String(validating: path, as: UTF8.self) else {
      throw RefusedName(path: path, reason: .invalidUTF8, suggestion: nil)
    }
    let composed = CaseFolding.composed(typed)
    if let reason = Self.trouble(in: composed) {
      throw RefusedName(path: path, reason: reason, suggestion: Self.suggestion(for: composed))
    }
    text = ExactText(composed)
  }

  /// From a peer: hostile input. Refused as well where it is not composed, or where it names what never travels.
  package init(fromPeer path: ExactText) throws(RefusedName) {
    try self.init(recording: path.bytes)
    guard text == path else { throw RefusedName(path: path.bytes, reason: .notComposed, suggestion: description) }
    if isPrivate { throw RefusedName(path: path.bytes, reason: .privateFolder, suggestion: nil) }
  }

  private init(safe text: String) { self.text = ExactText(text) }

  package var description: String { text.string }
  package var components: [Substring] { description.splitOnSlash }
  /// The file's own name.
  package var name: String { components.last.map(String.init) ?? "" }
  /// What the path is compared by: names that differ by case or normalisation alone are the same.
  package var key: ExactText { ExactText(String(decoding: CaseFolding.key(of: description), as: UTF8.self)) }
  /// Whether it lies in the folder that never leaves the laptop.
  package var isPrivate: Bool {
    // Most paths begin in another way, and need no folding to see that.
    guard let first = text.bytes.first, first | 0x20 == UInt8(ascii: "p") || first >= 0x80 else { return false }
    return components.count > 1 && components.first.map { CaseFolding.key(of: String($0)) } == Array("private".utf8)
  }

  /// The path that a private file has once it is shared: the same below the book's folder. Any other path as it is.
  package static func shared(_ path: ExactText) -> ExactText {
    guard let found = try? EntryPath(recording: path.bytes), found.isPrivate else { return path }
    return ExactText(found.components.dropFirst().joined(separator: "/"))
  }

  package static func < (a: Self, b: Self) -> Bool { a.text < b.text }

  /// The same place with ` (2)` before the extension.
  package func numbered(_ number: Int) -> EntryPath {
    EntryPath(safe: String(decoding: text.bytes.dropLast(3), as: UTF8.self) + " (\(number))" + description.suffix(3))
  }

  /// The same file name in a folder that is spelled in another way.
  func respelled(_ folders: [String]) -> EntryPath { EntryPath(safe: (folders + [name]).joined(separator: "/")) }
}

/// A path that the book does not take, why, and a name to use instead.
package struct RefusedName: Error, Equatable, Sendable {
  /// As found; not always UTF-8.
  package let path: [UInt8]
  package let reason: Reason
  /// A path that would be taken.
  package let suggestion: String?

  package enum Reason: Equatable, Sendable {
    case empty
    case invalidUTF8
    case absolute
    /// `.`, `..` or nothing between two slashes.
    case notPlain
    case controlCharacter
    /// Forbidden in names on some system, Windows mostly.
    case forbiddenCharacter(String)
    /// `CON`, `NUL`, `COM1` and their like, with any extension.
    case reservedName(String)
    case endsInDotOrSpace
    /// Bytes of one name, or of the whole path.
    case tooLong(bytes: Int, limit: Int)
    case tooManyFolders(limit: Int)
    /// Begins with a dot, or is one of the names that editors and systems leave behind.
    case hidden
    case notMarkdown
    /// A peer's path that is not in NFC.
    case notComposed
    /// A peer's path in the folder that never travels.
    case privateFolder
  }
}

extension EntryPath {
  /// Bytes, and for `folders` a number.
  package enum Limit {
    package static let name = 200
    package static let path = 1_000
    package static let folders = 32
  }

  private static func trouble(in path: String) -> RefusedName.Reason? {
    if path.isEmpty { return .empty }
    if path.utf8.first == UInt8(ascii: "/") { return .absolute }
    let components = path.splitOnSlash
    for component in components {
      if let reason = trouble(inName: component) { return reason }
    }
    if path.utf8.count > Limit.path { return .tooLong(bytes: path.utf8.count, limit: Limit.path) }
    if components.count > Limit.folders { return .tooManyFolders(limit: Limit.folders) }
    return isMarkdown(Array((components.last ?? "").utf8)) ? nil : .notMarkdown
  }

  private static func trouble(inName name: Substring) -> RefusedName.Reason? {
    if name.isEmpty || name == "." || name == ".." { return .notPlain }
    if let scalar = name.unicodeScalars.first(where: { isControl($0) || forbidden.contains($0) }) {
      return isControl(scalar) ? .controlCharacter : .forbiddenCharacter(String(scalar))
    }
    if Droppings.isHidden(name.utf8) || Droppings.isLeftBehind(name.utf8) { return .hidden }
    if name.utf8.count > Limit.name { return .tooLong(bytes: name.utf8.count, limit: Limit.name) }
    if let last = name.utf8.last, last == UInt8(ascii: ".") || last == .space { return .endsInDotOrSpace }
    return isReserved(name) ? .reservedName(String(stem(of: name))) : nil
  }

  private static let forbidden: [Unicode.Scalar] = ["<", ">", ":", "\"", "|", "?", "*", "\\"]

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    return scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  private static func stem(of name: Substring) -> Substring {
    Substring(name.utf8.prefix { $0 != UInt8(ascii: ".") })
  }

  /// Windows' devices: the name up to the first dot, without spaces behind it.
  private static func isReserved(_ name: Substring) -> Bool {
    var bytes = stem(of: name).utf8
    while bytes.last == .space { bytes.removeLast() }
    guard 3...7 ~= bytes.count else { return false }
    let stem = String(Substring(bytes)).uppercased()
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(stem) { return true }
    guard stem.hasPrefix("COM") || stem.hasPrefix("LPT") else { return false }
    let rest = stem.dropFirst(3)
    return rest.count == 1 && "0123456789¹²³".contains(rest)
  }

  static func isMarkdown(_ name: some RandomAccessCollection<UInt8>) -> Bool {
    guard name.count > 3 else { return false }
    return zip(name.suffix(3), ".md".utf8).allSatisfy { $0 == $1 || ($0 | 0x20 == $1 && $1.isLetterOrDigit) }
  }

  /// The same path with what is forbidden put right; nil where nothing of it is left.
  private static func suggestion(for path: String) -> String? {
    var names: [String] = []
    for component in path.splitOnSlash where !component.isEmpty && component != "." && component != ".." {
      names.append(allowed(component, isFile: false))
    }
    guard let last = path.splitOnSlash.last, let file = names.popLast() else { return nil }
    let isFile = isMarkdown(Array(last.utf8))
    names.append(isFile ? allowed(last, isFile: true) : file + ".md")
    let joined = names.suffix(Limit.folders).joined(separator: "/")
    return trouble(in: joined) == nil ? joined : nil
  }

  private static func allowed(_ name: Substring, isFile: Bool) -> String {
    let ending = isFile ? String(name.suffix(3)) : ""
    var scalars = String.UnicodeScalarView()
    for scalar in name.unicodeScalars.dropLast(isFile ? 3 : 0) {
      scalars.append(isControl(scalar) || forbidden.contains(scalar) ? "-" : scalar)
    }
    while let first = scalars.first, first == "." || first == "~" { scalars.removeFirst() }
    while String(scalars).utf8.count > Limit.name - 3 { scalars.removeLast() }
    while let last = scalars.last, last == "." || last == " " { scalars.removeLast() }
    let text = scalars.isEmpty ? "unnamed" : String(scalars)
    guard isReserved(Substring(text)) else { return text + ending }
    let stem = stem(of: Substring(text))
    return stem + "_" + text[stem.endIndex...] + ending
  }
}

extension String {
  /// Empty parts included.
  var splitOnSlash: [Substring] {
    utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
  }
}
