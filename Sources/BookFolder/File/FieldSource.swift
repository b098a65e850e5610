/// Spellings of values that nobody has typed: as plain as YAML, and the tools that people use beside Valise, allow.
package enum FieldSource {
  /// A source of one line that means exactly this text. Plain where no reader of YAML could take it for something
  /// else (a number in base 60, a truth value); dates, whole numbers, `true` and `false` stay plain, as Obsidian
  /// writes them; everything else in double quotes.
  package static func scalar(_ text: String) -> String { isPlain(text, inFlow: false) ? text : quoted(text) }

  /// A source that means these elements, in the style of the old one: between brackets, or a line each, with its
  /// indentation.
  package static func list(_ elements: [String], like old: String = "") -> String {
    guard !elements.isEmpty else { return "[]" }
    if old.utf8.first == UInt8(ascii: "[") {
      return "[" + elements.map(flowScalar).joined(separator: ", ") + "]"
    }
    let indent = BlockList(old)?.indent ?? "  "
    return elements.map { "\n" + indent + "- " + scalar($0) }.joined()
  }

  /// The canonical source of a value; `other` is its own source.
  package static func canonical(_ value: TypedValue, like old: String = "") -> String {
    switch value {
    case .absent: ""
    case .text(let text): scalar(text)
    case .list(let elements): list(elements, like: old)
    case .other(let source): source
    }
  }

  static func flowScalar(_ text: String) -> String { isPlain(text, inFlow: true) ? text : quoted(text) }
}

extension FieldSource {
  private static func isPlain(_ text: String, inFlow: Bool) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
    guard first.properties.isAlphabetic || "0123456789/+(".unicodeScalars.contains(first), last != " ", last != ":"
    else { return false }
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      if !isPrintable(scalar) || scalar == "\n" || scalar == "\t" { return false }
      if scalar == " ", previous == ":" { return false }
      if scalar == "#", previous == " " { return false }
      if inFlow, ",[]{}:?".unicodeScalars.contains(scalar) { return false }
      previous = scalar
    }
    return !isAmbiguous(text)
  }

  /// Whether a reader with YAML 1.1's or JSON's types would take the plain text for a null, a truth value, or for a
  /// number that is then written in another way.
  private static func isAmbiguous(_ text: String) -> Bool {
    if ["null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased()) { return true }
    guard let first = text.utf8.first, (48...57).contains(first) || first == UInt8(ascii: "+") else { return false }
    if text.utf8.allSatisfy({ (48...57).contains($0) }) { return text.utf8.count > 1 && first == 48 }
    if isDate(text) { return false }
    let numberBytes = "0123456789abcdefxoABCDEFXO_.,:+-eE".utf8
    return text.utf8.allSatisfy { numberBytes.contains($0) }
  }

  /// `2021-11-10`, with or without a time behind it.
  private static func isDate(_ text: String) -> Bool {
    let shape = text.utf8.prefix(10).map { (48...57).contains($0) ? UInt8(ascii: "0") : $0 }
    guard shape == Array("0000-00-00".utf8) else { return false }
    guard text.utf8.count > 10 else { return true }
    let separator = text.utf8[text.utf8.index(text.utf8.startIndex, offsetBy: 10)]
    return separator == UInt8(ascii: "T") || separator == .space
  }

  /// What YAML allows to stand unescaped, line breaks of any YAML excluded. A byte order mark is not escaped: the
  /// library would drop it.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0a, 0x20...0x7e, 0xa0...0x2027, 0x202a...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
    default: false
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case "\0": out += "\\0"
      case _ where isPrintable(scalar): out.unicodeScalars.append(scalar)
      default: out += escape(scalar.value)
      }
    }
    return out + "\""
  }

  private static func escape(_ value: UInt32) -> String {
    let (letter, width) = value <= 0xff ? ("x", 2) : value <= 0xffff ? ("u", 4) : ("U", 8)
    let digits = String(value, radix: 16, uppercase: true)
    return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
  }
}
