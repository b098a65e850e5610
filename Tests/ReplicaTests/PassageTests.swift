import Bytes
import History
import Merge
import PropertyTesting
import Replica
import Signing
import Testing
import TextDiff

@Suite struct `Passages of a book` {
  @Test func `every laptop finds the same passages, whichever version comes first`() throws {
    var found = 0
    try forAll(300) { random in
      var world = try typing(using: &random)
      let (a, b) = (world.laptops[0].replica.version, world.laptops[1].replica.version)
      try world.exchangeAll(using: &random)
      let passages = try world.passages(0, a, b)
      for laptop in world.laptops.indices { try #require(try world.passages(laptop, a, b) == passages) }
      try #require(try world.passages(0, b, a).map(\.swapped) == passages)
      try #require(Set(passages.map(\.id)).count == passages.count)
      let merged = try world.union(0, a, b)
      for passage in passages {
        for (version, text) in [(a, passage.a.text), (b, passage.b.text), (merged, passage.merged)] {
          let body = try #require(try world.replicaEntry(0, passage.entry, at: version)).body
          try #require(body.scalars.contains(text.scalars))
        }
        let body = try #require(try world.replicaEntry(0, passage.entry, at: merged)).body.scalars
        try #require(Array(body[passage.place]) == passage.merged.scalars)
        try #require(!passage.a.changes.isEmpty && !passage.b.changes.isEmpty)
        found += 1
      }
    }
    print("\(found) passages in random weeks")
    #expect(found > 100 || isReplay)
  }

  @Test(arguments: [
    ("They meet at four.", "They meet at five.", "They meet at four, downstairs.", ["They meet at five, downstairs."]),
    // Two sentences, and two of which the first ends with an abbreviation.
    ("It is late. He waits.", "It was late. He waits.", "It is late. He left.", []),
    (
      "With Mr. Macron at four.", "Without Mr. Macron at four.", "With Mr. Macron at five.",
      ["Without Mr. Macron at five."]
    ),
    ("By the way. He waits.", "On the way. He waits.", "By the way. He left.", []),
    // A sentence over two lines, and two paragraphs without a full stop.
    ("first\nand second", "one\nand second", "first\nand two", ["one\nand two"]),
    ("first\n\nsecond", "one\n\nsecond", "first\n\ntwo", []),
    ("# Plan\nat four", "# Plans\nat four", "# Plan\nat five", []),
    ("- bread\n- wine", "- white bread\n- wine", "- bread\n- red wine", []),
    ("1. bread\n2) wine", "1. white bread\n2) wine", "1. bread\n2) red wine", []),
    ("他来了。她走了。", "他先来了。她走了。", "他来了。她先走了。", []),
    // The second of three sentences, and nothing around it.
    ("First. Then he said. Last.", "First. Then she said. Last.", "First. Then he asked. Last.", ["Then she asked."]),
    // Both at one place; typed into what the other deleted.
    ("Yes.", "Yes. A.", "Yes. B.", ["Yes. B. A."]),
    ("It is so. It was so.", "It was so.", "It is so now. It was so.", [" nowIt was so."]),
    // Many scalars for what is one letter to a reader; line endings mixed; an empty text.
    ("👨‍👩‍👧 at e\u{301}.", "👨‍👩‍👧 at é.", "👨‍👩 at e\u{301}.", ["👨‍👩 at é."]),
    ("first\r\n\r\nsecond\n", "one\r\n\r\nsecond\n", "first\r\n\r\ntwo\n", []),
    ("All of it.", "", "", [""]),
  ])
  func `a passage is what both touched in one sentence`(
    base: ExactText, a: ExactText, b: ExactText, merged: [ExactText]
  ) throws {
    var desk = try Desk()
    let entry = try desk.entry(body: base)
    for (person, text) in [a, b].enumerated() {
      try desk.change(person, [.edit(entry, edits(from: base, to: text))])
    }
    let (one, other) = (desk.version(0), desk.version(1))
    try desk.meet()
    let passages = try desk.world.passages(0, one, other)
    #expect(passages.map(\.merged) == merged)
    #expect(passages.map(\.a.changes) == merged.map { _ in one.heads.map { desk.world.ref(of: $0) } })
  }

  /// The words that the second person exchanges, how many passages that makes of each text, and how many runs may be
  /// unpacked: those of the two edits, and where there are passages those of each text and the two edits once more.
  @Test(arguments: [("leave", 0, 2), ("meet", 1, 2 + 6 + 2)])
  func `each run is unpacked once, and the texts' own only where two met in a sentence`(
    word: String, passages: Int, runs: Int
  ) throws {
    var desk = try Desk()
    let text = "First they meet.\n\nThen they dine.\n\nLast they leave."
    var entries: [EntryID] = []
    for number in 0..<6 { entries.append(try desk.entry(path: ExactText("\(number).md"), body: ExactText(text))) }
    for (person, words) in [("First", "Once"), (word, "wait")].enumerated() {
      let edits = edits(from: ExactText(text), to: ExactText(text.replacing(words.0, with: words.1)))
      try desk.change(person, entries.map { .edit($0, edits) })
    }
    let (one, other) = (desk.version(0), desk.version(1))
    try desk.meet()
    let storage = CountingStorage(desk.world.laptops[0].storage)
    var replica = try Replica(storage, Cheap.cryptography)
    let found = try replica.passages(one, other)
    #expect(found.map(\.passages.count) == entries.prefix(passages * 6).map { _ in 1 })
    #expect(storage.runs <= runs)
  }

  @Test func `a text of signs and blanks alone takes as long as any other`() throws {
    let many = 100_000
    var desk = try Desk()
    let text = "Wait" + String(repeating: "!", count: many) + String(repeating: " ", count: many) + "End."
    let entry = try desk.entry(body: ExactText(text + String(repeating: ".", count: many) + "\n"))
    for person in 0...1 {
      try desk.change(person, [.edit(entry, [TextEdit(position: person, deleted: 0, inserted: "x")])])
    }
    let (one, other) = (desk.version(0), desk.version(1))
    try desk.meet()
    #expect(try desk.world.passages(0, one, other).map(\.merged.scalarCount) == [many + 6])
  }

  @Test func `two who type into an empty text make a passage of all of it`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    for (person, text) in ["Here.", "There."].enumerated() {
      try desk.change(person, [.edit(entry, [TextEdit(position: 0, deleted: 0, inserted: ExactText(text))])])
    }
    let (one, other) = (desk.version(0), desk.version(1))
    try desk.meet()
    let passages = try desk.world.passages(0, one, other)
    #expect(passages.map(\.base) == [""] && passages.map(\.place) == [0..<11])
    #expect(Set(passages.flatMap { [$0.a.text, $0.b.text] }) == ["Here.", "There."])
  }

  @Test(arguments: [10, 100, 400])
  func `passages and merges read what came since a checkpoint, and not the whole history`(
    rounds: Int
  ) throws {
    var desk = try Desk(3)
    let entry = try desk.entry(body: "They meet at four. He waits below.")
    for _ in 0..<rounds {
      for person in 0...2 {
        try desk.change(person, [.edit(entry, [TextEdit(position: 5, deleted: 0, inserted: "x")])])
      }
      try desk.meet()
      // Made on what all three wrote.
      try desk.change(0, [.edit(entry, [TextEdit(position: 5, deleted: 3, inserted: "")])])
      try desk.meet()
    }
    let before = desk.version()
    for person in 0...1 {
      try desk.change(person, [.edit(entry, [TextEdit(position: 5 * person, deleted: 0, inserted: "y")])])
    }
    let (a, b) = (desk.version(0), desk.version(1))
    let storage = CountingStorage(desk.world.laptops[2].storage)
    var replica = try Replica(storage, Cheap.cryptography)
    let runs = try (0...1).flatMap { person throws in
      let tip = try #require(desk.world.laptops[person].replica.tip.own)
      return desk.world.laptops[person].storage.runs(of: tip.ref.device, from: tip.ref.seq)
    }
    try replica.receive(runs)
    #expect(storage.touches < 8 && storage.runs == 0)
    #expect(try replica.passages(a, b).flatMap(\.passages).count == 1)
    #expect(storage.touches < 20 && storage.runs < 8)
    #expect(try replica.entry(entry, at: before)?.body == "They meet at four. He waits below.")
  }

  /// Three people who type into two texts, and now and then hear of each other.
  private func typing(using random: inout SeededRandom) throws -> World {
    var world = try World(3, using: &random)
    try world.record(0, on: [nil]) { draft, _ in
      for path in ["a.md", "b.md"] as [ExactText] {
        let id = draft.create(kind: "note")
        draft.append(.set(id, .path, [RegisterValue(path)]))
        let text = "They meet at four. He waits below, and she comes late.\n\nThey dine."
        draft.append(.edit(id, [TextEdit(position: 0, deleted: 0, inserted: ExactText(text))]))
      }
    }
    try world.exchangeAll(using: &random)
    for _ in 0..<14 {
      let laptop = random.below(3)
      if random.oneIn(4) {
        try world.deliver(from: random.below(3), to: laptop, part: 1, using: &random)
        continue
      }
      try world.record(laptop, on: [random.oneIn(6) ? try world.someVersion(laptop, using: &random) : nil]) {
        draft, states in
        for state in states where random.oneIn(2) {
          let position = random.below(state.body.scalarCount + 1)
          let words = ["now ", "", ". So", "\n\n", "at five"] as [ExactText]
          draft.append(
            .edit(
              state.id,
              [TextEdit(position: position, deleted: 1 + random.below(9), inserted: words[random.below(words.count)])]))
        }
      }
    }
    return world
  }

  private func edits(from base: ExactText, to text: ExactText) -> [TextEdit] {
    TextDiff.edits(from: base.string, to: text.string).map {
      TextEdit(position: $0.position, deleted: $0.deleted, inserted: ExactText($0.inserted))
    }
  }
}

extension World {
  fileprivate mutating func passages(_ laptop: Int, _ a: Version, _ b: Version) throws -> [Passage] {
    var replica = laptops[laptop].replica
    return try replica.passages(a, b).flatMap(\.passages)
  }

  fileprivate func union(_ laptop: Int, _ a: Version, _ b: Version) throws -> Version {
    var replica = laptops[laptop].replica
    let heads = try replica.indices(of: a) + replica.indices(of: b)
    let graph = try replica.graph()
    return graph.version(of: graph.reduced(heads))
  }

  fileprivate func ref(of id: ChangeID) -> ChangeRef? { changes.values.first { $0.id == id }?.ref }
}

extension Passage {
  fileprivate var swapped: Passage {
    Passage(id: id, entry: entry, base: base, a: b, b: a, merged: merged, place: place)
  }
}

extension ExactText {
  fileprivate var scalars: [Unicode.Scalar] { Array(string.unicodeScalars) }
}
