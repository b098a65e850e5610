/// A piece of a text that is matched whole.
struct Token: Equatable {
  enum Kind: UInt8 {
    /// Letters, with the apostrophes between them.
    case word
    /// Letters and digits, or digits with the signs between them that times, dates and amounts have (10:30, 2021-11-05).
    /// Two numbers are never alike: half of each would be a third, which nobody wrote.
    case number
    /// A sign of a script without spaces.
    case sign
    case space, newline, other
    /// A line with its end.
    case line
  }

  let start: Int
  let end: Int
  let kind: Kind

  var range: Range<Int> { start..<end }
  var count: Int { end - start }
}

extension TextPair {
  /// The lines of a stretch that begins where a line does, each with its end.
  func lines(in range: Range<Int>) -> [Token] {
    var tokens: [Token] = []
    var start = range.lowerBound
    var place = start
    while place < range.upperBound {
      place += 1
      if isLineStart(place, in: range) {
        tokens.append(Token(start: start, end: place, kind: .line))
        start = place
      }
    }
    if start < place { tokens.append(Token(start: start, end: place, kind: .line)) }
    return tokens
  }

  /// Whether a line ends before `place`; the start of the text counts, its end does not.
  func isLineStart(_ place: Int, in text: Range<Int>) -> Bool {
    guard place > text.lowerBound else { return true }
    let before = scalars[place - 1]
    if before == 0x0d { return place == text.upperBound || scalars[place] != 0x0a }
    return before == 0x0a
  }

  /// The stretch cut into words, numbers, spaces, line ends and other signs, without a gap.
  func words(in range: Range<Int>) -> [Token] {
    var tokens: [Token] = []
    tokens.reserveCapacity(range.count / 3)
    var place = range.lowerBound
    while place < range.upperBound {
      let start = place
      let kind = skip(&place, before: range.upperBound)
      tokens.append(Token(start: start, end: place, kind: kind))
    }
    return tokens
  }

  /// Moves `place` behind the token that begins there.
  private func skip(_ place: inout Int, before end: Int) -> Token.Kind {
    let first = scalars[place]
    place += 1
    switch ScalarClass(first) {
    case .letter: return skipWord(&place, before: end, number: false)
    case .digit: return skipWord(&place, before: end, number: true)
    case .space:
      while place < end && ScalarClass(scalars[place]) == .space { place += 1 }
      return skipExtending(&place, before: end) ? .other : .space
    case .newline:
      if first == 0x0d && place < end && scalars[place] == 0x0a { place += 1 }
      return .newline
    case .sign:
      _ = skipExtending(&place, before: end)
      return .sign
    case .other, .extending:
      if ScalarClass.isRegional(first) && place < end && ScalarClass.isRegional(scalars[place]) { place += 1 }
      while skipExtending(&place, before: end) && scalars[place - 1] == ScalarClass.joiner && place < end
        && ScalarClass(scalars[place]) == .other
      { place += 1 }
      return .other
    }
  }

  private func skipExtending(_ place: inout Int, before end: Int) -> Bool {
    let start = place
    while place < end && ScalarClass(scalars[place]) == .extending { place += 1 }
    return place > start
  }

  private func skipWord(_ place: inout Int, before end: Int, number: Bool) -> Token.Kind {
    var hasDigit = number
    var last: ScalarClass = number ? .digit : .letter
    while place < end {
      let next = ScalarClass(scalars[place])
      switch next {
      case .letter, .digit:
        hasDigit = hasDigit || next == .digit
        last = next
      case .extending: break
      case .other:
        guard isInner(scalars[place], between: last, and: place + 1 < end ? ScalarClass(scalars[place + 1]) : .space)
        else { return hasDigit ? .number : .word }
      case .sign, .space, .newline: return hasDigit ? .number : .word
      }
      place += 1
    }
    return hasDigit ? .number : .word
  }

  /// Signs that a person types as part of a word (don't, l’Élysée) or of a number (10:30, 1,000.50, 2021-11-05).
  private func isInner(_ value: UInt32, between last: ScalarClass, and next: ScalarClass) -> Bool {
    switch value {
    case 0x27, 0x2019: last == .letter && next == .letter
    case 0x2c, 0x2d, 0x2e, 0x2f, 0x3a: last == .digit && next == .digit
    default: false
    }
  }
}
