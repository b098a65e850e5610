import BookFolder
import PropertyTesting
import Testing

struct TypedValueTests {
  @Test(arguments: [
    "10:30", "NO", "yes", "0612", "1e3", "~", "2021-11-10", "on", "12:30:00", "0x1F", "1_000", ".inf", "null", "-5",
    "true",
  ])
  func `U15 a scalar is text until the schema says more`(_ value: String) throws {
    let file = try EntryFile.parse(Array("---\nstart: \(value)\nunknown: \(value) # x\nlist: [\(value)]\n---\n".utf8))
    #expect(file["start"]?.typed == .text(value))
    #expect(file["unknown"]?.typed == .text(value))
    #expect(file["list"]?.typed == .list([value]))
    #expect(TypedValue(source: "\"\(value)\"") == .text(value))
    #expect(TypedValue(source: "'\(value)'") == .text(value))
    #expect(TypedValue(source: "\n- \(value)\n- x") == .list([value, "x"]))
  }

  @Test func `nothing is absent, an empty text is not`() {
    for source in ["", " ", " # only a comment", " # one\n  # two", "\n"] {
      #expect(TypedValue(source: source) == .absent, "\(source.debugDescription)")
    }
    #expect(TypedValue(source: "\"\"") == .text(""))
    #expect(TypedValue(source: "''") == .text(""))
    #expect(TypedValue(source: "[]") == .list([]))
  }

  @Test func `text of every style is what YAML makes of it`() {
    #expect(TypedValue(source: "a # b") == .text("a"))
    #expect(TypedValue(source: "it's \"so\"") == .text("it's \"so\""))
    #expect(TypedValue(source: "'it''s'") == .text("it's"))
    #expect(TypedValue(source: "\"a\\n\\u00e9\"") == .text("a\n\u{e9}"))
    #expect(TypedValue(source: "one\n  two\n\n  three") == .text("one two\nthree"))
    #expect(TypedValue(source: "|\n  one\n  two # three") == .text("one\ntwo # three\n"))
    #expect(TypedValue(source: ">-\n  one\n  two") == .text("one two"))
    #expect(TypedValue(source: "&x a") == .text("a"))
    #expect(TypedValue(source: "x\u{2028}y") == .text("x\u{2028}y"))
    #expect(TypedValue(source: "[x\u{feff}]") == .list(["x\u{feff}"]))
  }

  @Test func `what is neither text nor a list of texts is compared by its source`() {
    for source in [
      "{a: b}", "[[a]]", "[a: b]", "\n  a: b", "\n- - a", "*x", "[*x]", "!!int 5", "- a", "a: b", "\"a", "a\nb: c", "@",
      "\0",
    ] {
      #expect(TypedValue(source: source) == .other(source), "\(source.debugDescription)")
    }
  }

  @Test func `the quick way and the library agree`() throws {
    try forAll(2_000) { random in
      let letters = Array("abz019 -_./+()'é:#,")
      let text = String((0..<1 + random.below(8)).map { _ in letters[random.below(letters.count)] })
      let quick = TypedValue(source: text)
      let slow = TypedValue(source: "&anchor " + text)
      if case .text(let value) = quick, !"&!*".contains(text.first ?? "a"), !"-#:,' ".contains(text.first ?? "a") {
        try #require(slow == .text(value), "\(text.debugDescription)")
      }
    }
  }
}

struct FieldSourceTests {
  private static let alphabet: [Character] =
    Array(
      "abcNOyes0123456789:,[]{}#&*!|>'\"%@`-?~ \t\n\r\\.é日😀/+()_=e<^") + [
      "\u{85}", "\u{2028}", "\u{feff}", "\u{1}", "\u{7f}", "\u{fffe}", "\u{10fff0}", "e\u{301}", "\r\n",
    ]

  private func text(_ random: inout SeededRandom) -> String {
    String((0..<random.below(9)).map { _ in Self.alphabet[random.below(Self.alphabet.count)] })
  }

  @Test func `every text has a source that gives it back`() throws {
    try forAll(5_000) { random in
      let text = text(&random)
      let source = FieldSource.scalar(text)
      try #require(TypedValue(source: source) == .text(text), "\(text.debugDescription) as \(source)")
      try #require(!source.utf8.contains(10))
    }
  }

  @Test func `every list has a source that gives it back, in the old one's style`() throws {
    for old in ["", "[x]", "\n- x", "\n    - x\n    - y", "[\n  x\n]", "text", "\n  a: b"] {
      try forAll(300) { random in
        let elements = (0..<random.below(5)).map { _ in text(&random) }
        let source = FieldSource.list(elements, like: old)
        try #require(TypedValue(source: source) == .list(elements), "\(elements) as \(source)")
      }
    }
    #expect(FieldSource.list(["a", "b"], like: "[x]") == "[a, b]")
    #expect(FieldSource.list(["a", "b"], like: "\n- x") == "\n- a\n- b")
    #expect(FieldSource.list(["a", "b"]) == "\n  - a\n  - b")
  }

  @Test func `plain words, dates and numbers stay plain, what another reader would mistake is quoted`() {
    for text in [
      "Paris", "2021-11-10", "2021-11-10 09:30", "2021-11-10T09:30+01:00", "42", "true", "Élysée Palace",
      "on the record",
    ] {
      #expect(FieldSource.scalar(text) == text)
    }
    for text in [
      "10:30", "NO", "yes", "on", "0612", "1e3", "3.50", "null", "12:30:00", "[[macron]]", "a: b", "a #b", "#a", "- a",
      "",
    ] {
      #expect(FieldSource.scalar(text) == "\"\(text)\"")
    }
  }

  @Test func `a list is changed where it changed, and keeps its comments`() {
    func splice(_ source: String, _ new: [String]) -> String {
      guard case .list = TypedValue(source: source) else { return "not a list" }
      return FieldSource.splice(source, to: new)
    }
    #expect(splice("[a, b]", ["a", "b"]) == "[a, b]")
    #expect(splice("[a, b]", ["a", "b", "c"]) == "[a, b, c]")
    #expect(splice("[ a , b ]", ["a", "x", "b"]) == "[ a , x, b ]")
    #expect(splice("[a, b, c]", ["b", "c"]) == "[b, c]")
    #expect(splice("[a, b, c]", ["a", "c"]) == "[a, c]")
    #expect(splice("[a]", ["x", "a"]) == "[x, a]")
    #expect(splice("[a, 'b', \"c\"]", ["a", "'b", "c"]) == "[a, \"'b\", \"c\"]")
    #expect(splice("[a, # one\n b, # two\n c] # end", ["a", "c"]) == "[a, # one\n  # two\n c] # end")
    #expect(splice("[a,\n  b,\n]", ["a", "b", "c"]) == "[a,\n  b,\n  c,\n]")
    #expect(splice("\n  - a # one\n  # above b\n  - b", ["a", "b", "c"]) == "\n  - a # one\n  # above b\n  - b\n  - c")
    #expect(splice("\n  - a # one\n  # above b\n  - b", ["a"]) == "\n  - a # one\n  # above b")
    #expect(splice("\n- a\n- \"b\"\n- c", ["a", "x", "\u{e9}", "c"]) == "\n- a\n- x\n- \u{e9}\n- c")
    #expect(splice("\n- a\n\n- b", ["b", "a"]) == "\n\n- b\n- a")
    #expect(splice(" # order\n  - a", ["z", "a"]) == " # order\n  - z\n  - a")
    #expect(splice("\n  - |\n    a\n  - b", ["a\n", "c"]) == "\n  - |\n    a\n  - c")
    #expect(splice("[a]", []) == "[]")
  }

  @Test func `F2: nothing at all is a list without elements, and its comment stays where some come`() {
    for source in ["", " ", " # none", "\n", "\n  # none", " # one\n  # two", "\n\n"] {
      #expect(FieldSource.splice(source, to: []) == source)
      let spliced = FieldSource.splice(source, to: ["a", "b: c"])
      #expect(TypedValue(source: spliced) == .list(["a", "b: c"]), "\(spliced.debugDescription)")
      #expect(spliced.contains("#") == source.contains("#"))
    }
    #expect(FieldSource.splice("", to: ["a"]) == "\n  - a")
    #expect(FieldSource.splice(" # none", to: ["a"]) == " # none\n  - a")
  }

  @Test func `a spliced list always means the new elements`() throws {
    let sources = [
      "[a, b]", "[]", "[ a,b , c ]", "[a, # x\n b]", "[\n  a, # x\n  'b, c', # y\n]", "\n- a\n- b",
      "\n  - a # x\n\n  # y\n  - b\n  # z",
      " # x\n    - \"a\"\n    - 'b'", "\n- |\n  a\n- b", "\n- a\n  b\n- c", "[a b, c]", "\n-\n- a",
      "[\"[[a]]\", \"[[b]]\"]", "\n- \"a\n  b\"\n- c",
    ]
    var verbatim = 0
    try forAll(4_000) { random in
      let source = sources[random.below(sources.count)]
      guard case .list(let old) = TypedValue(source: source) else { throw Trouble(source: source) }
      var new = old
      for _ in 0..<random.below(4) {
        if !new.isEmpty, random.oneIn(3) { new.remove(at: random.below(new.count)) }
        if random.oneIn(2) { new.insert(random.oneIn(2) ? "b" : text(&random), at: random.below(new.count + 1)) }
        if new.count > 1, random.oneIn(5) { new.swapAt(0, new.count - 1) }
      }
      let spliced = FieldSource.splice(source, to: new)
      try #require(
        TypedValue(source: spliced) == .list(new), "\(source.debugDescription) to \(new): \(spliced.debugDescription)")
      if old == new {
        try #require(spliced == source)
        verbatim += 1
      }
      for mark in ["# x", "# y", "# z"] where source.contains(mark) && !new.isEmpty && source.contains("\n  \(mark)") {
        try #require(spliced.contains(mark), "\(source.debugDescription) to \(new): \(spliced.debugDescription)")
      }
    }
    #expect(isReplay || verbatim > 500)
  }

  @Test func `a value that is read the short way means what the library reads`() throws {
    let tokens = [
      "a", "b c", "null", "12", "1.5", "2021-11-10", "\"", "\"", "'", "'", "[", "]", ", ", ",", " ", "\n", "\n- ",
      "\n  - ", "- ",
      "\"x, y\"", "'it'", "\"[[a]]\"", "\"a: b #c\"", "\\", "é", "–", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\t",
      "\r",
      "\u{7f}", "\u{1}", "#", ": ", "*x", "&y", "!z", "|", "~", "{", "}", "-", "?", "😀",
    ]
    var long = 0
    var lists = 0
    try forAll(30_000) { random in
      let some = (0...random.below(4)).map { _ in tokens[random.below(tokens.count)] }
      let source: String =
        switch random.below(5) {
        case 0: "[" + some.joined(separator: [", ", ",", " , "][random.below(3)]) + "]"
        case 1: some.map { "\n  - " + $0 }.joined()
        case 2: "\"" + some.joined() + "\""
        case 3: "'" + some.joined() + "'"
        default: some.joined()
        }
      let read = TypedValue(source: source)
      try #require(read == TypedValue.readByLibrary(source), "\(source.debugDescription)")
      if case .list(let elements) = read, elements.count > 1 { lists += 1 }
      if case .text = read, source.count > 6 { long += 1 }
      // As a field of a file: fields that look plain are not read back when they are written.
      let bytes = Array("---\nk:\(source.first == "\n" || source.isEmpty ? "" : " ")\(source)\nl: m\n---\nBody".utf8)
      if let file = try? EntryFile.parse(bytes) { try #require(file.rendered() == bytes) }
    }
    #expect(isReplay || lists > 300 && long > 300)
  }

  struct Trouble: Error { let source: String }
}
