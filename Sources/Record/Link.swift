package import Bytes

/// What a link field names: `[[emmanuel-macron]]`, `[[people/emmanuel-macron.md|the President]]`, a path, or plain text.
///
/// All of them stand for the same entry once they are resolved, but resolving needs the book: here a link is its words.
package struct Link: Equatable, Sendable {
  /// Path, file name, name or alias, without brackets, heading and shown text.
  package let target: ExactText
  /// Whether it stands in double square brackets.
  package let isBracketed: Bool

  /// nil for text that names nothing.
  package init?(_ text: ExactText) { self.init(text.string) }

  init?(_ text: String) {
    var rest = text.trimmed
    isBracketed = rest.hasPrefix("[[") && rest.hasSuffix("]]") && rest.utf8.count >= 4
    if isBracketed {
      rest = String(rest.dropFirst(2).dropLast(2))
      if let end = rest.utf8.firstIndex(where: { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: "#") }) {
        rest = String(rest[..<end])
      }
      if rest.contains("[[") || rest.contains("]]") { return nil }
    }
    rest = rest.trimmed
    if rest.isEmpty || rest.utf8.contains(10) { return nil }
    target = ExactText(rest)
  }

  /// The target without folders and without `.md`: what a file name and a bare link have in common.
  package var fileName: String {
    var name = target.string
    if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) { name = String(name[name.utf8.index(after: slash)...]) }
    return name.hasSuffix(".md") ? String(name.dropLast(3)) : name
  }
}
