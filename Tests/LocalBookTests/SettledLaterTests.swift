import Foundation
import LocalBook
import Testing

@Suite struct SettledLaterTests {
  private let note = "notes/a.md"
  private let text = "---\ntitle: A\nroom: one\n---\nSome words stand here.\n"

  private func disputed(_ body: (Office) async throws -> Void) async throws {
    try await Office.running(files: [note: text, "notes/b.md": "Another.\n"]) { office in
      try office.replace("one", with: "two", in: note, on: 0)
      try office.replace("one", with: "three", in: note, on: 1)
      try await office.syncAll()
      try await body(office)
    }
  }

  @Test func `U17: a conflict follows its entry through a rename, and is settled under the new name`() async throws {
    try await disputed { office in
      try office.move(note, to: "people/renamed.md", on: 0)
      #expect(try office.conflicts(0).map(\.name) == ["people/renamed.md:room"])
      try await office.syncAll()
      let conflict = try #require(try office.conflicts(1).first)
      #expect(conflict.name == "people/renamed.md:room" && conflict.sides == ["Anne: two", "Ben: three"])
      _ = try office.book(1).resolve(conflict.name, take: "Anne", value: nil)
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty)
      #expect(try office.read("people/renamed.md", on: 0) == text.replacingOccurrences(of: "one", with: "two"))
    }
  }

  @Test(arguments: [false, true])
  func `U17: a deleted entry's conflict is listed under its last name; settled, it stays deleted`(takes: Bool)
    async throws
  {
    try await disputed { office in
      try office.move(note, to: "notes/last.md", on: 0)
      try await office.syncAll()
      try office.remove("notes/last.md", on: 1)
      try await office.syncAll()
      for laptop in 0...1 {
        let conflict = try #require(try office.conflicts(laptop).first)
        #expect(conflict.name == "notes/last.md:room" && conflict.isDeleted && conflict.line == nil)
        #expect(conflict.sides == ["Anne: two", "Ben: three"])
      }
      let resolved = try office.book(0).resolve(
        "notes/last.md:room", take: takes ? "Ben" : nil, value: takes ? nil : "four")
      #expect(resolved.conflictsLeft == 0)
      try await office.syncAll()
      for laptop in 0...1 {
        #expect(try office.conflicts(laptop).isEmpty)
        #expect(office.files(laptop).keys.sorted() == ["book/notes/b.md"])
        try office.requireNoEcho(laptop)
      }
    }
  }

  @Test func `U17: another entry under the same name does not hide the deleted one's conflict`() async throws {
    try await disputed { office in
      try office.remove(note, on: 0)
      try await office.syncAll()
      try office.write("---\ntitle: New\nroom: five\n---\nQuite new.\n", to: note, on: 0)
      try await office.syncAll()
      let conflict = try #require(try office.conflicts(1).first)
      #expect(conflict.name == "\(note):room" && conflict.isDeleted)
      _ = try office.book(1).resolve(conflict.name, take: "Anne", value: nil)
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty)
      #expect(try office.read(note, on: 0) == "---\ntitle: New\nroom: five\n---\nQuite new.\n")
    }
  }

  @Test func `what is settled while a colleague edits the rest of the file reaches both`() async throws {
    try await disputed { office in
      _ = try office.book(0).resolve("\(note):room", take: "Anne", value: nil)
      try office.replace("Some", with: "Some more", in: note, on: 1)
      try await office.syncAll()
      #expect(try office.conflicts(1).isEmpty)
      #expect(try office.read(note, on: 1) == "---\ntitle: A\nroom: two\n---\nSome more words stand here.\n")
    }
  }

  @Test func `an edit that was not recorded yet is recorded before a conflict is settled, and stays`() async throws {
    try await disputed { office in
      try office.replace("Some", with: "Some unrecorded", in: note, on: 0)
      let report = try office.book(0).resolve("\(note):room", take: "Ben", value: nil)
      #expect(report.saved.files.map(\.path) == [note])
      #expect(try office.read(note, on: 0) == "---\ntitle: A\nroom: three\n---\nSome unrecorded words stand here.\n")
      #expect(throws: BookError.self) { try office.book(0).resolve("\(note):room", take: "Ben", value: nil) }
    }
  }
}
