import Yams

/// What the source of a value means, without any guess about types: `10:30`, `NO`, `0612` are text until the schema
/// says more (folder.md 3).
package enum TypedValue: Equatable, Hashable, Sendable {
  /// Nothing stands there. `~` and `null` are text.
  case absent
  case text(String)
  /// A list whose elements are all scalars.
  case list([String])
  /// Nested lists and mappings, aliases, explicit tags: compared by their source, which this holds.
  case other(String)

  /// What a field with this source means; a source that is no YAML value is `other`. Cost: a YAML parse (10 to 26 µs in
  /// a release build), unless the value is simple.
  package init(source: String) { self = SimpleValue.read(Array(source.utf8)[...]) ?? Self.readByLibrary(source) }

  /// The long way, which is right for every source: what `SimpleValue` is held against.
  package static func readByLibrary(_ source: String) -> TypedValue { parsed(source) ?? .other(source) }

  private static func parsed(_ source: String) -> TypedValue? {
    let startsOnKeyLine = source.utf8.first.map { !$0.isBlank && $0 != .newline } ?? false
    let text = Array(("k:" + (startsOnKeyLine ? " " : "") + source + "\n").utf8)
    guard !text.contains(0) else { return nil }
    var scanner = BlockScanner(text)
    guard let block = try? scanner.next(), let rest = try? scanner.rest(), rest.isEmpty,
      let value = try? block.pair(in: text).value
    else { return nil }
    if block.isTagged || !block.aliases.isEmpty { return nil }
    switch value {
    case .scalar(let scalar):
      return scalar.string.isEmpty && block.holdsNothing(in: text) ? .absent : .text(scalar.string)
    case .sequence(let sequence):
      var elements: [String] = []
      for element in sequence {
        guard let scalar = element.scalar else { return nil }
        elements.append(scalar.string)
      }
      return .list(elements)
    case .mapping, .alias: return nil
    }
  }
}

extension BlockScanner {
  /// What follows the last block and is neither blank nor comment; a text that has any is more than one value.
  fileprivate mutating func rest() throws(Problem) -> [UInt8] {
    try next().map { Array(text[$0.keyStart...]) } ?? []
  }
}

extension BlockScanner.Block {
  /// Whether only blanks and comments stand in the place of the value.
  fileprivate func holdsNothing(in text: [UInt8]) -> Bool {
    var isComment = false
    for byte in text[valueStart..<valueEnd] {
      if byte == .newline {
        isComment = false
      } else if byte == UInt8(ascii: "#") {
        isComment = true
      } else if !isComment && !byte.isBlank {
        return false
      }
    }
    return true
  }
}
