extension Value {
  /// `2021-11-09 to 2021-11-13`, `2021-11-09/2021-11-13`, or a single day.
  static func readPeriod(_ text: String) -> Value? {
    if let day = CalendarDate(text) { return .period(day, day) }
    for separator in [" to ", "/", " – ", " - "] {
      guard let (left, right) = text.split(atFirst: separator) else { continue }
      guard let first = CalendarDate(left.trimmed), let last = CalendarDate(right.trimmed), first <= last else {
        return nil
      }
      return .period(first, last)
    }
    return nil
  }

  /// `45 min`, `1 h 30 min`, `1h30m`, `2 d`: minutes, each unit once, the larger first.
  static func readDuration(_ text: String) -> Int? {
    var total = 0
    var number = ""
    var unit = ""
    var smallestSoFar = Int.max
    var parts: [(String, String)] = []
    for byte in text.utf8 where byte != UInt8(ascii: " ") {
      let character = Character(UnicodeScalar(byte))
      if character.isASCIIDigit {
        if !unit.isEmpty {
          parts.append((number, unit))
          (number, unit) = ("", "")
        }
        number.append(character)
      } else {
        unit.append(character)
      }
    }
    parts.append((number, unit))
    for (number, unit) in parts {
      guard let count = Int(number), count <= 100_000, let minutes = minutesPerUnit(unit), minutes < smallestSoFar
      else {
        return nil
      }
      smallestSoFar = minutes
      total += count * minutes
    }
    return total
  }

  private static func minutesPerUnit(_ unit: String) -> Int? {
    switch unit {
    case "m", "min", "minute", "minutes": 1
    case "h", "hour", "hours": 60
    case "d", "day", "days": 24 * 60
    default: nil
    }
  }

  /// `20`, `about 20`, `~20`.
  static func readCount(_ text: String) -> Value? {
    for prefix in ["about ", "~"] where text.hasPrefix(prefix) {
      return readNumber(text.dropFirst(prefix.count).description.trimmed).map { .count($0, about: true) }
    }
    return readNumber(text).map { .count($0, about: false) }
  }

  private static func readNumber(_ text: String) -> Int? {
    guard text.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
    return Int(text)
  }

  /// `48.8704, 2.3167`: degrees north, then degrees east, south and west below zero.
  static func readPosition(_ text: String) -> Value? {
    guard let (left, right) = text.split(atFirst: ","),
      let latitude = degrees(left.trimmed, limit: 90), let longitude = degrees(right.trimmed, limit: 180)
    else { return nil }
    return .position(latitude: latitude, longitude: longitude)
  }

  private static func degrees(_ text: String, limit: Double) -> Double? {
    let plain = text.utf8.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    guard plain, let number = Double(text), abs(number) <= limit else { return nil }
    return number
  }

  /// The words that people and editors write for true and false; nothing else.
  static func readFlag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "yes", "true", "on": true
    case "no", "false", "off": false
    default: nil
    }
  }

  /// `Europe/Paris`, `America/Argentina/Ushuaia`, `Etc/GMT+5`, `UTC`: the shape of a name, whether or not it exists.
  static func isZoneName(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.count == 1 { return ["UTC", "GMT"].contains(text) }
    return parts.count <= 3
      && parts.allSatisfy { part in
        guard let first = part.first, first.isASCIILetter, part.count <= 30 else { return false }
        return part.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || [0x5f, 0x2d, 0x2b].contains($0) }
      }
  }
}

/// Words of a choice, compared without regard to case, hyphens, underscores and runs of spaces.
enum Choice {
  /// The word as the schema spells it; nil when `text` is none of them.
  static func word(_ text: String, of words: [String]) -> String? {
    let asked = normalised(text)
    return words.first { normalised($0) == asked }
  }

  private static func normalised(_ text: String) -> [UInt8] {
    let spaced = text.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "\t"): UInt8(ascii: " ")
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
      default: byte
      }
    }
    return Array(spaced.split(separator: UInt8(ascii: " ")).joined(separator: [UInt8(ascii: " ")]))
  }
}
