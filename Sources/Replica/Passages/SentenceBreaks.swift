/// Where a text's sentences may end, for telling whether two edits are in one sentence.
///
/// In doubt there is no break: two sentences taken for one show a reader more, one taken for two would show too little.
/// So a full stop ends no sentence behind what may be an abbreviation (`p.`, `Mrs.`, `U.S.`) or before a small letter or
/// a digit, and a line break none but at the end of a Markdown block.
struct SentenceBreaks {
  /// Ascending: a break lies before the scalar at each place, from the end of a sentence to the start of the next.
  private let places: [Int]

  init(_ text: [Unicode.Scalar]) {
    var places: [Int] = []
    for place in text.indices {
      if text[place] == "\n" {
        if Self.endsBlock(place, in: text) { places += [place, place + 1] }
      } else if let next = Self.end(of: place, in: text), text[next - 1] != "\n" {
        var start = next
        while start < text.count, text[start].isBlank { start += 1 }
        places += next...start
      }
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

  /// The place behind a sentence whose last sign, but for quotes and brackets, is at a place; nil where none ends.
  private static func end(of place: Int, in text: [Unicode.Scalar]) -> Int? {
    let sign = text[place]
    let isWide = wideStops.contains(sign)
    guard isWide || stops.contains(sign) else { return nil }
    var end = place + 1
    while end < text.count, closers.contains(text[end]) { end += 1 }
    if isWide { return end }
    guard end < text.count, text[end].isBlank else { return end == text.count ? end : nil }
    let next = text[end...].first { !$0.isBlank }
    if let next, next.properties.isLowercase || next.properties.numericType != nil { return nil }
    if sign == "." {
      let word = text[..<place].reversed().prefix { !$0.isBlank }
      let isName = word.last?.properties.isUppercase == true
      if word.count <= (isName ? 4 : 2) || word.contains(".") { return nil }
    }
    return end
  }

  /// Whether a line break is the end of a paragraph, a heading, a list's item or a table's row.
  private static func endsBlock(_ place: Int, in text: [Unicode.Scalar]) -> Bool {
    let next = text[(place + 1)...].drop { $0 == " " || $0 == "\t" }
    guard let first = next.first, first != "\n", !blockMarks.contains(first) else { return true }
    let number = next.prefix { ("0"..."9").contains($0) }
    if !number.isEmpty, let mark = next.dropFirst(number.count).first, mark == "." || mark == ")" { return true }
    let line = text[..<place].reversed().prefix { $0 != "\n" }
    return line.last.map { $0 == "#" || $0 == "|" } ?? true
  }

  private static let stops: Set<Unicode.Scalar> = [".", "!", "?", "…", "؟", "۔", "।", "։"]
  /// These need no space behind them.
  private static let wideStops: Set<Unicode.Scalar> = ["。", "！", "？", "｡"]
  private static let closers: Set<Unicode.Scalar> = [
    "\"", "'", "”", "’", "»", "›", ")", "]", "*", "_", "」", "』", ".", "!", "?",
  ]
  private static let blockMarks: Set<Unicode.Scalar> = ["#", "-", "*", "+", ">", "|", "`", "~"]
}

extension Unicode.Scalar {
  fileprivate var isBlank: Bool { properties.isWhitespace }
}
