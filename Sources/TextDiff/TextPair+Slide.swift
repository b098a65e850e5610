extension TextPair {
  /// The same insertion or deletion at the place where a person would have made it: in "a b" -> "a b b" the new "b "
  /// may stand before or after the old one; it is put where lines, sentences, words begin.
  private func slid(_ change: Change, after previous: Change?, before next: Change?) -> Change {
    guard change.old.isEmpty != change.new.isEmpty else { return change }
    let isInsertion = change.old.isEmpty
    let moved = isInsertion ? change.new : change.old
    let text = isInsertion ? new : old
    let side = isInsertion ? \Change.new : \Change.old
    let low = previous.map { $0[keyPath: side].upperBound + 1 } ?? text.lowerBound
    let high = next.map { $0[keyPath: side].lowerBound - 1 } ?? text.upperBound
    var best = (offset: 0, quality: quality(moved, in: text))
    var offset = 0
    while moved.lowerBound + offset > low
      && scalars[moved.lowerBound + offset - 1] == scalars[moved.upperBound + offset - 1]
    {
      offset -= 1
      let quality = quality(moved.moved(by: offset), in: text)
      if quality > best.quality { best = (offset, quality) }
    }
    offset = 0
    while moved.upperBound + offset < high && scalars[moved.lowerBound + offset] == scalars[moved.upperBound + offset] {
      offset += 1
      let quality = quality(moved.moved(by: offset), in: text)
      if quality > best.quality { best = (offset, quality) }
    }
    return Change(old: change.old.moved(by: best.offset), new: change.new.moved(by: best.offset))
  }

  /// The changes, each slid between the one before it, which has slid already, and the one behind it.
  func settled(_ changes: [Change]) -> [Change] {
    var out: [Change] = []
    for index in changes.indices {
      let next = index + 1 < changes.count ? changes[index + 1] : nil
      out.append(slid(changes[index], after: out.last, before: next))
    }
    return out
  }

  private func quality(_ range: Range<Int>, in text: Range<Int>) -> Int {
    quality(at: range.lowerBound, in: text) + quality(at: range.upperBound, in: text)
  }

  /// How natural it is that an edit begins or ends here.
  private func quality(at place: Int, in text: Range<Int>) -> Int {
    guard place > text.lowerBound && place < text.upperBound else { return 5 }
    guard canCut(at: place, in: text) else { return -100 }
    let before = ScalarClass(scalars[place - 1])
    let after = ScalarClass(scalars[place])
    if isLineStart(place, in: text) {
      return place - 1 > text.lowerBound && isLineStart(place - 1, in: text) && after != .newline ? 6 : 5
    }
    if before == .space && after != .space {
      let endsSentence = place - 2 >= text.lowerBound && Self.sentenceEnds.contains(scalars[place - 2])
      return endsSentence ? 4 : 3
    }
    if after == .space || after == .newline { return 2 }
    return before == .other || after == .other || before == .sign || after == .sign ? 1 : 0
  }

  private static let sentenceEnds: Set<UInt32> = [0x21, 0x2e, 0x3a, 0x3f, 0x2026]
}

extension Range<Int> {
  func moved(by offset: Int) -> Self { lowerBound + offset..<upperBound + offset }
}
