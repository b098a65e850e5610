/// One pattern of `.valiseignore`, matched against the bytes of a name or a path as git's wildmatch does: `?`, `*` and
/// `[…]` stand for no slash, `**` between slashes for any folders.
struct IgnorePattern: Sendable {
  private enum Token {
    case byte(UInt8)
    /// `?`
    case any
    /// `[…]`
    case oneOf([ClosedRange<UInt8>], isNegated: Bool)
    /// `*`
    case run
    /// `**`
    case folders
    /// Before `**` and a slash: both together may stand for nothing.
    case option
  }
  private var tokens: [Token] = []

  private static let slash = UInt8(ascii: "/")
  private static let star = UInt8(ascii: "*")
  private static let backslash = UInt8(ascii: "\\")

  /// Nil for what can match nothing: a set that nothing closes, a class that does not exist, a backslash at the end.
  init?(_ pattern: [UInt8]) {
    let firstSpecial = pattern.firstIndex {
      [Self.star, Self.backslash, UInt8(ascii: "?"), UInt8(ascii: "[")].contains($0)
    }
    var at = 0
    while at < pattern.count {
      switch pattern[at] {
      case UInt8(ascii: "?"):
        tokens.append(.any)
        at += 1
      case Self.star:
        let start = at
        while at < pattern.count, pattern[at] == Self.star { at += 1 }
        // Git compares what stands before the first special character apart, so behind that as well a `**` is alone.
        let isAlone = start == firstSpecial || pattern[start - 1] == Self.slash
        let next = at < pattern.count ? pattern[at] : Self.slash
        let isEscapedSlash = next == Self.backslash && at + 1 < pattern.count && pattern[at + 1] == Self.slash
        if at - start > 1, isAlone, next == Self.slash || isEscapedSlash {
          if at < pattern.count && !isEscapedSlash { tokens.append(.option) }
          tokens.append(.folders)
        } else {
          tokens.append(.run)
        }
      case UInt8(ascii: "["):
        guard let (set, end) = Self.set(pattern, from: at + 1) else { return nil }
        tokens.append(set)
        at = end
      case Self.backslash:
        guard at + 1 < pattern.count else { return nil }
        tokens.append(.byte(pattern[at + 1]))
        at += 2
      default:
        tokens.append(.byte(pattern[at]))
        at += 1
      }
    }
  }

  /// Whether it matches all of the text. Cost: pattern × text, whatever the pattern.
  func matches(_ text: ArraySlice<UInt8>) -> Bool {
    var reached = [Bool](repeating: false, count: tokens.count + 1)
    reached[0] = true
    follow(&reached)
    for byte in text {
      var next = [Bool](repeating: false, count: tokens.count + 1)
      for (place, token) in tokens.enumerated() where reached[place] {
        switch token {
        case .byte(let wanted): if wanted == byte { next[place + 1] = true }
        case .any: if byte != Self.slash { next[place + 1] = true }
        case .oneOf(let ranges, let isNegated):
          if byte != Self.slash, ranges.contains(where: { $0.contains(byte) }) != isNegated { next[place + 1] = true }
        case .run: if byte != Self.slash { next[place] = true }
        case .folders: next[place] = true
        case .option: break
        }
      }
      reached = next
      follow(&reached)
    }
    return reached[tokens.count]
  }

  /// What is reached without another byte.
  private func follow(_ reached: inout [Bool]) {
    for (place, token) in tokens.enumerated() where reached[place] {
      switch token {
      case .run, .folders: reached[place + 1] = true
      case .option:
        reached[place + 1] = true
        reached[place + 3] = true
      case .byte, .any, .oneOf: break
      }
    }
  }

  /// The set that begins behind a bracket, and the place behind the one that closes it.
  private static func set(_ pattern: [UInt8], from start: Int) -> (Token, end: Int)? {
    var at = start
    func byte(_ place: Int) -> UInt8? { place < pattern.count ? pattern[place] : nil }
    let isNegated = byte(at) == UInt8(ascii: "!") || byte(at) == UInt8(ascii: "^")
    if isNegated { at += 1 }
    var ranges: [ClosedRange<UInt8>] = []
    var last: UInt8?
    var isFirst = true
    while let found = byte(at) {
      if found == UInt8(ascii: "]"), !isFirst { return (.oneOf(ranges, isNegated: isNegated), at + 1) }
      isFirst = false
      if found == backslash {
        guard let escaped = byte(at + 1) else { return nil }
        ranges.append(escaped...escaped)
        (last, at) = (escaped, at + 2)
      } else if found == UInt8(ascii: "-"), let low = last, let next = byte(at + 1), next != UInt8(ascii: "]") {
        let isEscaped = next == backslash
        guard let high = isEscaped ? byte(at + 2) : next else { return nil }
        if low <= high { ranges.append(low...high) }
        (last, at) = (nil, at + (isEscaped ? 3 : 2))
      } else if found == UInt8(ascii: "["), byte(at + 1) == UInt8(ascii: ":"),
        let end = pattern[(at + 2)...].firstIndex(of: UInt8(ascii: "]"))
      {
        guard end > at + 2, pattern[end - 1] == UInt8(ascii: ":") else {
          ranges.append(found...found)
          (last, at) = (found, at + 1)
          continue
        }
        guard let members = classes[String(decoding: pattern[(at + 2)..<(end - 1)], as: UTF8.self)] else { return nil }
        ranges += members
        (last, at) = (nil, end + 1)
      } else {
        ranges.append(found...found)
        (last, at) = (found, at + 1)
      }
    }
    return nil
  }

  /// The named classes, of ASCII alone.
  private static let classes: [String: [ClosedRange<UInt8>]] = [
    "alnum": [0x30...0x39, 0x41...0x5a, 0x61...0x7a], "alpha": [0x41...0x5a, 0x61...0x7a],
    "blank": [0x20...0x20, 0x09...0x09], "cntrl": [0x00...0x1f, 0x7f...0x7f], "digit": [0x30...0x39],
    "graph": [0x21...0x7e], "lower": [0x61...0x7a], "print": [0x20...0x7e],
    "punct": [0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e], "space": [0x20...0x20, 0x09...0x0d],
    "upper": [0x41...0x5a], "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
  ]
}
