import PropertyTesting
import Testing
import TextDiff

@Suite struct EditProperties {
  @Test func `edits applied to the old text give the new one, ascend, and never touch`() throws {
    try forAll(600) { random in
      let old = random.text(words: random.below(60))
      let new = random.oneIn(5) ? random.text(words: random.below(60)) : random.edited(old, times: 1 + random.below(6))
      let edits = TextDiff.edits(from: old, to: new)
      try #require(applying(edits, to: old).unicodeScalars.elementsEqual(new.unicodeScalars))
      var end = -1
      for edit in edits {
        try #require(edit.position > end && (edit.deleted > 0 || !edit.inserted.isEmpty))
        end = edit.position + edit.inserted.unicodeScalars.count
      }
      try #require(edits.isEmpty == old.unicodeScalars.elementsEqual(new.unicodeScalars))
    }
  }

  @Test func `marked runs give both texts, and change kind from run to run`() throws {
    try forAll(400) { random in
      let old = random.text(words: random.below(60))
      let new = random.oneIn(5) ? random.text(words: random.below(60)) : random.edited(old, times: 1 + random.below(6))
      let runs = TextDiff.marked(from: old, to: new)
      let before = runs.filter { $0.kind != .inserted }.map(\.text).joined()
      let after = runs.filter { $0.kind != .deleted }.map(\.text).joined()
      try #require(before.unicodeScalars.elementsEqual(old.unicodeScalars))
      try #require(after.unicodeScalars.elementsEqual(new.unicodeScalars))
      for (run, next) in zip(runs, runs.dropFirst()) { try #require(run.kind != next.kind) }
    }
  }

  @Test func `no edit begins or ends inside a CR LF or before a combining mark that stays with its base`() throws {
    try forAll(600) { random in
      let old = random.text(words: random.below(40))
      let new = random.edited(old, times: 1 + random.below(4))
      let scalars = Array(old.unicodeScalars)
      var shift = 0
      for edit in TextDiff.edits(from: old, to: new) {
        for place in [edit.position - shift, edit.position - shift + edit.deleted]
        where place > 0 && place < scalars.count {
          try #require(!(scalars[place - 1] == "\r" && scalars[place] == "\n"))
          try #require(scalars[place].properties.generalCategory != .nonspacingMark)
        }
        shift += edit.inserted.unicodeScalars.count - edit.deleted
      }
    }
  }

  @Test func `two people who change different words of a sentence stay inside their words`() throws {
    try forAll(400) { random in
      let words = (0..<(5 + random.below(30))).map { _ in random.word() }
      let sentence = words.joined(separator: " ")
      let first = random.below(words.count - 2)
      let second = first + 2 + random.below(words.count - first - 2)
      for index in [first, second] {
        var changed = words
        changed[index] = random.otherWord(than: words[index])
        let new = changed.joined(separator: " ")
        let edits = TextDiff.edits(from: sentence, to: new)
        try #require(edits.count == 1)
        let start = words[..<index].reduce(0) { $0 + $1.unicodeScalars.count + 1 }
        try #require(edits[0].position >= start)
        try #require(edits[0].position + edits[0].deleted <= start + words[index].unicodeScalars.count)
      }
    }
  }

  @Test func `both words changed by one person are two edits, each inside its word`() throws {
    try forAll(300) { random in
      let words = (0..<30).map { _ in random.word() + "xyz" }
      let (first, second) = (random.below(12), 16 + random.below(12))
      var changed = words
      for index in [first, second] { changed[index] = random.otherWord(than: words[index]) }
      let edits = TextDiff.edits(from: words.joined(separator: " "), to: changed.joined(separator: " "))
      try #require(edits.count == 2)
    }
  }

  @Test func `a word typed into a paragraph of 5 KB on one line is one edit of that word`() throws {
    try forAll(40) { random in
      var words = (0..<800).map { _ in random.word() }
      let old = words.joined(separator: " ")
      let place = random.below(words.count)
      words.insert("tarmac", at: place)
      let edits = TextDiff.edits(from: old, to: words.joined(separator: " "))
      try #require(edits.count == 1)
      try #require(edits[0].deleted == 0)
      try #require(["tarmac ", " tarmac"].contains(edits[0].inserted))
    }
  }

  @Test func `a few edits of whole words cost about as few replacements`() throws {
    var (made, found) = (0, 0)
    try forAll(300) { random in
      var words = (0..<400).map { _ in random.word() }
      let old = words.joined(separator: " ")
      let count = 1 + random.below(6)
      for _ in 0..<count {
        let place = random.below(words.count)
        switch random.below(3) {
        case 0: words.insert(random.word(), at: place)
        case 1: words.remove(at: place)
        default: words[place] = random.otherWord(than: words[place])
        }
      }
      let edits = TextDiff.edits(from: old, to: words.joined(separator: " "))
      try #require(edits.count <= count)
      made += count
      found += edits.count
    }
    #expect(found <= made)
  }
}

extension SeededRandom {
  private static let vocabulary = [
    "the", "of", "a", "delegation", "gate", "palace", "meeting", "arrives", "leaves", "10:30", "2021-11-10", "Élysée",
    "e\u{301}cole", "président", "总统", "会见", "東京へ", "👩‍👩‍👧", "🇫🇷", "don't", "l’hôtel", "and", "is", "south", "north",
    "committee", "committees", "agreed", "agrees", "กรุงเทพ", "می‌رود", "naïve", "o\u{308}\u{323}re",
  ]
  private static let separators = [
    " ", " ", " ", " ", ", ", ". ", "\n", "\r\n", "\n\n", "\r\n\r\n", "  ", "\t", "\r", "-",
  ]

  mutating func word() -> String { Self.vocabulary[below(Self.vocabulary.count)] }

  mutating func otherWord(than word: String) -> String {
    while true {
      let other = self.word()
      if other != word { return other }
    }
  }

  mutating func text(words: Int) -> String {
    (0..<words).map { _ in word() + Self.separators[below(Self.separators.count)] }.joined()
  }

  /// A text after random insertions, deletions and moves, at random scalars or between words.
  mutating func edited(_ text: String, times: Int) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<times {
      let start = below(scalars.count + 1)
      let end = min(scalars.count, start + below(12))
      switch below(4) {
      case 0: scalars.removeSubrange(start..<end)
      case 1: scalars.insert(contentsOf: self.text(words: below(4)).unicodeScalars, at: start)
      case 2: scalars.replaceSubrange(start..<end, with: self.text(words: below(3)).unicodeScalars)
      default:
        let moved = Array(scalars[start..<end])
        scalars.removeSubrange(start..<end)
        scalars.insert(contentsOf: moved, at: below(scalars.count + 1))
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
