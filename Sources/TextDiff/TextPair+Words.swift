extension TextPair {
  /// The changes inside a block that differs, word by word; letters inside alike words if wanted.
  func changedWords(_ gap: Change, _ detail: Detail, _ cells: inout Int) -> [Change] {
    let alignment = Alignment(
      self, words(in: gap.old), words(in: gap.new), anchorLengths: [5, 1], cells: cells, weight: \.weight)
    cells = alignment.cellsLeft
    let runs = alignment.withoutWeakRuns()
    guard detail == .letters else { return alignment.between(alignment.exactRuns(of: runs), in: gap) }
    var changes: [Change] = []
    var (first, second) = (gap.old.lowerBound, gap.new.lowerBound)
    func add(_ oldEnd: Int, _ newEnd: Int) {
      if first < oldEnd || second < newEnd {
        changes.append(narrowed(Change(old: first..<oldEnd, new: second..<newEnd)))
      }
    }
    for run in runs {
      add(alignment.old.tokens[run.old].start, alignment.new.tokens[run.new].start)
      for step in 0..<run.count where !alignment.isSame(run.old + step, run.new + step) {
        let (old, new) = (alignment.old.tokens[run.old + step].range, alignment.new.tokens[run.new + step].range)
        changes.append(trimmed(Change(old: old, new: new)))
      }
      (first, second) = (alignment.old.tokens[run.oldEnd - 1].end, alignment.new.tokens[run.newEnd - 1].end)
    }
    add(gap.old.upperBound, gap.new.upperBound)
    return changes
  }

  /// Changes that touch are one.
  func joined(_ changes: [Change], _ detail: Detail) -> [Change] {
    var out: [Change] = []
    for change in changes {
      if let last = out.last, last.old.upperBound == change.old.lowerBound, last.new.upperBound == change.new.lowerBound
      {
        let both = Change(
          old: last.old.lowerBound..<change.old.upperBound, new: last.new.lowerBound..<change.new.upperBound)
        out[out.count - 1] = detail == .letters ? narrowed(both) : both
      } else {
        out.append(change)
      }
    }
    return out
  }

  private func trimmed(_ change: Change) -> Change {
    let (start, end) = commonEnds(change.old, change.new)
    return Change(
      old: change.old.lowerBound + start..<change.old.upperBound - end,
      new: change.new.lowerBound + start..<change.new.upperBound - end)
  }

  /// A replacement without the letters that both sides begin and end with, where they are alike: words written apart
  /// or together, a space more or less. Numbers stay whole.
  private func narrowed(_ change: Change) -> Change {
    if change.old.isEmpty || change.new.isEmpty || max(change.old.count, change.new.count) > 100 { return change }
    let kinds = (words(in: change.old) + words(in: change.new)).map(\.kind)
    if kinds.allSatisfy({ $0 == .space }) { return trimmed(change) }
    if !kinds.allSatisfy({ $0 == .word || $0 == .space }) || alike(change.old, change.new) == nil { return change }
    return trimmed(change)
  }
}

extension Token {
  /// What keeping it is worth, two a letter (see `Alignment.editCost`).
  var weight: Int32 {
    switch kind {
    case .word, .number: 2 * Int32(count)
    case .sign: 2
    case .newline: 6
    case .space, .other: 1
    case .line: 0
    }
  }

  /// Letters, as a person counts what changed.
  var letters: Int {
    switch kind {
    case .word, .number: count
    case .sign: 2
    case .space, .newline, .other, .line: 0
    }
  }
}

extension Alignment {
  /// A run is weak when the changes on both sides of it have this many times its letters: a "the" or "of" that happens
  /// to stand in two sentences that have nothing else in common.
  private static let weakness = 4

  /// The runs without those kept by accident. A run with a line end is never weak: paragraphs stay apart.
  func withoutWeakRuns() -> [Run] {
    let oldSums = Sums(old.tokens)
    let newSums = Sums(new.tokens)
    var strong: [Run] = []
    func changed(_ before: Run?, _ after: Run?) -> Int {
      let oldGap = (before?.oldEnd ?? 0)..<(after?.old ?? old.tokens.count)
      let newGap = (before?.newEnd ?? 0)..<(after?.new ?? new.tokens.count)
      return max(oldSums.letters(oldGap), newSums.letters(newGap))
    }
    for index in runs.indices.map({ $0 + 1 }) + [runs.count + 1] {
      let next = index <= runs.count ? runs[index - 1] : nil
      while let last = strong.last {
        let range = last.old..<last.oldEnd
        let before = changed(strong.dropLast().last, last)
        let after = changed(last, next)
        if oldSums.hasLineEnd(range) || Self.weakness * oldSums.letters(range) >= min(before, after) { break }
        strong.removeLast()
      }
      if let next { strong.append(next) }
    }
    return strong
  }

  /// The runs without the tokens that are only alike.
  func exactRuns(of runs: [Run]) -> [Run] {
    var exact: [Run] = []
    for run in runs {
      var start = 0
      for step in 0...run.count where step == run.count || !isSame(run.old + step, run.new + step) {
        if start < step { exact.append(Run(old: run.old + start, new: run.new + start, count: step - start)) }
        start = step + 1
      }
    }
    return exact
  }

  /// Letters and line ends before each token.
  private struct Sums {
    private var letterSums: [Int32] = [0]
    private var lineEnds: [Int32] = [0]

    init(_ tokens: [Token]) {
      letterSums.reserveCapacity(tokens.count + 1)
      lineEnds.reserveCapacity(tokens.count + 1)
      var (letters, ends): (Int32, Int32) = (0, 0)
      for token in tokens {
        letters += Int32(token.letters)
        ends += token.kind == .newline ? 1 : 0
        letterSums.append(letters)
        lineEnds.append(ends)
      }
    }

    func letters(_ range: Range<Int>) -> Int { Int(letterSums[range.upperBound] - letterSums[range.lowerBound]) }
    func hasLineEnd(_ range: Range<Int>) -> Bool { lineEnds[range.upperBound] != lineEnds[range.lowerBound] }
  }
}
