/// What a scalar is to a person who edits words.
enum ScalarClass {
  case letter, digit, space, newline
  /// A sign of a script written without spaces (Han, kana, Thai): a word of its own.
  case sign
  /// Belongs to the scalar before it: combining marks, joiners, variation selectors, skin tones.
  case extending
  case other

  static let joiner: UInt32 = 0x200d

  init(_ value: UInt32) {
    self = value < 0x80 ? Self.ascii(UInt8(value)) : Self.wide(value)
  }

  private static func ascii(_ byte: UInt8) -> Self {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): .letter
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
    case UInt8(ascii: " "), UInt8(ascii: "\t"): .space
    case 0x0a...0x0d: .newline
    default: .other
    }
  }

  private static func wide(_ value: UInt32) -> Self {
    // Latin with diacritics, Greek, Cyrillic: letters but for a few, without the slow tables.
    if (0xc0...0x24f).contains(value) { return value == 0xd7 || value == 0xf7 ? .other : .letter }
    if value == 0x85 || value == 0x2028 || value == 0x2029 { return .newline }
    if isExtending(value) { return .extending }
    if isSign(value) { return .sign }
    guard let properties = Unicode.Scalar(value)?.properties else { return .other }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
      return .letter
    case .decimalNumber, .otherNumber: return .digit
    case .spaceSeparator: return .space
    default: return .other
    }
  }

  static func isExtending(_ value: UInt32) -> Bool {
    if value < 0x300 { return value == 0xad }
    switch value {
    case 0x1160...0x11ff, 0xd7b0...0xd7ff, 0x200c, joiner, 0x1f3fb...0x1f3ff, 0xe0020...0xe007f: return true
    case 0x370...0x482, 0x2010...0x20cf, 0x3400...0x9fff, 0xac00...0xd7a3: return false
    default: break
    }
    switch Unicode.Scalar(value)?.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return false
    }
  }

  static func isRegional(_ value: UInt32) -> Bool { (0x1f1e6...0x1f1ff).contains(value) }

  private static func isSign(_ value: UInt32) -> Bool {
    switch value {
    case 0x0e00...0x0eff, 0x1000...0x109f, 0x1780...0x17ff, 0x3040...0x30ff, 0x31f0...0x31ff, 0x3400...0x9fff,
      0xf900...0xfaff, 0x20000...0x3ffff:
      true
    default: false
    }
  }
}
