import Foundation
import LocalBook
import PropertyTesting
import Testing

@Suite struct HeaderTests {
  /// Blocks of front matter, each with a key of its own; `%` stands for a number.
  private static let blocks = [
    "lead: \"[[anne-martin]]\" # who answers\n", "date: 2021-11-10\n", "start:   10:30\n", "end: '12:00'   # noon\n",
    "status:\tproposed\n", "fixed: NO\n", "place: \"[[elysee]]\"\n", "topics: [climate , \"space\", 'a, b']  # three\n",
    "participants:\n  # in order of precedence\n  - \"[[emmanuel-macron]]\" # host\n  - \"[[kamala-harris]]\"\n",
    "participants:\n- a\n\n- b\n", "call: 0612345678\n", "number: 1e3\n", "empty:\n", "nothing: ~\n", "on: off\n",
    "quoted: \"a: \\\"b\\\" # c\"\n", "single: 'it''s'\n", "\"quoted key\": x\n", "clef: é à ü 東京\n",
    "text: |\n  One\n    two # no comment\n\n  three\n", "folded: >-\n  some\n  words\n", "plain: first\n  second\n",
    "map:\n  one: 1\n  two: [a,\n    b] # c\n", "flow: {a: b, \"c\": [d]}\n", "base: &base% x\nalias: *base%\n",
    "tagged: !!str 10\n", "# a comment of its own\n\nafter: x\n", "url: http://example.org/#part\n",
    "aliases: [Macron, \"E. M.\"]\n", "time: 2021-11-10T09:30+01:00\n", "spaces :  wide\n", "hash: a#b # c\n",
  ]

  private static func file(_ number: Int, _ random: inout SeededRandom) -> String {
    var rest = blocks
    var text = ""
    for _ in 0..<random.below(9) {
      text += rest.remove(at: random.below(rest.count)).replacingOccurrences(of: "%", with: "\(number)")
    }
    // No key twice: `participants` stands in two blocks.
    if text.components(separatedBy: "participants:").count > 2 { text = "" }
    let lines = text.components(separatedBy: "\n")
    let room = ["room: old%\n", "room:   \"old%\"   # ask\n", "room: 'old%'\n", "# above\n\nroom: old% # behind\n"][
      random.below(4)
    ].replacingOccurrences(of: "%", with: "\(number)")
    // Before, behind or between the others; never inside a block.
    var places = [0]
    for (index, line) in lines.enumerated() where index > 0 && index < lines.count - 1 {
      if let first = line.unicodeScalars.first, first.properties.isAlphabetic || first == "\"",
        !lines[index - 1].isEmpty, !lines[index - 1].hasPrefix("#")
      {
        places.append(index)
      }
    }
    var all = lines
    all.insert(String(room.dropLast()), at: random.oneIn(3) ? lines.count - 1 : places[random.below(places.count)])
    let header = all.joined(separator: "\n")
    let body = ["", "Text here.\n", "\n\nText here.\n\n---\n\nMore", "Text here."][random.below(4)]
    var whole = "---\n" + header + (random.oneIn(4) ? "# the end\n" : "") + "---\n" + body
    if random.oneIn(4) { whole = whole.replacingOccurrences(of: "\n", with: "\r\n") }
    if random.oneIn(6) { whole = "\u{feff}" + whole }
    return whole
  }

  @Test func `U14 F2 F3: in 300 headers a peer changes one field, and all other bytes stay as they were typed`()
    async throws
  {
    var random = SeededRandom(seed: replayedSeed ?? 14)
    var files: [String: String] = [:]
    for number in 100..<400 { files["notes/n\(number).md"] = Self.file(number, &random) }
    try await Office.running(files: files) { office in
      #expect(try office.book(0).save().trouble.isEmpty, "a header of this test cannot be read")
      for (name, text) in files { try #require(try office.read(name, on: 1) == text) }
      for (name, text) in files {
        let changed = text.replacingOccurrences(of: "old", with: "new")
        try office.write(changed, to: name, on: 1)
        // Meanwhile another part of the same file is edited at home.
        if text.contains("Text here") { try office.replace("Text here", with: "Text there", in: name, on: 0) }
      }
      #expect(try await office.sync(1).saved.files.count == 300)
      try await office.syncAll()
      for (name, text) in files.sorted(by: { $0.key < $1.key }) {
        let expected = text.replacingOccurrences(of: "old", with: "new").replacingOccurrences(
          of: "Text here", with: "Text there")
        #expect(try office.read(name, on: 0).debugDescription == expected.debugDescription)
      }
      #expect(try office.conflicts(0).isEmpty)
      try office.requireNoEcho(0)
    }
  }

  private static let tricky = [
    "10:30", "NO", "yes", "0612", "1e3", "~", "2021-11-10", "12:30:00", "1_000", "0x1F", "null",
  ]

  @Test func `U15: values that YAML would read as something else are kept, in known and unknown fields`() async throws {
    var files: [String: String] = [:]
    for (index, value) in Self.tricky.enumerated() {
      files["engagements/e\(index).md"] =
        "---\ntitle: \(value)\nstart: \(value)\nfixed: \(value)\nmine: \(value)\n"
        + "list: [\(value), \(value)]\ntopics:\n  - \(value)\nmarker: one\n---\n\(value)\n"
    }
    try await Office.running(files: files) { office in
      for name in files.keys { try office.replace("one", with: "two", in: name, on: 1) }
      try await office.syncAll()
      for (name, text) in files {
        #expect(try office.read(name, on: 0) == text.replacingOccurrences(of: "one", with: "two"))
      }
    }
  }

  @Test(arguments: tricky) func `U15: as sides of a conflict they are what was typed`(value: String) async throws {
    let name = "engagements/e.md"
    try await Office.running(files: [name: "---\nstart: old\nmine: old\n---\n"]) { office in
      try office.replace("old", with: value, in: name, on: 0)
      try office.replace("old", with: "other", in: name, on: 1)
      try await office.syncAll()
      let conflicts = try office.conflicts(0)
      #expect(conflicts.map(\.field) == ["mine", "start"])
      for conflict in conflicts { #expect(conflict.sides == ["Anne: \(value)", "Ben: other"]) }
      for conflict in conflicts { _ = try office.book(1).resolve(conflict.name, take: "Anne", value: nil) }
      try await office.syncAll()
      #expect(try office.read(name, on: 0) == "---\nstart: \(value)\nmine: \(value)\n---\n")
    }
  }

  /// What stands behind the colon of a list without elements: as people type it, and as editors leave it.
  private static let spellingsOfNothing = [
    "", " ", "   ", "\t", " # none", "   # none yet", " []", " [ ]", " [] # none", " [\n  # none\n  ]", " ~", " null",
    " Null", " \"\"", "\n  # none", "\n# none", " # one\n  # two", "\n\n", " [\n]", "\n  -", " {}",
  ]

  private static func empty(_ field: String, _ nothing: String, lineEnding: String = "\n") -> String {
    "---\nkind: note\n\(field):\(nothing)\nmarker: red\n---\nText here.\n".replacingOccurrences(
      of: "\n", with: lineEnding)
  }

  @Test func `F2 U14: a list that is empty, however that is spelled, is recorded and given back as it stands`()
    async throws
  {
    var files: [String: String] = [:]
    for (number, nothing) in Self.spellingsOfNothing.enumerated() {
      for field in ["topics", "participants", "tags", "unknown"] {
        files["engagements/\(field)-\(number).md"] = Self.empty(field, nothing)
        files["notes/\(field)-\(number).md"] = Self.empty(field, nothing, lineEnding: "\r\n")
      }
    }
    try await Office.running(files: files) { office in
      #expect(try office.book(0).status().saved.trouble.isEmpty)
      for (name, text) in files { #expect(try office.read(name, on: 1) == text) }
      // Another field is edited by one, the text by the other.
      for name in files.keys {
        try office.replace("red", with: "blue", in: name, on: 1)
        try office.replace("here", with: "there", in: name, on: 0)
      }
      try await office.syncAll()
      for (name, text) in files.sorted(by: { $0.key < $1.key }) {
        let expected = text.replacingOccurrences(of: "red", with: "blue").replacingOccurrences(
          of: "here", with: "there")
        #expect(try office.read(name, on: 0).debugDescription == expected.debugDescription)
      }
      #expect(try office.conflicts(0).isEmpty)
      try office.requireNoEcho(0)
      try office.requireNoEcho(1)
    }
  }

  @Test func `F2: from nothing to elements and back, with any two spellings, alone and by two at once`() async throws {
    let lists = [" [alpha, beta]", "\n  - alpha\n  - beta # second", "\n- alpha"]
    var files: [String: String] = [:]
    var next: [String: String] = [:]
    for (number, nothing) in Self.spellingsOfNothing.enumerated() {
      for (place, list) in lists.enumerated() {
        let name = "notes/n\(number)-\(place).md"
        files[name] = Self.empty("tags", nothing)
        next[name] = Self.empty("tags", list)
      }
    }
    try await Office.running(files: files) { office in
      func spell(_ texts: [String: String], on laptop: Int) async throws {
        for (name, text) in texts { try office.write(text, to: name, on: laptop) }
        #expect(try office.book(laptop).save().trouble.isEmpty)
        try await office.syncAll()
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
          #expect(try office.read(name, on: 1 - laptop).debugDescription == text.debugDescription)
        }
      }
      try await spell(next, on: 1)
      try await spell(files, on: 0)
      // One types elements while the other clears the field in another spelling: the elements stand in every file.
      for name in files.keys {
        try office.write(next[name] ?? "", to: name, on: 0)
        try office.write(Self.empty("tags", name.contains("-1") ? "" : " []"), to: name, on: 1)
      }
      try await office.syncAll()
      for name in files.keys.sorted() { #expect(try office.read(name, on: 0).contains("alpha"), "\(name)") }
      try office.requireNoEcho(0)
      try office.requireNoEcho(1)
      // And the other way round: what one clears while the other adds to it, both ways.
      try await spell(next, on: 0)
      for name in files.keys {
        try office.write(files[name] ?? "", to: name, on: 0)
        try office.replace("alpha", with: "gamma", in: name, on: 1)
      }
      try await office.syncAll()
      try office.requireNoEcho(0)
      try office.requireNoEcho(1)
      try await spell(files, on: 1)
    }
  }
}
