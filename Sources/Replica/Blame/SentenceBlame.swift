import Bytes
import History
import Merge

/// Finds who wrote each sentence of a body.
struct SentenceBlame {
  private let past: EntryPast
  private let text: TextPast
  private let voided: Set<Int>
  /// By number, of deleted scalars: the edits that deleted them and were not taken back.
  private var deleters: [Int: [Int]] = [:]

  init(_ past: EntryPast) {
    self.past = past
    text = TextPast(past)
    voided = past.voided()
    for edit in text.changes.indices where !voided.contains(text.changes[edit]) {
      for number in text.trace.deleted(by: edit) { deleters[number, default: []].append(edit) }
    }
  }

  /// A stretch of the document that a sentence takes, what was deleted in it included.
  private struct Stretch {
    var places: Range<Int>
    let line: Int
    let text: String
    /// By place in the past.
    var change = 0
  }

  func sentences() -> [Blame.Sentence] {
    var stretches = stretches()
    for index in stretches.indices { stretches[index].change = lastChange(in: stretches[index].places) }
    var former: [Int: String] = [:]
    // In the order of arrival, so that each past is little more than the one before.
    let byChange = Dictionary(grouping: stretches.indices) { stretches[$0].change }
    past.forEach(of: byChange.keys.sorted()) { change, isKnown in
      for index in byChange[change] ?? [] { former[index] = words(in: stretches[index].places, isKnown) }
    }
    return stretches.enumerated().map { index, stretch in
      Blame.Sentence(
        line: stretch.line, text: stretch.text, change: past.changes[stretch.change].ref, former: former[index] ?? "")
    }
  }

  /// Cuts the text behind each sentence and each line; those of blanks alone are left out.
  private func stretches() -> [Stretch] {
    var found: [Stretch] = []
    var (start, line, letters) = (0, 1, String.UnicodeScalarView())
    var border = SentenceBorder()
    // What was deleted before a sentence begins, up to the end of a sentence of its own, is no part of it.
    var deleted = SentenceBorder()
    func close(at end: Int) {
      let words = String(letters).trimmingBlanks
      if !words.isEmpty { found.append(Stretch(places: start..<end, line: line, text: words)) }
    }
    for (place, number) in text.trace.order.enumerated() {
      let letter = text.trace.letters[Int(number)]
      guard text.trace.isAlive[Int(number)] else {
        if letters.isEmpty {
          if deleted.ends(before: letter) { start = place }
          if letter == "\n" { start = place + 1 }
        }
        continue
      }
      if letters.isEmpty && deleted.ends(before: letter) { start = place }
      if border.ends(before: letter) {
        close(at: place)
        (start, letters, deleted) = (place, String.UnicodeScalarView(), SentenceBorder())
      }
      letters.append(letter)
      if letter == "\n" {
        close(at: place + 1)
        (start, letters, border, deleted) = (place + 1, String.UnicodeScalarView(), SentenceBorder(), SentenceBorder())
        line += 1
      }
    }
    close(at: text.trace.order.count)
    return found
  }

  /// The last change, by the history's order, that typed or deleted anything in a stretch; blanks count for nothing.
  private func lastChange(in places: Range<Int>) -> Int {
    var last: Int?
    func consider(_ edit: Int32) {
      let change = text.changes[Int(edit)]
      if last.map({ past.isLater(change, than: $0) }) ?? true { last = change }
    }
    for number in text.trace.order[places] where !text.trace.letters[Int(number)].properties.isWhitespace {
      if text.trace.isAlive[Int(number)] {
        consider(text.trace.inserter[Int(text.source[Int(number)])])
      } else if !voided.contains(text.changes[Int(text.trace.inserter[Int(number)])]) {
        for edit in deleters[Int(number)] ?? [] { consider(Int32(truncatingIfNeeded: edit)) }
      }
    }
    return last ?? 0
  }

  /// What stood in a stretch for whoever knew these changes.
  private func words(in places: Range<Int>, _ isKnown: (Int) -> Bool) -> String {
    var words = String.UnicodeScalarView()
    for number in text.trace.order[places] {
      guard isKnown(text.changes[Int(text.trace.inserter[Int(number)])]),
        !(deleters[Int(number)] ?? []).contains(where: { isKnown(text.changes[$0]) })
      else { continue }
      words.append(text.trace.letters[Int(number)])
    }
    return String(words).trimmingBlanks
  }
}

/// Tells where a sentence ends: behind the blanks that follow its mark, and whatever closes brackets or quotes there.
private struct SentenceBorder {
  private enum State { case words, mark, blank }
  private var state = State.words

  /// Takes the next letter; whether a sentence is over before it.
  mutating func ends(before letter: Unicode.Scalar) -> Bool {
    let isBlank = letter.properties.isWhitespace
    let isOver = state == .blank && !isBlank
    switch state {
    case _ where Self.marks.contains(letter): state = .mark
    case .mark where isBlank: state = .blank
    case .mark where Self.closing.contains(letter): break
    case .blank where isBlank: break
    default: state = .words
    }
    return isOver
  }

  private static let marks = Set(".!?…。！？؟۔।".unicodeScalars)
  private static let closing = Set(")]}\"'»”’*_".unicodeScalars)
}

extension String {
  /// Without blanks at its ends.
  fileprivate var trimmingBlanks: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }
}
