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

  @Test func `before anybody met, there is none to list`() async throws {
    try await Office.running(files: files) { office in
      let report = try office.book(0).passages(nil, nil)
      #expect(report.passages.isEmpty && report.versions.isEmpty)
      #expect(throws: BookError.self) { try office.book(0).passages("nothing", nil) }
    }
  }
}
