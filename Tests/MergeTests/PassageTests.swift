import Bytes
import History
import Merge
import NaiveMerge
import PropertyTesting
import Testing

@Suite struct `Passages` {
  @Test func `random versions of random histories have the passages of the definition, in every order of arrival`()
    throws
  {
    let count = 6000
    try forAll(count) { random in
      let body = try RandomBody(
        edits: Int.random(in: 2...30, using: &random), devices: Int.random(in: 2...5, using: &random),
        meeting: random.oneIn(3) ? 1 + random.below(12) : nil, using: &random)
      let versions = Versions(of: body.changes, using: &random)
      let slow = SlowPassages(versions)
      let sides = versions.sides(swapped: false, using: &random)
      try #require(sides.letters { $0.contains(.base) } == slow.letters(where: \.inBase))
      try #require(sides.letters { $0.contains(.a) } == slow.letters(where: \.inA))
      try #require(sides.letters { $0.contains(.b) } == slow.letters(where: \.inB))
      let shape = versions.shapeOfSides(using: &random)
      let hasLetters = shape.stretches.contains { !$0.letters.isEmpty }
      try #require(!hasLetters)
      let merged = sides.letters(where: \.isMerged)
      try #require(merged == Array(NaiveMerge.text(of: versions.known).unicodeScalars))
      for longest in [0, 2, 7] {
        /// Not over a line, and not over more than so many characters.
        func isBridge(_ range: Range<Int>) -> Bool { range.count <= longest && !merged[range].contains("\n") }
        let passages = sides.passages(joining: isBridge)
        try #require(passages == slow.passages(joining: isBridge))
        try #require(shape.passages(joining: isBridge) == passages)
        let other = versions.sides(swapped: true, using: &random).passages(joining: isBridge)
        try #require(other.map(\.swapped) == passages)
      }
    }
    print("\(count) graphs: passages")
  }

  @Test func `both sides of one gap are one passage, and one side alone is none`() throws {
    let both = try passages(of: "the hour", [edit(8, 0, " is four")], [edit(8, 0, " is five")])
    #expect(both.map(\.base) == [8..<8] && both.map(\.a) == [8..<16] && both.map(\.b) == [8..<16])
    #expect(both.map(\.merged) == [8..<24])
    #expect(try passages(of: "the hour", [edit(8, 0, " is four")], []).isEmpty)
    #expect(try passages(of: "the hour", [edit(0, 3, "")], [edit(0, 3, "")]).map(\.merged) == [0..<0])
  }

  @Test func `what nobody touched tells two passages apart unless it is a bridge`() throws {
    let edits = ([edit(0, 3, "one")], [edit(8, 4, "five")])
    let apart = try passages(of: "the hour four", edits.0, edits.1)
    #expect(apart.isEmpty)
    let joined = try passages(of: "the hour four", edits.0, edits.1) { $0 == 3..<8 }
    #expect(joined.map(\.base) == [0..<12] && joined.map(\.untouchedBehind) == [1])
  }

  @Test func `what one side inserted and took out again is not there`() throws {
    let passages = try passages(of: "the hour", [edit(4, 0, "late "), edit(4, 5, "")], [edit(4, 4, "time")])
    #expect(passages.isEmpty)
  }

  @Test(arguments: [1, 8, 100])
  func `passages ask as much of each edit of a zone, however many there are`(turn: Int) throws {
    let (small, large) = (try Questions(edits: 500, turn: turn), try Questions(edits: 4000, turn: turn))
    #expect(large.asked <= 10 * small.asked && large.asked <= 40 * 4000)
    #expect(large.bridges <= large.stretches)
  }

  private func edit(_ position: Int, _ deleted: Int, _ inserted: ExactText) -> TextEdit {
    TextEdit(position: position, deleted: deleted, inserted: inserted)
  }

  private func passages(
    of base: ExactText, _ a: [TextEdit], _ b: [TextEdit], joining isBridge: (Range<Int>) -> Bool = { _ in false }
  ) throws -> [TextPassage] {
    var builder = HistoryBuilder()
    let entry = RandomBody.entry
    let root = try builder.add(by: DeviceID(number: 0), on: [], [.edit(entry, [edit(0, 0, base)])])
    let one = try builder.add(by: DeviceID(number: 0), on: [root], [.edit(entry, a)])
    let other = try builder.add(by: DeviceID(number: 1), on: [root], [.edit(entry, b)])
    return builder.changes.textHistory().sides {
      $0 != other
    } isInB: {
      $0 != one
    }.passages(joining: isBridge)
  }
}

/// How much is asked for the passages of two people who write by turns, and take in each other's now and then: whether a
/// version holds an edit, and whether something is a bridge.
private struct Questions {
  private(set) var asked = 0
  private(set) var bridges = 0
  let stretches: Int

  init(edits count: Int, turn: Int) throws {
    var builder = HistoryBuilder()
    func write(_ device: Int, _ parents: [Int], _ edit: TextEdit) throws -> Int {
      try builder.add(
        by: DeviceID(number: UInt64(device)), on: builder.past.reduced(parents), [.edit(RandomBody.entry, [edit])])
    }
    let root = try write(0, [], TextEdit(position: 0, deleted: 0, inserted: "The hour is four."))
    var heads = [root, root]
    for number in 0..<count {
      let device = number / turn % 2
      let takesIn = turn > 1 && number % (4 * turn) == 0
      heads[device] = try write(
        device, takesIn ? heads : [heads[device]],
        TextEdit(position: number % 17, deleted: number % 3, inserted: "ab"))
    }
    let past = Ancestors(builder.changes)
    let (inA, inB) = (past.union([builder.changes[heads[0]].id]), past.union([builder.changes[heads[1]].id]))
    var (asked, bridges) = (0, 0)
    let sides = builder.changes.textHistory().sides {
      asked += 1
      return inA[$0]
    } isInB: {
      asked += 1
      return inB[$0]
    }
    _ = sides.passages { _ in
      bridges += 1
      return false
    }
    (self.asked, self.bridges, stretches) = (asked, bridges, sides.stretches.count)
  }
}

/// Two versions out of a history, and the changes that they know.
private struct Versions {
  let known: [Change]
  let a: [ChangeID]
  let b: [ChangeID]

  init(of changes: [Change], using random: inout SeededRandom) {
    let past = Ancestors(changes)
    func heads(_ random: inout SeededRandom) -> [ChangeID] {
      let some = (0..<1 + random.below(3)).map { _ in random.below(changes.count) }
      return past.reduced(some).map { changes[$0].id }
    }
    a = heads(&random)
    b = heads(&random)
    let seen = past.union(a + b)
    known = changes.indices.filter { seen[$0] }.map { changes[$0] }
  }

  func sides(swapped: Bool, using random: inout SeededRandom) -> TextSides {
    let order = Order(of: self, using: &random)
    let history = order.changes.textHistory()
    return swapped
      ? history.sides(isInA: order.isInB, isInB: order.isInA) : history.sides(isInA: order.isInA, isInB: order.isInB)
  }

  func shapeOfSides(using random: inout SeededRandom) -> TextSides {
    let order = Order(of: self, using: &random)
    return order.changes.textHistory(asShapes: true).shapeOfSides(isInA: order.isInA, isInB: order.isInB)
  }

  /// The changes in one order of arrival, and which of their edits each version holds.
  private struct Order {
    let changes: [Change]
    private let inA: [Bool]
    private let inB: [Bool]
    /// The change of each edit.
    private let numbers: [Int]

    init(of versions: Versions, using random: inout SeededRandom) {
      let changes = versions.known.reordered(using: &random)
      let past = Ancestors(changes)
      (inA, inB) = (past.union(versions.a), past.union(versions.b))
      numbers = changes.indices.flatMap { number in
        changes[number].operations.filter { if case .edit = $0 { true } else { false } }.map { _ in number }
      }
      self.changes = changes
    }

    func isInA(_ edit: Int) -> Bool { inA[numbers[edit]] }
    func isInB(_ edit: Int) -> Bool { inB[numbers[edit]] }
  }
}

/// The passages by their definition: of any two touched characters, whether everything untouched between them is bridged.
private struct SlowPassages {
  private let sides: [NaiveText.Side]

  init(_ versions: Versions) {
    var text = NaiveText()
    for change in versions.known { text.append(change) }
    sides = text.sides(versions.a, versions.b)
  }

  func letters(where isShown: (NaiveText.Side) -> Bool) -> [Unicode.Scalar] {
    sides.filter(isShown).map(\.scalar)
  }

  func passages(joining isBridge: (Range<Int>) -> Bool) -> [TextPassage] {
    let touched = sides.indices.filter { isTouched(sides[$0]) }
    return touched.compactMap { first -> TextPassage? in
      let before = touched.last { $0 < first }
      guard before.map({ !areJoined($0, first, isBridge) }) ?? true else { return nil }
      let last = touched.last { $0 == first || ($0 > first && areJoined(first, $0, isBridge)) } ?? first
      let region = sides[first...last]
      guard region.contains(where: { $0.inA != $0.inBase }), region.contains(where: { $0.inB != $0.inBase }) else {
        return nil
      }
      let next = touched.first { $0 > last } ?? sides.count
      return TextPassage(
        base: range(first, last, \.inBase), a: range(first, last, \.inA), b: range(first, last, \.inB),
        merged: range(first, last, isMerged), untouchedBefore: first - (before.map { $0 + 1 } ?? 0),
        untouchedBehind: next - last - 1,
        changesOfA: Set(region.flatMap(\.editorsOfA)).sorted(), changesOfB: Set(region.flatMap(\.editorsOfB)).sorted())
    }
  }

  private func isTouched(_ side: NaiveText.Side) -> Bool { side.inA != side.inBase || side.inB != side.inBase }

  private func isMerged(_ side: NaiveText.Side) -> Bool { side.inBase ? side.inA && side.inB : side.inA || side.inB }

  private func areJoined(_ one: Int, _ other: Int, _ isBridge: (Range<Int>) -> Bool) -> Bool {
    var place = one + 1
    while place < other {
      let end = sides[place...].firstIndex(where: isTouched) ?? sides.count
      if end > place, !isBridge(range(place, end - 1, isMerged)) { return false }
      place = end + 1
    }
    return true
  }

  private func range(_ first: Int, _ last: Int, _ isShown: (NaiveText.Side) -> Bool) -> Range<Int> {
    let start = sides[..<first].count(where: isShown)
    return start..<start + sides[first...last].count(where: isShown)
  }
}

extension TextPassage {
  fileprivate var swapped: TextPassage {
    TextPassage(
      base: base, a: b, b: a, merged: merged, untouchedBefore: untouchedBefore, untouchedBehind: untouchedBehind,
      changesOfA: changesOfB, changesOfB: changesOfA)
  }
}
