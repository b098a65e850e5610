import LocalBook
import Testing

/// What two people made of one sentence is named, wherever it is asked for.
@Suite struct PassageTests {
  private let note = "notes/a.md"
  private let files = [
    "notes/a.md": "---\ntitle: A\n---\n\nThe plane lands at noon. The ambassador waits.\n\nNothing else is planned.\n"
  ]

  @Test func `a sync names the sentences that both edited, and both laptops the same`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("lands at noon", with: "lands after noon", in: note, on: 0)
      try office.replace("The plane", with: "Their plane", in: note, on: 1)
      try office.replace("Nothing else", with: "Nothing more", in: note, on: 1)
      _ = try await office.book(0).sync()
      let summary = try await office.book(1).sync()
      let passage = try #require(summary.together.first?.passages.first)
      #expect(summary.together.map(\.passages.count) == [1])
      #expect(passage.file == note && passage.line == 5)
      #expect(passage.base == "The plane lands at noon.")
      #expect(passage.merged == "Their plane lands after noon.")
      #expect(passage.sides.map(\.text).sorted() == ["The plane lands after noon.", "Their plane lands at noon."])
      #expect(passage.sides.allSatisfy { $0.people.count == 1 })
      #expect(try await office.book(0).sync().together.first?.passages == [passage])
      for laptop in 0...1 {
        #expect(try office.book(laptop).passages(nil, nil).passages == [passage])
        #expect(
          try office.book(laptop).passages(passage.sides[1].version, passage.sides[0].version).passages == [passage])
      }
    }
  }

  @Test func `edits of different sentences, and the one person's own, are no passages`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("noon", with: "one", in: note, on: 0)
      _ = try office.book(0).save()
      try office.replace("The plane", with: "Their plane", in: note, on: 0)
      try office.replace("Nothing else", with: "Nothing more", in: note, on: 1)
      _ = try await office.book(0).sync()
      let summary = try await office.book(1).sync()
      #expect(summary.together.map(\.passages.count) == [0])
      let report = try office.book(1).passages(nil, nil)
      #expect(report.passages.isEmpty && report.versions.count == 2)
    }
  }

  @Test func `passages that colleagues had among themselves come with their merge`() async throws {
    try await Office.running([.test("Anne"), .test("Ben"), .test("Carla")], files: files) { office in
      try office.replace("lands at noon", with: "lands after noon", in: note, on: 0)
      try office.replace("The plane", with: "Their plane", in: note, on: 1)
      _ = try await office.book(0).sync()
      _ = try await office.book(1).sync()
      try office.replace("planned", with: "planned yet", in: note, on: 1)
      _ = try await office.book(1).sync()
      let summary = try await office.book(2).sync()
      #expect(summary.together.first?.passages.map(\.merged) == ["Their plane lands after noon."])
    }
  }

  /// Both laptops change `at noon` alike in one note, and each its own word in another.
  private func alikeAndApart(_ body: (Office, (Int) throws -> String) async throws -> Void) async throws {
    let alike = "notes/b.md"
    let files = files.merging([alike: "They meet at noon.\n"]) { one, _ in one }
    try await Office.running(files: files) { office in
      let known = try office.book(0).save().version
      for laptop in 0...1 { try office.replace("at noon", with: "at one", in: alike, on: laptop) }
      try office.replace("lands at noon", with: "lands after noon", in: note, on: 0)
      try office.replace("The plane", with: "Their plane", in: note, on: 1)
      var number = 0
      try await body(office) { laptop in
        number += 1
        let path = office.root(laptop) + "/bundle-\(number)"
        _ = try office.book(laptop).createBundle(at: path, since: known)
        return path
      }
    }
  }

  @Test func `what both made the same of is no passage, whoever took it out`() async throws {
    try await alikeAndApart { office, bundle in
      let both = [try bundle(0), try bundle(1)]
      for laptop in 0...1 {
        let summary = try office.book(laptop).apply(both[1 - laptop])
        #expect(summary.together.flatMap(\.passages).map(\.merged) == ["Their plane lands after noon."])
        #expect(try office.book(laptop).passages(nil, nil).passages == summary.together.flatMap(\.passages))
      }
      let expected = try office.book(0).passages(nil, nil).passages
      // Both laptops have followed the rule; that is no merge of anybody's edits.
      let rules = [try bundle(0), try bundle(1)]
      for laptop in 0...1 { _ = try office.book(laptop).apply(rules[1 - laptop]) }
      for laptop in 0...1 {
        #expect(try office.book(laptop).passages(nil, nil).passages == expected)
        guard case .merged(_, _, let shown) = try office.book(laptop).show("~0") else {
          Issue.record("one of two changes")
          continue
        }
        #expect(shown == expected)
      }
      try office.write("And so on.\n", to: "notes/c.md", on: 0)
      _ = try office.book(0).save()
      #expect(try office.book(0).passages(nil, nil).passages == expected)
    }
  }

  @Test func `a passage is where it stands by now, or says that it was edited or deleted since`() async throws {
    try await alikeAndApart { office, bundle in
      _ = try office.book(0).apply(try bundle(1))
      func passage() throws -> FoundPassage { try #require(try office.book(0).passages(nil, nil).passages.first) }
      #expect(try passage().line == 5)
      try office.replace("---\n\nTheir", with: "---\n\nTwo lines.\n\nTheir", in: note, on: 0)
      try office.move(note, to: "notes/moved.md", on: 0)
      let moved = try passage()
      #expect(moved.file == "notes/moved.md" && moved.line == 7 && moved.since == nil)
      try office.replace("after noon", with: "before noon", in: "notes/moved.md", on: 0)
      let edited = try passage()
      #expect(edited.file == "notes/moved.md" && edited.line == nil && edited.since == .edited)
      #expect(edited.merged == "Their plane lands after noon." && edited.id == moved.id)
      try office.remove("notes/moved.md", on: 0)
      let deleted = try passage()
      #expect(deleted.file == "notes/moved.md" && deleted.line == nil && deleted.since == .deleted)
    }
  }

  @Test func `a version's passages in one file`() async throws {
    try await alikeAndApart { office, bundle in
      try office.write("Mine.\n", to: "notes/c.md", on: 0)
      _ = try office.book(0).apply(try bundle(1))
      let version = try #require(try office.book(0).log(limit: 1).first).hash
      #expect(try office.book(0).passages("\(note)@\(version)", nil).passages.map(\.file) == [note])
      #expect(try office.book(0).passages("notes/c.md@\(version)", nil).passages.isEmpty)
    }
  }

  @Test func `before anybody met, there is none to list`() async throws {
    try await Office.running(files: files) { office in
      let report = try office.book(0).passages(nil, nil)
      #expect(report.passages.isEmpty && report.versions.isEmpty)
      #expect(throws: BookError.self) { try office.book(0).passages("nothing", nil) }
    }
  }
}
