import BookFolder
import Bytes
import PropertyTesting
import Testing

struct EntryPathTests {
  private func recorded(_ path: String) throws -> EntryPath { try EntryPath(recording: Array(path.utf8)) }

  private func refusal(_ path: String) -> RefusedName? {
    #expect(throws: RefusedName.self) { try EntryPath(recording: Array(path.utf8)) }
  }

  @Test func `U13 a name in another normalisation or case is the same name`() throws {
    let composed = try recorded("notes/\u{e9}lys\u{e9}e.md")
    let decomposed = try recorded("notes/e\u{301}lyse\u{301}e.md")
    #expect(composed == decomposed)
    #expect(decomposed.text.bytes == Array("notes/\u{e9}lys\u{e9}e.md".utf8))
    #expect(try recorded("Note.md").key == recorded("note.md").key)
    #expect(try recorded("STRASSE.md").key == recorded("Stra\u{df}e.md").key)
    #expect(try recorded("\u{c9}lys\u{e9}e.md").key == recorded("e\u{301}lyse\u{301}e.md").key)
    #expect(try recorded("\u{39f}\u{394}\u{39f}\u{3a3}.md").key == recorded("\u{3bf}\u{3b4}\u{3bf}\u{3c2}.md").key)
    #expect(try recorded("kap\u{131}.md").key != recorded("kapi.md").key)
    #expect(try recorded("a.md").key != recorded("b.md").key)
  }

  @Test(arguments: [
    ("a?b.md", "a-b.md"), ("CON.md", "CON_.md"), ("con.md", "con_.md"), ("nul.txt.md", "nul_.txt.md"),
    ("folder./a.md", "folder/a.md"), ("folder /a.md", "folder/a.md"), ("10:30.md", "10-30.md"), ("a\\b.md", "a-b.md"),
    ("COM1/a.md", "COM1_/a.md"), ("lpt\u{b9}.md", "lpt\u{b9}_.md"), ("a\u{7}b.md", "a-b.md"),
    ("a\u{2028}b.md", "a-b.md"),
    ("/etc/a.md", "etc/a.md"), ("../a.md", "a.md"), ("a//b.md", "a/b.md"), ("note.txt", "note.txt.md"),
    ("x/.md", "x/md.md"),
    (".hidden/a.md", "hidden/a.md"), ("~$a.md", "$a.md"), ("con .md", "con_.md"),
  ])
  func `U13 a name that some system forbids is refused with a name to use`(_ path: String, _ suggestion: String) throws
  {
    let refusal = refusal(path)
    #expect(refusal?.suggestion == suggestion)
    #expect(try recorded(suggestion).description == suggestion)
  }

  @Test(arguments: ["Aux ministres.md", "con air/nul points.md", "console.md", "com.md", "com10.md", "LPTs.md"])
  func `U13 a name that only begins like a device is taken`(_ path: String) throws {
    #expect(try recorded(path).description == path)
  }

  @Test func `U13 a name of 300 bytes is refused with a shorter one`() throws {
    let long = String(repeating: "\u{e9}", count: 150) + ".md"
    let refusal = refusal("notes/" + long)
    #expect(refusal?.reason == .tooLong(bytes: 303, limit: 200))
    let suggestion = try recorded(refusal?.suggestion ?? "")
    #expect(suggestion.name.utf8.count <= 200 && suggestion.name.utf8.count > 190)
    #expect(try recorded("Straße und Élysée.md").description == "Straße und Élysée.md")
  }

  @Test func `every refusal's suggestion is a path that is taken`() throws {
    let pieces = [
      "a", ".", "..", "/", "?", " ", "CON", "é", "\u{301}", ".md", "~", "#", "\n", "\u{0}", "com1", "x.MD", "private",
      ":",
    ]
    var refused = 0
    try forAll(5_000) { random in
      let path = (0..<random.below(9)).map { _ in pieces[random.below(pieces.count)] }.joined()
      do { _ = try recorded(path) } catch let refusal as RefusedName {
        refused += 1
        if let suggestion = refusal.suggestion { try #require(recorded(suggestion).text.bytes.count > 0) }
      }
    }
    #expect(isReplay || refused > 1_000)
  }

  @Test(arguments: [
    "", "/a.md", "../a.md", "a/../b.md", "a/./b.md", "a//b.md", ".valise/a.md", "a/.valise/b.md", ".git/hooks.md",
    ".a.md", "a\n.md",
    "a\u{0}.md", "a\u{1b}[2J.md", "a.sh", "a", "a.md/", "private/a.md", "Private/a.md", "PRIVATE/x/y.md", "e\u{301}.md",
    "~$a.md", "C:/a.md",
    "a\\..\\b.md", "a\u{9b}.md",
  ])
  func `a peer's path that leaves the book, hides or forbids itself is refused`(_ path: String) {
    #expect(throws: RefusedName.self) { try EntryPath(fromPeer: ExactText(path)) }
  }

  @Test func `a path that is recorded is taken from a peer`() throws {
    for path in [
      "visit.md", "people/emmanuel-macron.md", "notes/\u{e9}.md", "private.md", "notes/private/a.md", "a.MD",
    ] {
      #expect(try EntryPath(fromPeer: ExactText(path)).text == recorded(path).text)
    }
    #expect(try recorded("private/a.md").isPrivate)
  }

  @Test func `of several entries with one path the later ones get a number`() throws {
    let paths = try ["a.md", "b.md", "A.md", "a (2).md", "a.md", "Notes/x.md", "notes/X.md", "notes/y.md", "b.md/c.md"]
      .map(recorded)
    #expect(
      EntryPath.distinct(paths).map(\.description) == [
        "a.md", "b (2).md", "A (3).md", "a (2).md", "a (4).md", "Notes/x.md", "Notes/X (2).md", "Notes/y.md",
        "b.md/c.md",
      ])
  }

  @Test func `no two entries stand in one place`() throws {
    let names = ["a", "A", "a (2)", "b", "\u{e9}", "e\u{301}", "x.md/a", "x", "X.md/b"]
    try forAll(500) { random in
      let paths = try (0..<random.below(12)).map { _ in try recorded(names[random.below(names.count)] + ".md") }
      let standing = EntryPath.distinct(paths)
      try #require(standing.count == paths.count && Set(standing.map(\.key)).count == paths.count)
      for path in standing { try #require(try recorded(path.description) == path) }
    }
  }
}

struct CaseFoldingTests {
  @Test func `the table agrees with the standard library where folding is lower-casing`() {
    var compared = 0
    for value in UInt32(0)...0x1ffff {
      guard let scalar = Unicode.Scalar(value), scalar.properties.age.map({ $0.major <= 14 }) ?? false else { continue }
      let lower = scalar.properties.lowercaseMapping
      let upperFirst = scalar.properties.uppercaseMapping.unicodeScalars.map(\.properties.lowercaseMapping).joined()
      let folded = String(decoding: CaseFolding.key(of: String(scalar)), as: UTF8.self)
      guard lower == upperFirst, value != 0x1e9e, !(0x13a0...0x13ff).contains(value), !(0xab70...0xabbf).contains(value)
      else { continue }
      compared += 1
      if folded != lower { Issue.record("U+\(String(value, radix: 16)): \(folded) and \(lower)") }
    }
    #expect(compared > 80_000)
  }

  @Test func `folding is idempotent`() throws {
    try forAll(2_000) { random in
      let scalars = (0..<5).compactMap { _ in Unicode.Scalar(UInt32(random.below(0x2000))) }
      let text = String(String.UnicodeScalarView(scalars))
      let once = CaseFolding.key(of: text)
      try #require(CaseFolding.key(of: String(decoding: once, as: UTF8.self)) == once)
    }
  }
}

struct IgnoreRulesTests {
  private func ignores(_ patterns: String, _ path: String, isFolder: Bool = false) -> Bool {
    IgnoreRules(patterns).ignore(Array(path.utf8), isFolder: isFolder)
  }

  @Test func `patterns without a slash match in every folder`() {
    #expect(ignores("*.draft.md", "a.draft.md") && ignores("*.draft.md", "x/y/a.draft.md"))
    #expect(!ignores("*.draft.md", "a.md"))
    #expect(ignores("scratch", "x/scratch", isFolder: true) && ignores("scratch", "scratch"))
    #expect(ignores("a?c", "abc") && !ignores("a?c", "ac") && ignores("[a-c]x", "bx") && !ignores("[!a-c]x", "bx"))
  }

  @Test func `patterns with a slash match from the root`() {
    #expect(ignores("/a.md", "a.md") && !ignores("/a.md", "x/a.md"))
    #expect(ignores("x/a.md", "x/a.md") && !ignores("x/a.md", "y/x/a.md"))
    #expect(ignores("x/*.md", "x/a.md") && !ignores("x/*.md", "x/y/a.md"))
    #expect(ignores("**/a.md", "a.md") && ignores("**/a.md", "x/y/a.md"))
    #expect(ignores("x/**", "x/y/a.md") && !ignores("x/**", "x", isFolder: true))
    #expect(ignores("x/**/a.md", "x/a.md") && ignores("x/**/a.md", "x/y/z/a.md") && !ignores("x/**/a.md", "y/a.md"))
  }

  @Test func `the last pattern that matches decides`() {
    let patterns = "# comment\n*.md\n!keep.md\n\nold/\n"
    #expect(ignores(patterns, "a.md") && !ignores(patterns, "keep.md"))
    #expect(ignores(patterns, "old", isFolder: true) && !ignores(patterns, "old"))
    #expect(ignores("\\#a", "#a") && ignores("\\!a", "!a") && ignores("a\\*", "a*") && !ignores("a\\*", "ab"))
    #expect(ignores("a.md   ", "a.md") && ignores("a\\ ", "a ") && !ignores("[", "a") && !ignores("[", "["))
    #expect(IgnoreRules("old/").ignoreWithFolders(Array("old/x/a.md".utf8)))
  }

  @Test(.timeLimit(.minutes(1)))
  func `a pattern of many stars costs little`() {
    #expect(!ignores(String(repeating: "*a", count: 200) + "b", String(repeating: "a", count: 5_000)))
    #expect(!ignores(String(repeating: "**/a/", count: 50) + "b", String(repeating: "a/", count: 500)))
  }
}
