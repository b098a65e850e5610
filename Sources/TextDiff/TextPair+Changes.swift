extension TextPair {
  /// How far into a line changes are looked for.
  enum Detail {
    /// Changed words are changed whole.
    case words
    /// Inside words too, where the old and the new one are alike.
    case letters
  }

  /// The changes from the old text to the new one, ascending, apart from each other.
  func changes(within detail: Detail) -> [Change] {
    // About 20 ms of them.
    var cells = 1 << 22
    var changes: [Change] = []
    for gap in changedLines(&cells) {
      for part in loosely(gap, &cells) {
        if part.old.isEmpty || part.new.isEmpty {
          changes.append(part)
        } else {
          changes += changedWords(part, detail, &cells)
        }
      }
    }
    return settled(joined(changes, detail))
  }

  /// The blocks of lines that differ.
  private func changedLines(_ cells: inout Int) -> [Change] {
    let whole = withoutCommonLines()
    if whole.old.isEmpty && whole.new.isEmpty { return [] }
    if whole.old.isEmpty || whole.new.isEmpty { return [whole] }
    let alignment = Alignment(
      self, lines(in: whole.old), lines(in: whole.new), anchorLengths: [1], cells: cells, weight: lineWeight)
    cells = alignment.cellsLeft
    return alignment.gaps(in: whole)
  }

  /// The whole texts without the lines that they begin and end with in common.
  private func withoutCommonLines() -> Change {
    let shorter = min(old.count, new.count)
    var start = common(old.lowerBound, new.lowerBound, limit: shorter)
    if start == old.count && start == new.count {
      return Change(old: border..<border, new: new.upperBound..<new.upperBound)
    }
    while !(isLineStart(start, in: old) && isLineStart(border + start, in: new)) { start -= 1 }
    var end = commonBefore(old.upperBound, new.upperBound, limit: shorter - start)
    while end > 0 && !(isLineStart(border - end, in: old) && isLineStart(new.upperBound - end, in: new)) { end -= 1 }
    return Change(old: start..<border - end, new: border + start..<new.upperBound - end)
  }

  /// A block of lines cut at lines that differ in their spaces and ends only: indented, or with another line end.
  private func loosely(_ gap: Change, _ cells: inout Int) -> [Change] {
    if gap.old.isEmpty || gap.new.isEmpty { return [gap] }
    let oldLines = lines(in: gap.old)
    let newLines = lines(in: gap.new)
    if oldLines.count == 1 && newLines.count == 1 { return [gap] }
    var dense: [UInt32] = []
    dense.reserveCapacity(gap.old.count + gap.new.count)
    func squeezed(_ tokens: [Token]) -> [Range<Int>] {
      tokens.map { token in
        let start = dense.count
        for place in token.range where scalars[place] > 0x20 { dense.append(scalars[place]) }
        return start..<dense.count
      }
    }
    let keys = (old: squeezed(oldLines), new: squeezed(newLines))
    let alignment = Alignment(
      self, oldLines, newLines, keys: keys, of: dense, anchorLengths: [1], cells: cells, weight: lineWeight)
    cells = alignment.cellsLeft
    return alignment.gapsAndPairs(in: gap)
  }

  /// What keeping a line is worth: a blank one, or one of signs only, no more than a space.
  private func lineWeight(_ line: Token) -> Int32 {
    var letters: Int32 = 0
    for place in line.range where ScalarClass(scalars[place]).isWordlike {
      letters += 1
      if letters == 100 { break }
    }
    return 1 + 2 * letters
  }
}

extension ScalarClass {
  /// Whether it is part of what a person reads as words.
  var isWordlike: Bool { self == .letter || self == .digit || self == .sign }
}

extension Alignment {
  /// What lies between the runs.
  func gaps(in whole: Change) -> [Change] { between(runs, in: whole) }

  /// What lies between the runs, and each pair of lines in a run, for the words in them.
  func gapsAndPairs(in whole: Change) -> [Change] {
    var parts: [Change] = []
    var (first, second) = (whole.old.lowerBound, whole.new.lowerBound)
    func add(_ oldEnd: Int, _ newEnd: Int) {
      if first < oldEnd || second < newEnd { parts.append(Change(old: first..<oldEnd, new: second..<newEnd)) }
      (first, second) = (oldEnd, newEnd)
    }
    for run in runs {
      for step in 0..<run.count {
        add(old.tokens[run.old + step].start, new.tokens[run.new + step].start)
        add(old.tokens[run.old + step].end, new.tokens[run.new + step].end)
      }
    }
    add(whole.old.upperBound, whole.new.upperBound)
    return parts
  }

  /// What lies between runs of this alignment.
  func between(_ runs: [Run], in whole: Change) -> [Change] {
    var gaps: [Change] = []
    var (first, second) = (whole.old.lowerBound, whole.new.lowerBound)
    for run in runs {
      let (oldStart, newStart) = (old.tokens[run.old].start, new.tokens[run.new].start)
      if first < oldStart || second < newStart { gaps.append(Change(old: first..<oldStart, new: second..<newStart)) }
      (first, second) = (old.tokens[run.oldEnd - 1].end, new.tokens[run.newEnd - 1].end)
    }
    if first < whole.old.upperBound || second < whole.new.upperBound {
      gaps.append(Change(old: first..<whole.old.upperBound, new: second..<whole.new.upperBound))
    }
    return gaps
  }
}
