extension Alignment {
  /// What an edit costs: two separate edits are worth it only if what is kept between them weighs more.
  /// A space or a comma alone does not, a word of two letters does.
  static let editCost: Int32 = 3

  private static let never = Int32.min / 2

  /// Aligns a small block so that the weight kept, less the cost of the edits between, is the greatest possible.
  ///
  /// Two states a cell (Gotoh 1982): the last token was kept, or it was edited; beginning to keep again costs an edit.
  mutating func best(_ oldBlock: Range<Int>, _ newBlock: Range<Int>) {
    let columns = newBlock.count + 1
    // Bit 0: keeping began here. Bit 1: the edit before was kept. Bit 2: the edit took a new token, not an old one.
    var trace = [UInt8](repeating: 0, count: (oldBlock.count + 1) * columns)
    var kept = [Int32](repeating: Self.never, count: columns)
    var edited = [Int32](repeating: 0, count: columns)
    kept[0] = 0
    edited[0] = Self.never
    trace[1] = 6
    for column in 2..<max(2, columns) { trace[column] = 4 }
    trace[columns] = 2
    for row in 1...oldBlock.count {
      fillRow(oldBlock.lowerBound + row - 1, newBlock, &kept, &edited, &trace, from: row * columns)
    }
    collect(oldBlock, newBlock, trace, endsKept: kept[columns - 1] > edited[columns - 1] - Self.editCost)
  }

  /// One old token against the block's new ones; `kept` and `edited` hold the row above, then this one.
  private func fillRow(
    _ oldIndex: Int, _ newBlock: Range<Int>, _ keptRow: inout [Int32], _ editedRow: inout [Int32],
    _ traceRows: inout [UInt8], from traceStart: Int
  ) {
    let number = old.numbers[oldIndex]
    let weight = weights[Int(number)]
    let token = old.tokens[oldIndex]
    let mayBeAlike = isWord(token)
    let newNumbers = new.numbers.span.extracting(newBlock)
    var kept = keptRow.mutableSpan
    var edited = editedRow.mutableSpan
    var trace = traceRows.mutableSpan
    var (keptDiagonal, editedDiagonal) = (kept[0], edited[0])
    var (keptLeft, editedLeft) = (Self.never, Int32(0))
    (kept[0], edited[0]) = (keptLeft, editedLeft)
    for column in 0..<newBlock.count {
      let (keptAbove, editedAbove) = (kept[column + 1], edited[column + 1])
      var gain = Self.never
      if newNumbers[column] == number {
        gain = weight
      } else if mayBeAlike {
        gain = weightOfAlike(token, new.tokens[newBlock.lowerBound + column])
      }
      var bits: UInt8 = 0
      let begun = editedDiagonal &- Self.editCost
      if begun > keptDiagonal { bits |= 1 }
      let keptHere = gain == Self.never ? Self.never : gain &+ max(begun, keptDiagonal)
      let editedHere = Self.edit(keptAbove, editedAbove, keptLeft, editedLeft, &bits)
      (kept[column + 1], edited[column + 1], trace[traceStart + column + 1]) = (keptHere, editedHere, bits)
      (keptDiagonal, editedDiagonal, keptLeft, editedLeft) = (keptAbove, editedAbove, keptHere, editedHere)
    }
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

  /// Longer ones are no words of a language, and would be compared letter by letter in every cell.
  private func isWord(_ token: Token) -> Bool { token.kind == .word && (3...100).contains(token.count) }

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
