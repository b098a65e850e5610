import Foundation
import LocalBook
import Testing

@Suite struct ConflictTests {
  private let meeting = "engagements/meeting.md"
  private let text = "---\ntitle: Meeting\nstart: 10:30\nplace: Salon Vert\n---\nText of the meeting, long enough.\n"

  /// Two people retime the meeting.
  private func retimed(_ office: Office) async throws {
    try office.replace("10:30", with: "11:00", in: meeting, on: 0)
    try office.replace("10:30", with: "11:30", in: meeting, on: 1)
    try await office.syncAll()
  }

  @Test func `two values of a field: both are listed, the same one is shown everywhere, and taking a side settles`()
    async throws
  {
    try await Office.running(files: [meeting: text]) { office in
      try office.replace("10:30", with: "11:00", in: meeting, on: 0)
      try office.replace("10:30", with: "11:30", in: meeting, on: 1)
      try await office.sync(0)
      let summary = try await office.sync(1)
      #expect(summary.newConflicts == 1 && summary.olderConflicts == 0)
      #expect(summary.together.map(\.path) == [meeting] && summary.together.map(\.field) == ["start"])
      #expect(summary.together.first?.people == ["Anne", "Ben"])
      try await office.syncAll()
      for laptop in 0...1 {
        let conflict = try #require(try office.conflicts(laptop).first)
        #expect(conflict.name == "\(meeting):start" && conflict.line == 3 && !conflict.isDeleted)
        #expect(conflict.sides == ["Anne: 11:00", "Ben: 11:30"])
        let shown = try #require(conflict.shown)
        #expect(try office.read(meeting, on: laptop) == text.replacingOccurrences(of: "10:30", with: shown))
        try office.requireNoEcho(laptop)
      }
      let report = try office.book(0).resolve("\(meeting):start", take: "Anne", value: nil)
      #expect(report.value == "11:00" && report.conflictsLeft == 0)
      try await office.syncAll()
      #expect(try office.conflicts(1).isEmpty)
      #expect(try office.read(meeting, on: 1).contains("start: 11:00\n"))
    }
  }

  @Test func `another value settles, and so does editing the field`() async throws {
    try await Office.running(files: [meeting: text]) { office in
      try await retimed(office)
      #expect(try office.book(1).resolve("\(meeting):start", take: nil, value: "12:15").conflictsLeft == 0)
      #expect(try office.read(meeting, on: 1).contains("start: \"12:15\"\n"))
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty)
      #expect(try office.read(meeting, on: 0) == text.replacingOccurrences(of: "10:30", with: "\"12:15\""))

      try office.replace("\"12:15\"", with: "13:00", in: meeting, on: 0)
      try office.replace("\"12:15\"", with: "14:00", in: meeting, on: 1)
      try await office.syncAll()
      let shown = try #require(try office.conflicts(0).first?.shown)
      try office.replace(shown, with: "15:00", in: meeting, on: 0)
      #expect(try office.conflicts(0).isEmpty)
      try await office.syncAll()
      #expect(try office.conflicts(1).isEmpty)
      #expect(try office.read(meeting, on: 1).contains("start: 15:00\n"))
    }
  }

  @Test func `a comment beside a disputed value, or another spelling of it, settles nothing`() async throws {
    try await Office.running(files: [meeting: text]) { office in
      try await retimed(office)
      let shown = try #require(try office.conflicts(0).first?.shown)
      try office.replace("start: \(shown)", with: "start: \"\(shown)\" # to be confirmed", in: meeting, on: 0)
      #expect(try office.conflicts(0).first?.sides == ["Anne: 11:00", "Ben: 11:30"])
      try await office.syncAll()
      #expect(try office.conflicts(1).first?.sides == ["Anne: 11:00", "Ben: 11:30"])
      #expect(try office.read(meeting, on: 1).contains("start: \"\(shown)\" # to be confirmed\n"))
    }
  }

  @Test func `settled differently by two at once is a conflict again`() async throws {
    try await Office.running(files: [meeting: text]) { office in
      try await retimed(office)
      _ = try office.book(0).resolve("\(meeting):start", take: "Anne", value: nil)
      _ = try office.book(1).resolve("\(meeting):start", take: "Ben", value: nil)
      try await office.syncAll()
      for laptop in 0...1 {
        #expect(try office.conflicts(laptop).map(\.sides) == [["Anne: 11:00", "Ben: 11:30"]])
        try office.requireNoEcho(laptop)
      }
      _ = try office.book(1).resolve("\(meeting):start", take: nil, value: "")
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty)
      #expect(try !office.read(meeting, on: 0).contains("start:"))
    }
  }

  @Test func `the same value set by two is no conflict`() async throws {
    try await Office.running(files: [meeting: text]) { office in
      for laptop in 0...1 { try office.replace("10:30", with: "11:00", in: meeting, on: laptop) }
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty && office.conflicts(1).isEmpty)
      #expect(try office.read(meeting, on: 0) == text.replacingOccurrences(of: "10:30", with: "11:00"))
    }
  }

  @Test func `renamed differently by two is listed as FILE:path, and settled`() async throws {
    try await Office.running(files: [meeting: text]) { office in
      try office.move(meeting, to: "engagements/bilateral.md", on: 0)
      try office.move(meeting, to: "engagements/elysee.md", on: 1)
      try await office.syncAll()
      let conflict = try #require(try office.conflicts(0).first)
      let shown = try #require(conflict.shown)
      #expect(conflict.name == "\(shown):path")
      #expect(conflict.sides == ["Anne: engagements/bilateral.md", "Ben: engagements/elysee.md"])
      #expect(office.files(0).keys.sorted() == ["book/" + shown])
      try office.requireNoEcho(0)
      let other = shown.contains("elysee") ? "Anne" : "Ben"
      _ = try office.book(1).resolve(conflict.name, take: other, value: nil)
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty)
      let kept = other == "Anne" ? "engagements/bilateral.md" : "engagements/elysee.md"
      #expect(office.files(0).keys.sorted() == ["book/" + kept])
      #expect(try office.read(kept, on: 0) == text)
    }
  }

  @Test func `a path that the other renamed differently is settled by a third name, typed or moved to`() async throws {
    try await Office.running(files: [meeting: text]) { office in
      try office.move(meeting, to: "engagements/bilateral.md", on: 0)
      try office.move(meeting, to: "engagements/elysee.md", on: 1)
      try await office.syncAll()
      let conflict = try #require(try office.conflicts(0).first)
      #expect(throws: BookError.self) { try office.book(0).resolve(conflict.name, take: nil, value: "../a.md") }
      _ = try office.book(0).resolve(conflict.name, take: nil, value: "engagements/third.md")
      try await office.syncAll()
      #expect(try office.conflicts(1).isEmpty)
      #expect(office.files(1).keys.sorted() == ["book/engagements/third.md"])

      try office.move("engagements/third.md", to: "engagements/a.md", on: 0)
      try office.move("engagements/third.md", to: "engagements/b.md", on: 1)
      try await office.syncAll()
      let shown = try #require(try office.conflicts(1).first?.shown)
      try office.move(shown, to: "engagements/fourth.md", on: 1)
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty)
      #expect(office.files(0).keys.sorted() == ["book/engagements/fourth.md"])
    }
  }

  @Test(arguments: ["yes", "no", "Anne", "Ben"])
  func `deleted here, edited there: the entry stays, is listed as FILE:deleted, and is settled`(how: String)
    async throws
  {
    try await Office.running(files: [meeting: text]) { office in
      try office.remove(meeting, on: 0)
      try office.replace("Text", with: "New text", in: meeting, on: 1)
      try await office.sync(0)
      let summary = try await office.sync(1)
      #expect(summary.kept.map(\.path) == [meeting])
      #expect(summary.kept.first?.deletedBy == ["Anne"] && summary.kept.first?.editedBy == ["Ben"])
      try await office.syncAll()
      #expect(try office.read(meeting, on: 0).contains("New text"))
      let conflict = try #require(try office.conflicts(0).first)
      #expect(conflict.name == "\(meeting):deleted" && !conflict.isDeleted)
      #expect(conflict.sides == ["Anne: deleted", "Ben: edited"])
      try office.requireNoEcho(0)
      let isSide = how == "Anne" || how == "Ben"
      _ = try office.book(0).resolve(conflict.name, take: isSide ? how : nil, value: isSide ? nil : how)
      try await office.syncAll()
      #expect(try office.conflicts(0).isEmpty && office.conflicts(1).isEmpty)
      #expect(office.exists(meeting, on: 1) == (how == "no" || how == "Ben"))
      #expect(office.exists(meeting, on: 0) == office.exists(meeting, on: 1))
    }
  }

  @Test func `two laptops make the same path: both entries live, one of them with (2), the same everywhere`()
    async throws
  {
    try await Office.running([.test("Anne"), .test("Ben"), .test("Carla")], files: [meeting: text]) { office in
      try office.write("---\nname: Anne\n---\nOne text.\n", to: "people/anne.md", on: 0)
      try office.write("---\nname: Anne M.\n---\nQuite another text.\n", to: "people/anne.md", on: 1)
      try office.write("Third.\n", to: "people/Anne.md", on: 2)
      try await office.syncAll()
      let people = office.files(0).filter { $0.key.contains("people/") }
      #expect(people.count == 3)
      #expect(people.keys.contains { $0.hasSuffix(" (2).md") } && people.keys.contains { $0.hasSuffix(" (3).md") })
      let texts = people.values.map { String(decoding: $0, as: UTF8.self) }.joined()
      for word in ["One", "Quite another", "Third"] { #expect(texts.contains(word)) }
      for laptop in 0...2 { try office.requireNoEcho(laptop) }
      #expect(try office.conflicts(0).isEmpty)

      // The suffix is shown, never recorded: it goes with the first name.
      let first = try #require(people.keys.first { !$0.contains("(") }).dropFirst("book/".count)
      try office.remove(String(first), on: 0)
      try await office.syncAll()
      #expect(office.files(0).keys.filter { $0.contains("people/") }.count == 2)
      #expect(!office.files(0).keys.contains { $0.contains("(3)") })
      try office.requireNoEcho(1)
    }
  }

  @Test func `disputed terms of a statement show the strictest, whoever came last`() async throws {
    let statement = "statements/s.md"
    for (one, other) in [("on the record", "off the record"), ("off the record", "on the record")] {
      let text = "---\nspeaker: \"[[anne]]\"\nterms: background\n---\nSaid so.\n"
      try await Office.running(files: [statement: text]) { office in
        try office.replace("background", with: one, in: statement, on: 0)
        try office.replace("background", with: other, in: statement, on: 1)
        try await office.syncAll()
        for laptop in 0...1 {
          #expect(try office.read(statement, on: laptop).contains("terms: off the record\n"))
          let conflict = try #require(try office.conflicts(laptop).first)
          #expect(conflict.shown == "off the record" && conflict.values.count == 2)
          try office.requireNoEcho(laptop)
        }
      }
    }
  }
}
