extension String {
  /// Columns that the text takes on a terminal, once it is safe: two for ideographs and emoji, none for marks.
  package var displayWidth: Int {
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    return reduce(0) { $0 + $1.displayWidth }
  }

  /// The longest beginning that takes at most `width` columns.
  package func prefix(columns width: Int) -> String {
    var taken = 0
    var cut = ""
    for character in self {
      taken += character.displayWidth
      if taken > width { break }
      cut.append(character)
    }
    return cut
  }
}

extension Character {
  /// An emoji of several parts is drawn as one; of anything else, terminals add up the parts.
  fileprivate var displayWidth: Int {
    if let first = unicodeScalars.first, first.properties.isEmoji, isDrawnAsEmoji { return 2 }
    return unicodeScalars.reduce(0) { $0 + $1.displayWidth }
  }

  private var isDrawnAsEmoji: Bool {
    unicodeScalars.contains { $0.properties.isEmojiPresentation || $0.properties.isEmojiModifier || $0.value == 0xfe0f }
  }
}

extension Unicode.Scalar {
  fileprivate var displayWidth: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    // Vowels and final consonants of Hangul are drawn into the syllable that they follow.
    if (0x1160...0x11ff).contains(value) || (0xd7b0...0xd7ff).contains(value) { return 0 }
    return Self.wide.contains { $0.contains(value) } ? 2 : 1
  }

  /// Blocks of characters that Unicode's East Asian Width calls wide; emoji are told by their property.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf, 0xa960...0xa97f,
    0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6,
    0x1_6fe0...0x1_8dff, 0x1_aff0...0x1_b2ff, 0x1_f200...0x1_f2ff, 0x2_0000...0x3_fffd,
  ]
}
