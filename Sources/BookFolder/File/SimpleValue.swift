/// Values that mean the same in any YAML, and need no library: plain words, a text in quotes without escapes, and lists
/// of those, between brackets on one line or a line each.
enum SimpleValue {
  /// What these bytes mean as a value; nil where only the library can tell.
  static func read(_ source: ArraySlice<UInt8>) -> TypedValue? {
    switch source.first {
    case nil: .absent
    case UInt8(ascii: "["): flowList(source.dropFirst()).map(TypedValue.list)
    case .newline: blockList(source.dropFirst()).map(TypedValue.list)
    default: text(source).map(TypedValue.text)
    }
  }

  /// Plain words, or a text in quotes.
  private static func text(_ source: ArraySlice<UInt8>) -> String? {
    if isPlainWords(source) { return String(decoding: source, as: UTF8.self) }
    guard let quote = source.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), source.count >= 2,
      source.last == quote
    else { return nil }
    let inner = source.dropFirst().dropLast()
    return isVerbatim(inner, between: quote) ? String(decoding: inner, as: UTF8.self) : nil
  }

  /// Behind the opening bracket: texts with commas between them.
  private static func flowList(_ source: ArraySlice<UInt8>) -> [String]? {
    guard source.last == UInt8(ascii: "]") else { return nil }
    var rest = source.dropLast()
    var elements: [String] = []
    while true {
      rest = rest.drop { $0 == .space }
      if rest.isEmpty { return elements.isEmpty ? elements : nil }
      let quote = rest.first.flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") ? $0 : nil }
      let end: Int?
      if let quote {
        end = rest.dropFirst().firstIndex(of: quote).map { $0 + 1 }
      } else {
        end = rest.firstIndex(of: .comma)
      }
      var element = rest[..<(end ?? rest.endIndex)]
      if quote == nil { while element.last == .space { element.removeLast() } }
      guard let text = text(element) else { return nil }
      elements.append(text)
      rest = rest[(end ?? rest.endIndex)...].drop { $0 == .space }
      if rest.isEmpty { return elements }
      guard rest.removeFirst() == .comma, !rest.allSatisfy({ $0 == .space }) else { return nil }
    }
  }

  /// Lines of a dash, a space and a text, all indented alike.
  private static func blockList(_ source: ArraySlice<UInt8>) -> [String]? {
    var elements: [String] = []
    var indent: Int?
    for line in source.split(separator: .newline, omittingEmptySubsequences: false) {
      let rest = line.drop { $0 == .space }
      let depth = rest.startIndex - line.startIndex
      guard depth == indent ?? depth, rest.starts(with: [UInt8(ascii: "-"), .space]), let text = text(rest.dropFirst(2))
      else { return nil }
      indent = depth
      elements.append(text)
    }
    return elements
  }

  /// Letters, digits and a few marks within one line: YAML reads them as one plain scalar, and as exactly this text.
  private static func isPlainWords(_ source: ArraySlice<UInt8>) -> Bool {
    guard let first = source.first, first.isLetterOrDigit, source.last != .space else { return false }
    return source.allSatisfy { $0.isLetterOrDigit || $0 == .space || "-_./+()'".utf8.contains($0) }
  }

  /// Whether a text stands for itself between these quotes: no quote, no escape, no control, and none of the characters
  /// that the library takes for a line break or refuses (all of those begin with one of three bytes).
  private static func isVerbatim(_ text: ArraySlice<UInt8>, between quote: UInt8) -> Bool {
    var previous: (UInt8, UInt8) = (0, 0)
    for byte in text {
      switch byte {
      case quote, ..<0x20, 0x7f, 0xef: return false
      case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""): return false
      case 0x80...0x9f where previous.1 == 0xc2: return false
      case 0xa8...0xa9 where previous == (0xe2, 0x80): return false
      default: previous = (previous.1, byte)
      }
    }
    return true
  }
}

extension UInt8 {
  fileprivate static let comma = UInt8(ascii: ",")

  var isLetterOrDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
