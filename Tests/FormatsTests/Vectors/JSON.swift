/// JSON with exact numbers and ordered keys, so that a recorded vector is the same file everywhere.
indirect enum JSON: Equatable, Sendable {
  case text(String)
  /// As written: 64 bits of either sign.
  case number(String)
  case list([JSON])
  case object([Member])
  case null

  struct Member: Equatable, Sendable {
    let key: String
    let value: JSON
  }

  static func number(_ value: some BinaryInteger) -> JSON { .number(String(value)) }
  static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
  }

  subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  var string: String? { if case .text(let text) = self { text } else { nil } }
  var integer: UInt64? { if case .number(let digits) = self { UInt64(digits) } else { nil } }
  var array: [JSON]? { if case .list(let items) = self { items } else { nil } }

  // MARK: Writing

  /// Indented by a space a level; lists and objects of at most 100 characters stand on one line.
  func written(indent: String = "") -> String {
    let short = compact
    if short.count + indent.count <= 100 { return short }
    let deeper = indent + " "
    switch self {
    case .list(let items):
      return "[\n" + items.map { deeper + $0.written(indent: deeper) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      let lines = members.map { deeper + Self.quoted($0.key) + ": " + $0.value.written(indent: deeper) }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    default: return short
    }
  }

  private var compact: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .number(let digits): digits
    case .list(let items): "[" + items.map(\.compact).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.key) + ": " + $0.value.compact }.joined(separator: ", ") + "}"
    case .null: "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{20}"..."\u{7e}": out.unicodeScalars.append(scalar)
      default:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return out + "\""
  }
}

extension JSON {
  struct Malformed: Error { let place: Int }

  init(parsing bytes: [UInt8]) throws {
    var parser = Parser(bytes: bytes)
    self = try parser.value()
    parser.skipSpace()
    guard parser.place == bytes.count else { throw Malformed(place: parser.place) }
  }

  private struct Parser {
    let bytes: [UInt8]
    var place = 0

    mutating func skipSpace() { while let next = peek, [0x20, 0x0a, 0x0d, 0x09].contains(next) { place += 1 } }
    var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func take(_ expected: Character) throws {
      skipSpace()
      guard peek == expected.asciiValue else { throw Malformed(place: place) }
      place += 1
    }

    mutating func value() throws -> JSON {
      skipSpace()
      switch peek {
      case UInt8(ascii: "{"): return try object()
      case UInt8(ascii: "["): return try list()
      case UInt8(ascii: "\""): return .text(try text())
      case UInt8(ascii: "n"):
        place += 4
        return .null
      default: return try number()
      }
    }

    mutating func object() throws -> JSON {
      try take("{")
      var members: [Member] = []
      skipSpace()
      while peek != UInt8(ascii: "}") {
        if !members.isEmpty { try take(",") }
        skipSpace()
        let key = try text()
        try take(":")
        members.append(Member(key: key, value: try value()))
        skipSpace()
      }
      place += 1
      return .object(members)
    }

    mutating func list() throws -> JSON {
      try take("[")
      var items: [JSON] = []
      skipSpace()
      while peek != UInt8(ascii: "]") {
        if !items.isEmpty { try take(",") }
        items.append(try value())
        skipSpace()
      }
      place += 1
      return .list(items)
    }

    mutating func number() throws -> JSON {
      let start = place
      while let next = peek, next == UInt8(ascii: "-") || (0x30...0x39).contains(next) { place += 1 }
      guard place > start else { throw Malformed(place: place) }
      return .number(String(decoding: bytes[start..<place], as: UTF8.self))
    }

    mutating func text() throws -> String {
      try take("\"")
      var units: [UInt16] = []
      while let next = peek, next != UInt8(ascii: "\"") {
        place += 1
        guard next == UInt8(ascii: "\\") else {
          units.append(UInt16(next))
          continue
        }
        guard let escape = peek else { throw Malformed(place: place) }
        place += 1
        if escape == UInt8(ascii: "u"), place + 4 <= bytes.count,
          let unit = UInt16(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        {
          units.append(unit)
          place += 4
        } else {
          units.append(UInt16(escape))
        }
      }
      guard peek != nil else { throw Malformed(place: place) }
      place += 1
      return String(decoding: units, as: UTF16.self)
    }
  }
}
