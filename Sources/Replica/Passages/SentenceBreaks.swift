/// Where a text's sentences may end, for telling whether two edits are in one sentence.
///
/// In doubt there is no break: two sentences taken for one show a reader more, one taken for two would show too little.
/// So a full stop ends no sentence behind what may be an abbreviation (`p.`, `Mrs.`, `U.S.`) or before a small letter or
/// a digit, and a line break none but at the end of a Markdown block.
struct SentenceBreaks {
  /// Ascending: a break lies before the scalar at each place, from the end of a sentence to the start of the next.
  private let places: [Int]

  /// Cost: the text.
  init(_ text: [Unicode.Scalar]) {
    var places: [Int] = []
    var reader = SentenceReader(text)
    var last: ClosedRange<Int>?
    for place in text.indices {
      if text[place] == "\n" {
        if Self.endsBlock(place, in: text) { places += [place, place + 1] }
      } else if let gap = reader.gap(behind: place), gap != last {
        places += gap
        last = gap
      }
      reader.pass(place)
    }
    self.places = places.sorted()
  }

  /// Whether a break lies in a range or at one of its ends.
  func isBroken(_ range: Range<Int>) -> Bool { first(from: range.lowerBound).map { $0 <= range.upperBound } ?? false }

  /// The first break at a place or behind it.
  func first(from place: Int) -> Int? {
    let index = index(from: place)
    return index < places.count ? places[index] : nil
  }

  /// The last break at a place or before it.
  func last(upTo place: Int) -> Int? {
    let index = index(from: place + 1)
    return index > 0 ? places[index - 1] : nil
  }

  /// How many breaks lie before a place.
  private func index(from place: Int) -> Int {
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether a line break is the end of a paragraph, a heading, a list's item or a table's row.
  private static func endsBlock(_ place: Int, in text: [Unicode.Scalar]) -> Bool {
    // A CR is there where a file mixes line endings.
    let next = text[(place + 1)...].drop { $0 == " " || $0 == "\t" || $0 == "\r" }
    guard let first = next.first, first != "\n", !blockMarks.contains(first) else { return true }
    let number = next.prefix { ("0"..."9").contains($0) }
    if !number.isEmpty, let mark = next.dropFirst(number.count).first, mark == "." || mark == ")" { return true }
    let line = text[..<place].reversed().prefix { $0 != "\n" }
    return line.last.map { $0 == "#" || $0 == "|" } ?? true
  }

  private static let blockMarks: Set<Unicode.Scalar> = ["#", "-", "*", "+", ">", "|", "`", "~"]
}

/// Finds the gaps between sentences, from the start of a text to its end; looks at each scalar a few times, however many
/// signs stand in a row.
private struct SentenceReader {
  private let text: [Unicode.Scalar]
  /// Where the word of the next place begins, and the last full stop before that place.
  private var (wordStart, lastStop) = (0, -1)
  /// Quotes, brackets and signs in a row, and blanks behind them.
  private var closers = 0..<0
  private var blanks = 0..<0

  private static let stops: Set<Unicode.Scalar> = [".", "!", "?", "…", "؟", "۔", "।", "։"]
  /// These need no space behind them.
  private static let wideStops: Set<Unicode.Scalar> = ["。", "！", "？", "｡"]
  private static let closers: Set<Unicode.Scalar> = [
    "\"", "'", "”", "’", "»", "›", ")", "]", "*", "_", "」", "』", ".", "!", "?",
  ]

  init(_ text: [Unicode.Scalar]) { self.text = text }

  /// Goes on; places are passed in order.
  mutating func pass(_ place: Int) {
    if text[place].isBlank { wordStart = place + 1 }
    if text[place] == "." { lastStop = place }
  }

  /// From the end of a sentence whose last sign, but for quotes and brackets, is at the next place, to the start of the
  /// one behind it; nil where none ends.
  mutating func gap(behind place: Int) -> ClosedRange<Int>? {
    let sign = text[place]
    // Most of a text is neither, and a look into a set costs more than all the rest.
    if sign.isASCII && sign != "." && sign != "!" && sign != "?" { return nil }
    let isWide = Self.wideStops.contains(sign)
    guard isWide || Self.stops.contains(sign) else { return nil }
    if !closers.contains(place + 1) { closers = stretch(from: place + 1, where: Self.closers.contains) }
    let end = closers.upperBound
    if blanks.lowerBound != end { blanks = stretch(from: end) { $0.isBlank } }
    let gap = end...blanks.upperBound
    if isWide { return gap }
    guard end < text.count else { return gap }
    if blanks.isEmpty { return nil }
    if blanks.upperBound < text.count {
      let next = text[blanks.upperBound].properties
      if next.isLowercase || next.numericType != nil { return nil }
    }
    if sign == "." {
      let isName = wordStart < place && text[wordStart].properties.isUppercase
      if place - wordStart <= (isName ? 4 : 2) || lastStop >= wordStart { return nil }
    }
    return gap
  }

  private func stretch(from start: Int, where isPart: (Unicode.Scalar) -> Bool) -> Range<Int> {
    var end = start
    while end < text.count, isPart(text[end]) { end += 1 }
    return start..<end
  }
}

extension Unicode.Scalar {
  fileprivate var isBlank: Bool { isASCII ? value == 0x20 || (0x09...0x0d).contains(value) : properties.isWhitespace }
}
