extension StringProtocol {
  /// Whether the two are the same bytes; `==` would also take canonically equivalent text for equal.
  func hasSameBytes(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension String {
  /// The text without blanks and line ends around it.
  var trimmed: String {
    let blank: (UInt8) -> Bool = { $0 == 32 || (9...13).contains($0) }
    guard let first = utf8.firstIndex(where: { !blank($0) }), let last = utf8.lastIndex(where: { !blank($0) }) else {
      return ""
    }
    return String(Substring(utf8[first...last]))
  }

  /// The text without `prefix` and the blanks behind it; the text itself where it begins otherwise.
  func dropping(prefix: String) -> String {
    lowercased().hasPrefix(prefix) ? String(unicodeScalars.dropFirst(prefix.unicodeScalars.count)).trimmed : self
  }

  /// What stands before and after the first `separator`.
  func split(atFirst separator: String) -> (String, String)? {
    let text = Array(utf8)
    let mark = Array(separator.utf8)
    guard !mark.isEmpty, text.count >= mark.count else { return nil }
    for start in 0...(text.count - mark.count) where text[start..<(start + mark.count)].elementsEqual(mark) {
      let before = String(decoding: text[..<start], as: UTF8.self)
      return (before, String(decoding: text[(start + mark.count)...], as: UTF8.self))
    }
    return nil
  }
}

extension Substring {
  var trimmed: String { String(self).trimmed }
}

extension UInt8 {
  var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
  var isASCIILetter: Bool { (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self) }
}

extension Character {
  var isASCIIDigit: Bool { self >= "0" && self <= "9" }
}

extension Int {
  /// Exactly `count` ASCII digits, within `range`.
  init?(digits: some Collection<UInt8>, count: Int, in range: ClosedRange<Int>) {
    guard digits.count == count, count <= 9, digits.allSatisfy(\.isASCIIDigit) else { return nil }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard range.contains(number) else { return nil }
    self = number
  }
}
