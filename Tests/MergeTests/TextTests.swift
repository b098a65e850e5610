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
    let count = 3000
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
        known = arrived.count
        try #require(text.text == history.text())
        let cut = random.below(known + 1)
        var part = TextBuffer(Array(arrived[..<cut]).textHistory().text())
        part.apply(history.edits(since: cut))
        try #require(part == text)
      }
      try #require(text.text == ExactText(body.text.text))
    }
    print("\(count) graphs: late arrivals")
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
