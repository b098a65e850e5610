import Bytes
import History
import Merge
import NaiveMerge
import PropertyTesting
import Testing

@Suite struct `Text` {
  @Test func `random histories give the text of the slow twin, in every order of arrival`() throws {
    let count = 8000
    try forAll(count) { random in
      let body = try RandomBody(
        edits: Int.random(in: 4...30, using: &random), devices: Int.random(in: 3...6, using: &random), using: &random)
      let expected = ExactText(body.text.text)
      try #require(body.changes.textHistory().text() == expected)
      let reordered = body.changes.reordered(using: &random)
      try #require(reordered.textHistory().text() == expected)
      if random.oneIn(4) { try #require(ExactText(NaiveMerge.text(of: reordered)) == expected) }
    }
    print("\(count) graphs: text")
  }

  @Test func `what is merged late gives what a replay of everything gives`() throws {
    let count = 4000
    try forAll(count) { random in
      let body = try RandomBody(
        edits: Int.random(in: 4...40, using: &random), devices: Int.random(in: 2...4, using: &random),
        meeting: random.oneIn(4) ? nil : 1 + random.below(12), using: &random)
      var arrived: [Change] = []
      var text = TextBuffer()
      var known = 0
      for change in body.changes.reordered(using: &random) {
        arrived.append(change)
        guard random.oneIn(3) || arrived.count == body.changes.count else { continue }
        let history = arrived.textHistory()
        text.apply(history.edits(since: known))
        known = history.count
        try #require(text.text == history.text())
        let prefix = Array(arrived[..<random.below(arrived.count + 1)]).textHistory()
        var part = TextBuffer(prefix.text())
        part.apply(history.edits(since: prefix.count))
        try #require(part == text)
      }
      try #require(text.text == ExactText(body.text.text))
    }
    print("\(count) graphs: late arrivals")
  }

  @Test func `the walker's state holds together at each step`() throws {
    try forAll(200) { random in
      let body = try RandomBody(
        edits: Int.random(in: 4...80, using: &random), devices: Int.random(in: 2...6, using: &random),
        meeting: random.oneIn(2) ? nil : 10, using: &random)
      body.changes.reordered(using: &random).textHistory().checkInvariants()
    }
  }

  @Test func `a zone of thousands of records holds together, and gives the text of the slow twin`() throws {
    var random = SeededRandom(seed: 7)
    var text = NaiveText()
    var builder = HistoryBuilder()
    var versions = Array(repeating: [Int](), count: 3)
    for step in 0..<900 {
      let device = step % 3
      if random.oneIn(30) { versions[device] += versions[random.below(3)] }
      let length = text.length(at: versions[device].map { builder.changes[$0].id })
      let edits = (0..<2).map { _ in
        let position = random.below(length + 1)
        return random.oneIn(4)
          ? TextEdit(position: position, deleted: 1 + random.below(3), inserted: "-")
          : TextEdit(position: position, deleted: 0, inserted: "añb")
      }
      let operations = [Operation.edit(RandomBody.entry, edits)]
      let number = try builder.add(by: DeviceID(number: UInt64(device)), on: versions[device], operations)
      text.append(builder.changes[number])
      versions[device] = [number]
    }
    let history = builder.changes.reordered(using: &random).textHistory()
    history.checkInvariants()
    #expect(history.text() == ExactText(text.text))
  }

  @Test func `an edit that everybody saw passes as it is, and one beyond the end means the end`() throws {
    var builder = HistoryBuilder()
    let device = DeviceID(number: 1)
    var last: [Int] = []
    for edit in [
      TextEdit(position: 0, deleted: 0, inserted: "abc"), TextEdit(position: 9, deleted: 4, inserted: "d"),
      TextEdit(position: 2, deleted: 9, inserted: "é"),
    ] {
      last = [try builder.add(by: device, on: last, [.edit(RandomBody.entry, [edit])])]
    }
    let history = builder.changes.textHistory()
    #expect(history.text() == "abé")
    #expect(history.edits(since: 1).first == TextEdit(position: 3, deleted: 0, inserted: "d"))
    #expect(history.edits(since: 3).isEmpty)
  }
}

/// Shapes in which a merge could take quadratic time or more.
@Suite(.timeLimit(.minutes(5))) struct `Text of odd histories` {
  private func insertion(at position: Int, _ text: ExactText = "x") -> [TextEdit] {
    [TextEdit(position: position, deleted: 0, inserted: text)]
  }

  private func ref(_ device: Int, _ seq: Int) -> ChangeRef {
    ChangeRef(device: DeviceID(number: UInt64(device)), seq: UInt64(seq))
  }

  @Test func `five hundred branches from one place`() {
    var history = TextHistory()
    for device in 0..<500 { history.append(ref(device, 0), edits: insertion(at: 0, "ab")) { _ in false } }
    history.append(ref(500, 0), edits: insertion(at: 1000)) { _ in true }
    #expect(history.heads.count == 1)
    #expect(history.text().string == String(repeating: "ab", count: 500) + "x")
  }

  @Test func `two thousand times two devices that write at once and meet`() {
    var history = TextHistory()
    for round in 0..<2000 {
      for device in 0..<2 {
        history.append(ref(device, round), edits: insertion(at: round)) { $0 < 2 * round }
      }
    }
    #expect(history.text().scalarCount == 4000)
    #expect(history.edits(since: 3998).count == 2)
  }

  @Test func `a hundred thousand insertions, each before the last, beside another branch`() {
    var history = TextHistory()
    history.append(ref(0, 0), edits: insertion(at: 0, "ab")) { _ in false }
    history.append(ref(1, 0), edits: insertion(at: 1, "|")) { $0 == 0 }
    for seq in 1...100_000 { history.append(ref(0, seq), edits: insertion(at: 1)) { $0 != 1 } }
    history.append(ref(1, 1), edits: insertion(at: 0)) { _ in true }
    #expect(history.text().scalarCount == 100_004)
  }

  @Test func `two long branches that arrive by turns`() {
    var history = TextHistory()
    for step in 0..<20_000 {
      let device = step % 2
      history.append(ref(device, step / 2), edits: insertion(at: step / 4)) { $0 % 2 == device }
    }
    #expect(history.heads.count == 2)
    #expect(history.text().scalarCount == 20_000)
  }
}
