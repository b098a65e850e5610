import BookFolder
import Bytes
import Foundation
import LocalBook
import PropertyTesting
import Replica
import Testing

/// What broke people's trust in other systems (users.md), where it takes whole laptops to see it.
@Suite struct PitfallTests {
  @Test func `U7: away for 400 days: what was deleted stays deleted, its own edits survive and are reported`()
    async throws
  {
    let names = (1...9).map { "notes/n\($0).md" }
    let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "---\ntitle: T\n---\nText of \($0), some words.\n") })
    var later = Environment.test("Ben")
    let day: Int64 = 86_400 * 1_000_000_000
    later.now = { Int64(Date().timeIntervalSince1970 * 1_000_000_000) + 400 * day }
    try await Office.running([.test("Anne"), later], files: files) { office in
      // Ben edits four notes and leaves; Anne deletes and renames some of them, and works on for a year.
      for name in names.prefix(4) { try office.replace("some words", with: "Ben's words", in: name, on: 1) }
      _ = try office.book(1).save()
      try office.remove(names[0], on: 0)
      try office.remove(names[4], on: 0)
      try office.remove(names[5], on: 0)
      try office.move(names[1], to: "people/renamed.md", on: 0)
      try office.replace("Text", with: "Anne's text", in: names[2], on: 0)
      for step in 0..<20 {
        try office.write("Step \(step).\n", to: "notes/diary.md", on: 0)
        try await office.sync(0)
      }
      let back = try await office.sync(1)
      #expect(back.sent == 1 && back.kept.map(\.path) == [names[0]])
      #expect(back.kept.first?.deletedBy == ["Anne"] && back.kept.first?.editedBy == ["Ben"])
      try await office.syncAll()
      for name in [names[4], names[5]] { #expect(!office.exists(name, on: 1) && !office.exists(name, on: 0)) }
      for name in [names[0], "people/renamed.md", names[2], names[3]] {
        #expect(try office.read(name, on: 0).contains("Ben's words"), "\(name)")
      }
      #expect(try office.read(names[2], on: 0).contains("Anne's text"))
      #expect(!office.exists(names[1], on: 1))
      #expect(try office.conflicts(0).map(\.field) == ["deleted"])
    }
  }

  @Test func `U10: the same value set, and the same word corrected back, is one value and no conflict`() async throws {
    let note = "notes/a.md"
    try await Office.running(files: [note: "---\ntitle: A\nroom: one\ntopics: [a]\n---\nText.\n"]) { office in
      for laptop in 0...1 {
        try office.replace("room: one", with: "room: two", in: note, on: laptop)
        try office.replace("[a]", with: "[a, b]", in: note, on: laptop)
        try office.replace("title: A", with: laptop == 0 ? "title: \"B\"" : "title: B", in: note, on: laptop)
      }
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty)
      let text = try office.read(note, on: 0)
      #expect(text.contains("room: two\ntopics: [a, b]\n"))
      #expect(try await office.sync(0).together.isEmpty)
    }
  }

  /// Words of a text, whatever stands between them.
  private func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }

  private func wrapped(_ words: [String], at width: Int) -> String {
    var (lines, line) = ([String](), "")
    for word in words {
      if !line.isEmpty && line.count + word.count >= width {
        lines.append(line)
        line = word
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }

  @Test func `U12: reflowed here, words edited there: both, once`() async throws {
    for seed in replayedSeed.map({ [$0] }) ?? Array(1...8) {
      var random = SeededRandom(seed: seed)
      let note = "notes/a.md"
      let plain = (0..<60).map { "word\($0)" + (random.oneIn(6) ? "," : "") }
      try await Office.running(files: [note: wrapped(plain, at: 72)]) { office in
        let width = 20 + random.below(60)
        try office.write(wrapped(plain, at: width), to: note, on: 0)
        var (edited, text) = (plain, wrapped(plain, at: 72))
        for _ in 0...random.below(3) {
          let place = random.below(edited.count)
          let new = "edited\(random.below(1_000))"
          text = text.replacing(/\b\S+/) { String($0.output) == edited[place] ? new : String($0.output) }
          edited[place] = new
        }
        try office.write(text, to: note, on: 1)
        try await office.syncAll()
        let merged = try office.read(note, on: 0)
        #expect(words(merged) == edited, "VALISE_SEED=\(seed)")
        // The lines are the reflowed ones, but for the words that changed.
        let breaks = wrapped(plain, at: width).split(separator: "\n").count
        #expect(merged.split(separator: "\n").count == breaks, "VALISE_SEED=\(seed)")
        try office.requireNoEcho(1)
      }
    }
  }

  @Test(arguments: ["crlf", "mark", "bullets", "blanks", "all"])
  func `U12: relinted, other line endings or a byte order mark here, words edited there: both, once`(
    how: String
  ) async throws {
    let text = "---\ntitle: A\n---\n* One point here.\n* Another point there.  \n\nA paragraph of some words.\n"
    func relinted(_ text: String) -> String {
      var text = text
      if how == "bullets" || how == "all" { text = text.replacingOccurrences(of: "\n* ", with: "\n- ") }
      if how == "blanks" || how == "all" { text = text.replacingOccurrences(of: "  \n", with: "\n") }
      if how == "crlf" || how == "all" { text = text.replacingOccurrences(of: "\n", with: "\r\n") }
      return (how == "mark" || how == "all" ? "\u{feff}" : "") + text
    }
    func edited(_ text: String) -> String {
      text.replacingOccurrences(of: "One point", with: "One good point").replacingOccurrences(of: "there", with: "here")
        .replacingOccurrences(of: "some words", with: "few words")
    }
    try await Office.running(files: ["notes/a.md": text]) { office in
      try office.write(relinted(text), to: "notes/a.md", on: 0)
      try office.write(edited(text), to: "notes/a.md", on: 1)
      try await office.syncAll()
      #expect(try Array(office.read("notes/a.md", on: 1).utf8) == Array(relinted(edited(text)).utf8))
      #expect(try office.conflicts(0).isEmpty)
      try office.requireNoEcho(0)
    }
  }

  @Test func `U13: another case, another normalisation: one entry on both laptops; refused names have a name to use`()
    async throws
  {
    let files = ["Note.md": "A note of its own.\n", "notes/b.md": "Second.\n"]
    try await Office.running(files: files) { office in
      try office.move("Note.md", to: "note.md", on: 0)
      let moved = try office.book(0).save()
      #expect(moved.files.map(\.what) == [.renamed(from: "Note.md")])
      // As a Mac writes it.
      try office.write("Decomposed.\n", to: "notes/e\u{301}lyse\u{301}e.md", on: 0)
      let named = try office.book(0).save()
      #expect(named.notices.count == 1)
      let refused = [
        "a?b.md": "a-b.md", "CON.md": "CON_.md", "folder./c.md": "folder/c.md",
        String(repeating: "x", count: 246) + ".md": String(repeating: "x", count: 197) + ".md",
      ]
      for name in refused.keys { try office.write("Refused.\n", to: name, on: 0) }
      try office.replace("Second", with: "My second", in: "notes/b.md", on: 0)
      let summary = try await office.sync(0)
      let suggestions = summary.saved.trouble.compactMap { file -> String? in
        if case .name(let refused) = file.why { refused.suggestion } else { nil }
      }
      #expect(suggestions.sorted() == refused.values.sorted())
      try await office.sync(1)
      let names = office.files(1).keys.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
      let expected = ["book/note.md", "book/notes/b.md", "book/notes/\u{e9}lys\u{e9}e.md"]
      #expect(names == expected.map { Array($0.utf8) })
      // The same name typed in the other normalisation on the other laptop is the same file.
      try office.remove("notes/\u{e9}lys\u{e9}e.md", on: 1)
      try office.write("Decomposed again.\n", to: "notes/e\u{301}lyse\u{301}e.md", on: 1)
      let again = try office.book(1).save()
      #expect(again.files.count == 1)
      try await office.exchangeAll(but: refused.keys.sorted())
      #expect(try office.read("notes/\u{e9}lys\u{e9}e.md", on: 0) == "Decomposed again.\n")
    }
  }

  @Test
  func `U27: participants in any script are kept byte for byte, added on two laptops at once, and listed as they are`()
    async throws
  {
    let meeting = "engagements/m.md"
    let names = [
      "Anne", "عبد الله", "می\u{200C}خواهم", "สมชาย", "👩\u{200D}💻 Eve", "क\u{200D}ष", "e\u{301}lodie",
      "\u{202E}Mallory",
    ]
    let listed = names.map { "\"\($0)\"" }
    let (here, there) = (Array(listed.prefix(6)), Array(listed.suffix(2)))
    try await Office.running(files: [meeting: "---\ntitle: M\nparticipants: [\(listed[0])]\n---\n"]) { office in
      try office.write(
        "---\ntitle: M\nparticipants: [\(here.joined(separator: ", "))]\n---\n", to: meeting, on: 0)
      try office.write(
        "---\ntitle: M\nparticipants: [\(([listed[0]] + there).joined(separator: ", "))]\n---\n", to: meeting, on: 1)
      try await office.syncAll()
      for laptop in 0...1 {
        let text = Array(try office.read(meeting, on: laptop).utf8)
        for name in names { #expect(text.contains(Array(name.utf8)), "\(name) on \(laptop)") }
        let comparison = try office.book(laptop).compare("~2", nil)
        let added = comparison.entries.flatMap(\.fields).flatMap { $0.after?.plain ?? [] }
        #expect(Set(added) == Set(names.map { ExactText($0) }))
        #expect(try office.conflicts(laptop).isEmpty)
        try office.requireNoEcho(laptop)
      }
    }
  }

  @Test func `U16: an unreadable file, a refused name and an oversize one among 100 edits: 97 synced, 3 named`()
    async throws
  {
    let names = (1...100).map { "notes/n\($0).md" }
    try await Office.running(files: Dictionary(uniqueKeysWithValues: names.map { ($0, "Text.\n") })) { office in
      for name in names.dropFirst(3) { try office.replace("Text", with: "Edited", in: name, on: 0) }
      try office.write("---\ntitle: [\n---\n", to: names[0], on: 0)
      try office.write(String(repeating: "x", count: (4 << 20) + 1), to: names[1], on: 0)
      try office.write("New.\n", to: "notes/what?.md", on: 0)
      let summary = try await office.sync(0)
      #expect(summary.saved.files.count == 97 && summary.standing.unsent == 0)
      #expect(summary.saved.trouble.map(\.path) == [names[0], names[1], "notes/what?.md"].sorted())
      try await office.sync(1)
      for name in names.dropFirst(3) { #expect(try office.read(name, on: 1) == "Edited.\n") }
      for name in names.prefix(3) { #expect(try office.read(name, on: 1) == "Text.\n") }
    }
  }
}

extension Office {
  /// Two laptops exchange everything; files that cannot be recorded stay where they are.
  fileprivate func exchangeAll(but refused: [String]) async throws {
    for laptop in [0, 1, 0, 1] { try await sync(laptop) }
    let own = Set(refused.map { "book/" + $0 })
    #expect(files(0).filter { !own.contains($0.key) } == files(1))
  }
}
