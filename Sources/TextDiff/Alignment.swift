/// Which tokens of two sequences are the same, found by patience: what occurs once on both sides anchors the rest.
///
/// Long blocks are cut at anchors (stretches of several tokens first, then single ones); short ones are aligned by
/// `best(_:_:)`, which weighs what is kept against the edits it costs. A block beyond the budget keeps nothing.
struct Alignment {
  /// Tokens that stand on both sides, in a row: equal, or words that are alike.
  struct Run: Equatable {
    var old: Int
    var new: Int
    var count: Int
    var oldEnd: Int { old + count }
    var newEnd: Int { new + count }
  }

  /// The largest block (old tokens times new tokens) that is aligned cell by cell.
  static let blockLimit = 1 << 18
  /// A chain of blocks in blocks that is longer than this is no natural text.
  private static let depthLimit = 48

  let text: TextPair
  let old: Side
  let new: Side
  /// By number: what keeping such a token is worth.
  let weights: [Int32]
  /// The lengths of anchors, longest first, with each place's number.
  private var layers: [Layer] = []
  private let anchorLengths: [Int]
  private(set) var runs: [Run] = []
  /// Cells that may still be filled, and tokens that may still be looked at in the search for anchors.
  var cellsLeft = 1 << 23
  private var looksLeft: Int

  /// One side's tokens, and their numbers: equal tokens have equal ones.
  struct Side {
    let tokens: [Token]
    let numbers: [UInt32]
  }

  init(_ text: TextPair, old: Side, new: Side, weights: [Int32], anchorLengths: [Int]) {
    self.text = text
    self.old = old
    self.new = new
    self.weights = weights
    self.anchorLengths = anchorLengths
    looksLeft = 16 * (old.tokens.count + new.tokens.count)
    align(old.tokens.indices, new.tokens.indices, depth: 0)
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
    if cells <= Self.blockLimit && cells <= cellsLeft {
      best(oldBlock, newBlock)
      return
    }
    let anchors = anchors(oldBlock, newBlock, depth: depth)
    if anchors.isEmpty { return }
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

  /// Places of equal stretches, ascending on both sides; empty when there are none or the budget is spent.
  private mutating func anchors(_ oldBlock: Range<Int>, _ newBlock: Range<Int>, depth: Int) -> [Layer.Pair] {
    guard depth < Self.depthLimit else { return [] }
    if layers.isEmpty { layers = anchorLengths.map { Layer(length: $0, old.numbers, new.numbers, weights) } }
    for index in layers.indices {
      looksLeft -= oldBlock.count + newBlock.count
      guard looksLeft >= 0 else { return [] }
      let found = layers[index].unique(oldBlock, newBlock)
      if !found.isEmpty { return Layer.longestAscending(found) }
    }
    return []
  }
}
