/// A JSON value that keeps the order of its keys.
package enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case string(String)
  case array([JSON])
  case object([(String, JSON)])

  package static func == (one: JSON, other: JSON) -> Bool { one.text == other.text }

  /// On one line. Whatever a terminal could take amiss is escaped, and reads back as it was.
  package var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let pairs): "{" + pairs.map { Self.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.needsEscape: out += Character(scalar).utf16.map { "\\u" + $0.fourDigits }.joined()
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

extension JSON {
  /// A text, or null.
  package static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

  /// A number, or null.
  package static func number(_ number: Int?) -> JSON { number.map { .int($0) } ?? .null }

  /// A time in ISO 8601, UTC, or null.
  package static func time(_ time: Int64?) -> JSON { time.map { .string(Times.iso($0)) } ?? .null }
}

extension Unicode.Scalar {
  fileprivate var needsEscape: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: properties.isDefaultIgnorableCodePoint
    }
  }
}

extension UInt16 {
  fileprivate var fourDigits: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}
