import BookFolder
import Foundation
import LocalBook
import PropertyTesting
import Testing

/// F4 whole: what a colleague did to the entry of an unreadable file waits, is said, and is merged once it can be read.
@Suite struct UnreadableFileTests {
  private let note = "notes/a.md"
  private let text = "---\ntitle: A\nroom: one\n---\nSome words stand here.\n"
  private var files: [String: String] { [note: text, "notes/b.md": text, "notes/c.md": "Third.\n"] }

  /// What a file may have become, and where it says that the trouble is.
  private static let causes: [(name: String, bytes: Data, line: Int?, column: Int?)] = [
    ("broken YAML", Data("---\ntitle: A\n  bad: [\n---\nMine.\n".utf8), 3, 6),
    ("a quote that nothing closes", Data("---\ntitle: \"A\n---\nMine.\n".utf8), 2, 8),
    ("a key twice", Data("---\na: b\na: c\n---\n".utf8), 3, 1),
    ("bad UTF-8", Data("Mine: caf".utf8) + [0xe9, 0x0a], 1, 10),
    ("a NUL", Data("Mine\0.\n".utf8), 1, 5),
    ("suddenly empty", Data(), nil, nil),
    ("nothing but NULs", Data(count: 40), nil, nil),
    ("over the limit", Data(repeating: UInt8(ascii: "x"), count: (4 << 20) + 1), nil, nil),
  ]

  private enum Deed: CaseIterable { case edit, rename, renameAndEdit, delete }

  private func carryOut(_ deed: Deed, _ office: Office) throws {
    if deed == .edit || deed == .renameAndEdit { try office.replace("Some", with: "Remote", in: note, on: 1) }
    if deed == .rename || deed == .renameAndEdit { try office.move(note, to: "notes/new.md", on: 1) }
    if deed == .delete { try office.remove(note, on: 1) }
  }

  private func expected(_ deed: Deed) -> [WaitingChanges.What] {
    switch deed {
    case .edit: [.edited]
    case .rename: [.renamed(to: "notes/new.md")]
    case .renameAndEdit: [.renamed(to: "notes/new.md"), .edited]
    case .delete: [.deleted]
    }
  }

  private func bytes(_ office: Office) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: office.root(0) + "/" + note))
  }

  @Test(arguments: causes.indices)
  func `F4: an edit, a rename and a deletion wait for an unreadable file, and it is said what waits and from whom`(
    _ index: Int
  ) async throws {
    let cause = Self.causes[index]
    for deed in Deed.allCases {
      try await Office.running(files: files) { office in
        try cause.bytes.write(to: URL(fileURLWithPath: office.root(0) + "/" + note))
        try carryOut(deed, office)
        try office.replace("Third", with: "Remote third", in: "notes/c.md", on: 1)
        try office.replace("Some", with: "My", in: "notes/b.md", on: 0)
        try await office.sync(1)
        let summary = try await office.sync(0)
        #expect(summary.saved.files.map(\.path) == ["notes/b.md"] && summary.sent == 1, "\(cause.name) \(deed)")

        // However often it is asked, and by whichever command.
        for _ in 0..<2 {
          let status = try office.book(0).status()
          let trouble = try #require(status.saved.trouble.first { $0.path == note })
          #expect(trouble.line == cause.line && trouble.column == cause.column, "\(cause.name): \(trouble)")
          #expect(trouble.waiting.map(\.what) == [expected(deed)], "\(cause.name) \(deed): \(trouble.waiting)")
          #expect(trouble.waiting.map(\.people) == [["Ben"]] && trouble.waiting.map(\.changes) == [1])
          #expect(status.behind == 1 && status.saved.trouble.count == 1)
          #expect(try bytes(office) == cause.bytes, "\(cause.name) \(deed)")
          #expect(!office.exists("notes/new.md", on: 0))
          #expect(try office.read("notes/c.md", on: 0) == "Remote third.\n")
        }
        try await office.sync(1)
        #expect(try office.read("notes/b.md", on: 1).contains("My words"))

        // Readable again, it is an edit of what the file showed before.
        try office.write(text.replacingOccurrences(of: "here", with: "here too"), to: note, on: 0)
        try await office.syncAll()
        let isRenamed = deed == .rename || deed == .renameAndEdit
        let now = try office.read(isRenamed ? "notes/new.md" : note, on: 1)
        #expect(now.contains(deed == .edit || deed == .renameAndEdit ? "Remote words" : "Some words"))
        #expect(now.contains("stand here too."), "\(cause.name) \(deed)")
        #expect(isRenamed == !office.exists(note, on: 0))
        #expect(try office.book(0).status().behind == 0)
        // Deleted there and edited here: it stays, and somebody decides.
        #expect(try office.conflicts(0).map(\.field) == (deed == .delete ? ["deleted"] : []))
        try office.requireNoEcho(0)
      }
    }
  }

  @Test func `F4: given back as it was, an unreadable file takes what waited, and the person's nothing is no edit`()
    async throws
  {
    try await Office.running(files: files) { office in
      try office.write("---\ntitle: [\n---\n", to: note, on: 0)
      try carryOut(.delete, office)
      try await office.sync(1)
      try await office.sync(0)
      try office.write(text, to: note, on: 0)
      let summary = try await office.sync(0)
      #expect(summary.sent == 0 && !office.exists(note, on: 0))
    }
  }

  @Test func `F4: a colleague's file waits for the name that an unreadable one has, new here or renamed there`()
    async throws
  {
    try await Office.running(files: files) { office in
      let broken = "---\ntitle: [\n---\n"
      try office.write(broken, to: "notes/new.md", on: 0)
      try office.write("Ben's new one.\n", to: "notes/new.md", on: 1)
      try office.write(broken, to: "notes/b.md", on: 0)
      try office.move("notes/b.md", to: "notes/b2.md", on: 1)
      try office.move("notes/c.md", to: "notes/b.md", on: 1)
      try await office.sync(1)
      try await office.sync(0)
      let status = try office.book(0).status()
      let waiting = Dictionary(uniqueKeysWithValues: status.saved.trouble.map { ($0.path, $0.waiting.map(\.what)) })
      #expect(waiting["notes/new.md"] == [[.created]])
      let both = waiting["notes/b.md"] ?? []
      #expect(
        both.count == 2 && both.contains([.renamed(to: "notes/b2.md")]) && both.contains([.renamed(to: "notes/b.md")]))
      #expect(try office.read("notes/new.md", on: 0) == broken && office.read("notes/b.md", on: 0) == broken)
      try office.write("Mine.\n", to: "notes/new.md", on: 0)
      try office.write(text.replacingOccurrences(of: "here", with: "here too"), to: "notes/b.md", on: 0)
      try await office.syncAll()
      #expect(try office.read("notes/b2.md", on: 1).contains("here too"))
      #expect(try office.read("notes/b.md", on: 1) == "Third.\n")
      let names = try [office.read("notes/new.md", on: 0), office.read("notes/new (2).md", on: 0)]
      #expect(names.sorted() == ["Ben's new one.\n", "Mine.\n"])
    }
  }

  @Test func `a link in the place of a folder is not followed: what belongs there waits, and it is said why`()
    async throws
  {
    try await Office.running(files: files) { office in
      let (folder, elsewhere) = (office.root(0) + "/people", try TestFolder())
      try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: elsewhere.path)
      try office.write("Ben's.\n", to: "people/p.md", on: 1)
      try await office.sync(1)
      try await office.sync(0)
      for _ in 0..<2 {
        let trouble = try office.book(0).status().saved.trouble
        #expect(trouble.map(\.path) == ["people/p.md"] && trouble.map(\.why) == [.obstructed])
        #expect(trouble.map { $0.waiting.map(\.what) } == [[[.created]]])
        #expect(elsewhere.files.isEmpty)
      }
      try FileManager.default.removeItem(atPath: folder)
      try await office.sync(0)
      #expect(try office.read("people/p.md", on: 0) == "Ben's.\n")
      #expect(try office.book(0).status().saved.trouble.isEmpty)
    }
  }

  /// Files break and are mended in any order, while a colleague edits, renames and deletes; nothing typed is lost.
  @Test func `F4: whatever breaks and is mended when, every readable word arrives and no broken file is touched`()
    async throws
  {
    for seed in replayedSeed.map({ [$0] }) ?? Array(1...6) {
      var random = SeededRandom(seed: seed)
      let names = (0..<6).map { "notes/n\($0).md" }
      try await Office.running(files: Dictionary(uniqueKeysWithValues: names.map { ($0, self.text) })) { office in
        var broken: [String: Data] = [:]
        var mended: [String: String] = [:]
        for step in 0..<12 {
          let name = names[random.below(names.count)]
          if office.exists(name, on: 0) {
            if broken[name] == nil, random.oneIn(2) {
              let bytes = Self.causes[random.below(Self.causes.count - 1)].bytes
              try bytes.write(to: URL(fileURLWithPath: office.root(0) + "/" + name))
              broken[name] = bytes
            } else if broken.removeValue(forKey: name) != nil {
              // What it said before, the person has written over.
              mended[name] = "mended\(step)x"
              try office.write(self.text + "mended\(step)x\n", to: name, on: 0)
            }
          }
          let other = names[random.below(names.count)]
          if office.exists(other, on: 1) {
            if random.oneIn(5) {
              try office.remove(other, on: 1)
            } else {
              try office.write(try office.read(other, on: 1) + "ben\(step)x\n", to: other, on: 1)
            }
          }
          if random.oneIn(2) { try await office.sync(1) }
          if random.oneIn(2) { try await office.sync(0) }
          for (name, bytes) in broken {
            let found = try Data(contentsOf: URL(fileURLWithPath: office.root(0) + "/" + name))
            try #require(found == bytes, "\(name) was written over (VALISE_SEED=\(seed))")
          }
        }
        for name in broken.keys.sorted() {
          mended[name] = "last-\(name)x"
          try office.write(self.text + "last-\(name)x\n", to: name, on: 0)
        }
        try await office.syncAll()
        let everything = office.files(0).values.map { String(decoding: $0, as: UTF8.self) }.joined()
        for word in mended.values { try #require(everything.contains(word), "\(word) (VALISE_SEED=\(seed))") }
        try office.requireNoEcho(0)
      }
    }
  }
}
