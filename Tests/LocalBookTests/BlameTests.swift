import Foundation
import LocalBook
import Testing

/// Who wrote what, and what stood there before.
@Suite struct BlameTests {
  private let note = "engagements/a.md"
  private let text = "---\ntitle: A\nparticipants: [a]\n---\nFirst stands here. Second follows it.\n\nThird is below.\n"

  private func blame(_ office: Office, _ laptop: Int, _ file: String) throws -> [String] {
    try office.book(laptop).blame(file).lines.map { line in
      let what = line.field.map { $0 + ": " } ?? ""
      return "\(line.line ?? 0) \(line.person) \(what)\(line.text)" + (line.former.map { " < " + $0 } ?? "")
    }
  }

  @Test func `each field and sentence has its person, and its former text`() async throws {
    try await Office.running(files: [note: text]) { office in
      try office.replace("Second follows it", with: "Second comes next", in: note, on: 1)
      try office.replace("title: A", with: "title: B", in: note, on: 1)
      try office.replace("[a]", with: "[a, b]", in: note, on: 1)
      try await office.syncAll()
      try office.replace("Third is below.", with: "Third is below. Fourth is new.", in: note, on: 0)
      let expected = [
        "2 Ben title: B < A", "3 Ben participants: a, b < a", "5 Anne First stands here.",
        "5 Ben Second comes next. < Second follows it.", "7 Anne Third is below.", "7 Anne Fourth is new.",
      ]
      let found = try blame(office, 0, note)
      #expect(found == expected, "\(found)")
      try await office.syncAll()
      #expect(try blame(office, 1, note) == expected)
      #expect(try blame(office, 1, "\(note)@~1").contains("7 Anne Third is below."))
    }
  }

  @Test func `U18: clocks wrong, the sides and sentences carry the right person and text`() async throws {
    var people = [Environment.test("Anne"), .test("Ben")]
    people[0].now = { 4_000_000_000_000_000_000 }
    people[1].now = { 1_000_000_000 }
    try await Office.running(people, files: [note: text]) { office in
      try office.replace("First stands", with: "First sits", in: note, on: 1)
      try await office.syncAll()
      try office.replace("First sits", with: "First lies", in: note, on: 0)
      try await office.syncAll()
      try office.replace("First lies", with: "First runs", in: note, on: 1)
      try office.replace("title: A", with: "title: Ben's", in: note, on: 1)
      try office.replace("title: A", with: "title: Anne's", in: note, on: 0)
      try await office.syncAll()
      for laptop in 0...1 {
        let lines = try blame(office, laptop, note)
        #expect(lines.contains("5 Ben First runs here. < First lies here."))
        #expect(lines.contains("2 Ben title: Ben's < A") && lines.contains("2 Anne title: Anne's < A"), "\(lines)")
        #expect(try office.conflicts(laptop).first?.sides == ["Anne: Anne's", "Ben: Ben's"])
      }
    }
  }

  @Test func `what an undo brings back counts as written by whoever wrote it`() async throws {
    try await Office.running(files: [note: text]) { office in
      let before = try blame(office, 0, note)
      try office.replace(" Second follows it.", with: "", in: note, on: 1)
      try office.replace("title: A", with: "title: B", in: note, on: 1)
      try office.replace("[a]", with: "[b]", in: note, on: 1)
      _ = try office.book(1).save()
      _ = try office.book(1).undo()
      try await office.syncAll()
      #expect(try blame(office, 0, note) == before)
      _ = try office.book(1).redo()
      try await office.syncAll()
      #expect(try blame(office, 0, note).contains("2 Ben title: B < A"))
    }
  }

  @Test func `a sentence that was deleted beside another one is no former text of that`() async throws {
    try await Office.running(files: [note: "One here.\nTwo here.\nThree here. Four here.\n"]) { office in
      try office.replace("Two here.\n", with: "", in: note, on: 1)
      try office.replace("Three here. ", with: "", in: note, on: 1)
      try await office.syncAll()
      let found = try blame(office, 0, note)
      #expect(found == ["1 Anne One here.", "2 Anne Four here."], "\(found)")
    }
  }

  @Test func `a file that a version does not have has nobody`() async throws {
    try await Office.running(files: [note: text]) { office in
      try office.write("Later.\n", to: "notes/later.md", on: 0)
      _ = try office.book(0).save()
      #expect(throws: BookError.self) { try office.book(0).blame("notes/later.md@~1") }
      #expect(throws: BookError.self) { try office.book(0).blame("notes/none.md") }
      try office.remove("notes/later.md", on: 0)
      #expect(throws: BookError.self) { try office.book(0).blame("notes/later.md") }
      #expect(try office.book(0).blame("notes/later.md@~1").lines.map(\.text) == ["Later."])
    }
  }
}
