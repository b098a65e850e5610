/// Which tokens of two sequences are the same, found by patience: what occurs once on both sides anchors the rest.
///
/// Long blocks are cut at anchors, what is left is aligned by `best(_:_:)`, which weighs what is kept against the edits
/// it costs. Where there are no anchors and the block is too long, or the budget spent, nothing is kept.
struct Alignment {
  /// Tokens that stand on both sides, in a row: equal, or words that are alike.
  struct Run: Equatable {
    var old: Int
    var new: Int
    var count: Int
    var oldEnd: Int { old + count }
    var newEnd: Int { new + count }
  }

  /// Blocks up to this size (old tokens times new tokens) are aligned cell by cell at once, whatever the budget: all of
  /// them together have no more than 16 cells a token.
  private static let smallBlock = 1 << 10
  /// The largest block without anchors that is aligned cell by cell.
  private static let largestBlock = 1 << 18
  /// A chain of blocks in blocks that is longer than this is no natural text.
  private static let depthLimit = 48

  let text: TextPair
  let old: Side
  let new: Side
  /// By number: what keeping such a token is worth.
  let weights: [Int32]
  /// Anchors of each length, longest first; made when a block needs them.
  private var layers: [Layer] = []
  private let anchorLengths: [Int]
  private(set) var runs: [Run] = []
  /// Cells of larger blocks that may still be filled; one text's alignments share them.
  private(set) var cellsLeft: Int
  /// Tokens that may still be looked at in the search for anchors.
  private var looksLeft: Int

  /// One side's tokens, and their numbers: equal tokens have equal ones.
  struct Side {
    let tokens: [Token]
    let numbers: [UInt32]
  }

  /// Aligns tokens by their keys, stretches of `sequence`; `weight` says once a key what keeping such a token is worth.
  init(
    _ text: TextPair, _ old: [Token], _ new: [Token], keys: (old: [Range<Int>], new: [Range<Int>]),
    of sequence: [UInt32],
    anchorLengths: [Int], cells: Int, weight: (Token) -> Int32
  ) {
    self.text = text
    self.anchorLengths = anchorLengths
    var interner = Interner(sequence)
    var weights: [Int32] = []
    func numbers(_ tokens: [Token], _ keys: [Range<Int>]) -> [UInt32] {
      var numbers: [UInt32] = []
      numbers.reserveCapacity(tokens.count)
      for (token, key) in zip(tokens, keys) {
        numbers.append(interner.number(key))
        if interner.count > weights.count { weights.append(weight(token)) }
      }
      return numbers
    }
    self.old = Side(tokens: old, numbers: numbers(old, keys.old))
    self.new = Side(tokens: new, numbers: numbers(new, keys.new))
    self.weights = weights
    cellsLeft = cells
    looksLeft = 8 * (old.count + new.count)
    align(old.indices, new.indices, depth: 0)
  }

  /// Aligns tokens that are the same when all their scalars are.
  init(_ text: TextPair, _ old: [Token], _ new: [Token], anchorLengths: [Int], cells: Int, weight: (Token) -> Int32) {
    self.init(
      text, old, new, keys: (old.map(\.range), new.map(\.range)), of: text.scalars, anchorLengths: anchorLengths,
      cells: cells, weight: weight)
  }

  mutating func keep(_ run: Run) {
    guard run.count > 0 else { return }
    if let last = runs.last, last.oldEnd == run.old, last.newEnd == run.new {
      runs[runs.count - 1].count += run.count
    } else {
      runs.append(run)
    }
  }

  func isSame(_ oldIndex: Int, _ newIndex: Int) -> Bool { old.numbers[oldIndex] == new.numbers[newIndex] }

  private mutating func align(_ oldBlock: Range<Int>, _ newBlock: Range<Int>, depth: Int) {
    var (first, second) = (oldBlock.lowerBound, newBlock.lowerBound)
    var (firstEnd, secondEnd) = (oldBlock.upperBound, newBlock.upperBound)
    while first < firstEnd && second < secondEnd && isSame(first, second) {
      first += 1
      second += 1
    }
    while first < firstEnd && second < secondEnd && isSame(firstEnd - 1, secondEnd - 1) {
      firstEnd -= 1
      secondEnd -= 1
    }
    keep(Run(old: oldBlock.lowerBound, new: newBlock.lowerBound, count: first - oldBlock.lowerBound))
    if first < firstEnd && second < secondEnd { split(first..<firstEnd, second..<secondEnd, depth: depth) }
    keep(Run(old: firstEnd, new: secondEnd, count: oldBlock.upperBound - firstEnd))
  }

  private mutating func split(_ oldBlock: Range<Int>, _ newBlock: Range<Int>, depth: Int) {
    let cells = oldBlock.count * newBlock.count
    if cells <= Self.smallBlock { return best(oldBlock, newBlock) }
    if depth < Self.depthLimit, let anchors = anchors(0..<1, oldBlock, newBlock) {
      return cut(oldBlock, newBlock, at: anchors, depth: depth)
    }
    if cells <= Self.largestBlock && cells <= cellsLeft {
      cellsLeft -= cells
      return best(oldBlock, newBlock)
    }
    if depth < Self.depthLimit, let anchors = anchors(1..<anchorLengths.count, oldBlock, newBlock) {
      cut(oldBlock, newBlock, at: anchors, depth: depth)
    }
  }

  private mutating func cut(_ oldBlock: Range<Int>, _ newBlock: Range<Int>, at anchors: [Layer.Pair], depth: Int) {
    var (first, second) = (oldBlock.lowerBound, newBlock.lowerBound)
    for anchor in anchors where anchor.old >= first && anchor.new >= second {
      var run = Run(old: anchor.old, new: anchor.new, count: 0)
      while run.old > first && run.new > second && isSame(run.old - 1, run.new - 1) {
        run.old -= 1
        run.new -= 1
        run.count += 1
      }
      while run.oldEnd < oldBlock.upperBound && run.newEnd < newBlock.upperBound && isSame(run.oldEnd, run.newEnd) {
        run.count += 1
      }
      align(first..<run.old, second..<run.new, depth: depth + 1)
      keep(run)
      (first, second) = (run.oldEnd, run.newEnd)
    }
    align(first..<oldBlock.upperBound, second..<newBlock.upperBound, depth: depth + 1)
  }

  /// Places of equal stretches, ascending on both sides; nil when there are none or the budget is spent.
  private mutating func anchors(_ lengths: Range<Int>, _ oldBlock: Range<Int>, _ newBlock: Range<Int>) -> [Layer.Pair]?
  {
    if layers.isEmpty { layers = anchorLengths.map { Layer(length: $0, old.numbers, new.numbers, weights) } }
    for index in lengths {
      looksLeft -= oldBlock.count + newBlock.count
      guard looksLeft >= 0 else { return nil }
      let found = layers[index].unique(oldBlock, newBlock)
      if !found.isEmpty { return Layer.longestAscending(found) }
    }
    return nil
  }
}
