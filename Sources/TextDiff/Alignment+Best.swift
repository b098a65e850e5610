extension Alignment {
  /// What an edit costs: two separate edits are worth it only if what is kept between them weighs more.
  /// A space or a comma alone does not, a word of two letters does.
  static let editCost: Int32 = 3

  private static let never = Int32.min / 2

  /// Aligns a small block so that the weight kept, less the cost of the edits between, is the greatest possible.
  ///
  /// Two states a cell (Gotoh 1982): the last token was kept, or it was edited; beginning to keep again costs an edit.
  mutating func best(_ oldBlock: Range<Int>, _ newBlock: Range<Int>) {
    cellsLeft -= oldBlock.count * newBlock.count
    let columns = newBlock.count + 1
    // Bit 0: keeping began here. Bit 1: the edit before was kept. Bit 2: the edit took a new token, not an old one.
    var trace = [UInt8](repeating: 0, count: (oldBlock.count + 1) * columns)
    var kept = [Int32](repeating: Self.never, count: columns)
    var edited = [Int32](repeating: 0, count: columns)
    kept[0] = 0
    edited[0] = Self.never
    trace[1] = 6
    for column in 2..<max(2, columns) { trace[column] = 4 }
    for row in 1...oldBlock.count {
      let oldIndex = oldBlock.lowerBound + row - 1
      let number = old.numbers[oldIndex]
      let weight = weights[Int(number)]
      let mayBeAlike = isWord(old.tokens[oldIndex])
      var (diagonalKept, diagonalEdited) = (kept[0], edited[0])
      kept[0] = Self.never
      edited[0] = 0
      trace[row * columns] = row == 1 ? 2 : 0
      for column in 1..<columns {
        let newIndex = newBlock.lowerBound + column - 1
        let gain =
          number == new.numbers[newIndex]
          ? weight : mayBeAlike ? weightOfAlike(old.tokens[oldIndex], new.tokens[newIndex]) : Self.never
        var bits: UInt8 = 0
        let begun = diagonalEdited - Self.editCost
        if begun > diagonalKept { bits |= 1 }
        (diagonalKept, diagonalEdited, kept[column], edited[column]) = (
          kept[column], edited[column], gain == Self.never ? Self.never : gain + max(begun, diagonalKept),
          Self.edit(kept[column], edited[column], kept[column - 1], edited[column - 1], &bits)
        )
        trace[row * columns + column] = bits
      }
    }
    collect(oldBlock, newBlock, trace, endsKept: kept[columns - 1] > edited[columns - 1] - Self.editCost)
  }

  private static func edit(
    _ keptAbove: Int32, _ editedAbove: Int32, _ keptLeft: Int32, _ editedLeft: Int32, _ bits: inout UInt8
  ) -> Int32 {
    let above = max(keptAbove, editedAbove)
    let left = max(keptLeft, editedLeft)
    if left > above {
      bits |= keptLeft > editedLeft ? 6 : 4
      return left
    }
    if keptAbove > editedAbove { bits |= 2 }
    return above
  }

  private mutating func collect(_ oldBlock: Range<Int>, _ newBlock: Range<Int>, _ trace: [UInt8], endsKept: Bool) {
    let columns = newBlock.count + 1
    var (row, column, isKept) = (oldBlock.count, newBlock.count, endsKept)
    var found: [Run] = []
    while row > 0 || column > 0 {
      let bits = trace[row * columns + column]
      if isKept {
        row -= 1
        column -= 1
        found.append(Run(old: oldBlock.lowerBound + row, new: newBlock.lowerBound + column, count: 1))
        isKept = bits & 1 == 0
      } else {
        isKept = bits & 2 != 0
        if bits & 4 != 0 { column -= 1 } else { row -= 1 }
      }
    }
    for run in found.reversed() { keep(run) }
  }

  private func isWord(_ token: Token) -> Bool { token.kind == .word && token.count >= 3 }

  /// What it is worth to keep the letters that two words have in common, at the cost of the edit inside.
  private func weightOfAlike(_ old: Token, _ new: Token) -> Int32 {
    guard isWord(new) else { return Self.never }
    guard let common = text.alike(old.range, new.range) else { return Self.never }
    return 2 * Int32(common.start + common.end) - Self.editCost
  }
}

extension TextPair {
  /// How many letters two words begin and end with in common, if they are alike: at least half of the longer one.
  func alike(_ old: Range<Int>, _ new: Range<Int>) -> (start: Int, end: Int)? {
    let shorter = min(old.count, new.count)
    let longer = max(old.count, new.count)
    guard shorter >= 3, longer <= 2 * shorter else { return nil }
    let (start, end) = commonEnds(old, new)
    return start + end >= 3 && 2 * (start + end) >= longer ? (start, end) : nil
  }

  /// How many scalars two stretches begin and end with in common, without cutting where an edit may not.
  func commonEnds(_ old: Range<Int>, _ new: Range<Int>) -> (start: Int, end: Int) {
    let shorter = min(old.count, new.count)
    var start = common(old.lowerBound, new.lowerBound, limit: shorter)
    while start > 0
      && !(canCut(at: old.lowerBound + start, in: self.old) && canCut(at: new.lowerBound + start, in: self.new))
    {
      start -= 1
    }
    var end = commonBefore(old.upperBound, new.upperBound, limit: shorter - start)
    while end > 0 && !(canCut(at: old.upperBound - end, in: self.old) && canCut(at: new.upperBound - end, in: self.new))
    {
      end -= 1
    }
    return (start, end)
  }
}
