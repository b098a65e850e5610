extension String {
  /// The text with everything that could harm a terminal, or be read for what it is not, shown as `\u{1B}`.
  ///
  /// That is: control characters, marks that turn the direction of writing, and characters of no width; not the joiners
  /// between letters that Persian and Indic names need, and those inside an emoji. A line end is shown as `\n`, unless
  /// the text keeps its lines.
  package func madeSafe(keepingLines: Bool = false) -> String {
    guard unicodeScalars.contains(where: { !$0.isPlainlySafe }) else { return self }
    let scalars = Array(unicodeScalars)
    var safe = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "\n", "\t":
        if keepingLines {
          safe.append(scalar)
        } else {
          safe.append(contentsOf: (scalar == "\n" ? "\\n" : "\\t").unicodeScalars)
        }
      case _ where scalar.isPlainlySafe: safe.append(scalar)
      case _ where scalar.isHarmless(at: index, of: scalars): safe.append(scalar)
      default: safe.append(contentsOf: scalar.escape.unicodeScalars)
      }
    }
    return String(safe)
  }

  /// The text between marks that keep its direction of writing from reaching what stands beside it, where it holds
  /// anything that is written from right to left.
  package var isolated: String {
    unicodeScalars.contains(where: \.isRightToLeft) ? "\u{2068}\(self)\u{2069}" : self
  }
}

extension Unicode.Scalar {
  /// Printable ASCII and the bulk of letters: what needs no second look.
  fileprivate var isPlainlySafe: Bool {
    if value < 0x7f { return value >= 0x20 }
    return value >= 0xa1 && !isInvisible && !properties.isJoinControl && !properties.isVariationSelector
  }

  /// Controls, format characters, separators of lines, and whatever else Unicode wants to be shown as nothing.
  private var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
    case .format: !properties.isVisibleFormat
    default: properties.isDefaultIgnorableCodePoint
    }
  }

  /// Joiners between letters or inside an emoji, and selectors behind what they select.
  fileprivate func isHarmless(at index: Int, of scalars: [Unicode.Scalar]) -> Bool {
    if value == 0xa0 { return true }
    guard index > 0 else { return false }
    let before = scalars[index - 1]
    if properties.isVariationSelector { return before.isLetterOrMark || before.properties.isEmoji }
    guard properties.isJoinControl, index + 1 < scalars.count else { return false }
    let after = scalars[index + 1]
    if before.isLetterOrMark && after.isLetterOrMark { return true }
    return value == 0x200d && before.endsEmoji && after.properties.isEmoji
  }

  private var isLetterOrMark: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    case .nonspacingMark, .spacingMark, .enclosingMark: !properties.isVariationSelector
    default: false
    }
  }

  private var endsEmoji: Bool {
    properties.isEmoji || properties.isEmojiModifier || value == 0xfe0f
  }

  fileprivate var escape: String { "\\u{" + String(value, radix: 16, uppercase: true) + "}" }

  /// Letters of Hebrew, Arabic, Syriac, Thaana, N'Ko, Adlam and their like, by block.
  fileprivate var isRightToLeft: Bool {
    switch value {
    case 0x590...0x8ff, 0xfb1d...0xfdff, 0xfe70...0xfefe, 0x1_0800...0x1_0fff, 0x1_e800...0x1_efff: true
    default: false
    }
  }
}

extension Unicode.Scalar.Properties {
  /// Signs that are drawn around digits; format characters by name only.
  fileprivate var isVisibleFormat: Bool {
    generalCategory == .format && !isDefaultIgnorableCodePoint && !isBidiControl
      && name?.hasPrefix("INTERLINEAR") == false
  }
}
