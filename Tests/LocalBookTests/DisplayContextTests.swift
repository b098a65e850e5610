import Bytes
import Foundation
import LocalBook
import Replica
import Testing

/// What a disputed field shows may depend on another entry; when that changes, the file follows, and nobody settled
/// anything.
@Suite struct DisplayContextTests {
  private let statement = "statements/s.md"
  private let dinner = "engagements/dinner.md"
  private let noon = "2021-11-10 12:00"
  private let link = "\"[[dinner]]\""

  private func disputed(_ body: (Office) async throws -> Void) async throws {
    let files = [
      statement: "---\nterms: background\nembargo: none yet\n---\nSaid so, at length.\n",
      dinner: "---\ntitle: Dinner\ndate: 2021-11-10\nend: \"11:00\"\n---\n",
    ]
    try await Office.running(files: files) { office in
      try office.replace("none yet", with: noon, in: statement, on: 0)
      try office.replace("none yet", with: link, in: statement, on: 1)
      try await office.syncAll()
      try require(noon, office)
      try await body(office)
    }
  }

  private func require(_ shown: String, _ office: Office, body: String = "Said so, at length.\n") throws {
    for laptop in 0...1 {
      #expect(
        try office.read(statement, on: laptop) == "---\nterms: background\nembargo: \(shown)\n---\n\(body)")
      let conflict = try #require(try office.conflicts(laptop).first, "somebody settled it")
      #expect(conflict.sides == ["Anne: \(noon)", "Ben: [[dinner]]"])
      try office.requireNoEcho(laptop)
    }
  }

  @Test func `the engagement ends later: the file shows the later embargo, and the conflict stays open`() async throws {
    try await disputed { office in
      try office.replace("11:00", with: "23:00", in: dinner, on: 0)
      try await office.syncAll()
      try require(link, office)
      try office.replace("23:00", with: "10:00", in: dinner, on: 1)
      try await office.syncAll()
      try require(noon, office)
    }
  }

  @Test func `the file is read again before it follows, and is no edit`() async throws {
    try await disputed { office in
      for (old, new, shown) in [("11:00", "23:00", link), ("23:00", "10:00", noon)] {
        try office.replace(old, with: new, in: dinner, on: 0)
        // Rewritten as it is, in the same moment: its stamp says nothing any more.
        try office.write(try office.read(statement, on: 0), to: statement, on: 0)
        #expect(try office.book(0).save().files.map(\.path) == [dinner])
        try await office.sync(0)
        try office.write(try office.read(statement, on: 1), to: statement, on: 1)
        #expect(try await office.sync(1).saved.files.isEmpty)
        try require(shown, office)
      }
    }
  }

  @Test func `an edit of the body meets the change of the engagement: both are kept, nothing is settled`() async throws
  {
    try await disputed { office in
      try office.replace("11:00", with: "23:00", in: dinner, on: 0)
      try office.replace("Said", with: "Said early", in: statement, on: 0)
      try office.replace("length", with: "great length", in: statement, on: 1)
      try await office.syncAll()
      try require(link, office, body: "Said early so, at great length.\n")
    }
  }

  @Test func `the engagement is deleted, or renamed, or begun: the file follows each time`() async throws {
    try await disputed { office in
      try office.remove(dinner, on: 0)
      try await office.syncAll()
      // An engagement without a known end is the strictest.
      try require(link, office)
      try office.write("---\ntitle: Dinner\ndate: 2021-11-10\nend: \"11:00\"\n---\n", to: dinner, on: 1)
      try await office.syncAll()
      try require(noon, office)
      // The link still names it by the name that it had.
      try office.move(dinner, to: "engagements/supper.md", on: 1)
      try await office.syncAll()
      try require(noon, office)
      try office.replace("11:00", with: "23:00", in: "engagements/supper.md", on: 0)
      try await office.syncAll()
      try require(link, office)
    }
  }

  @Test func `a speaker's name is learnt: an attribution that gives it away is not shown any more`() async throws {
    let person = "people/speaker.md"
    let files = [
      statement: "---\nspeaker: \"[[speaker]]\"\nattribute_as: an official\n---\nSaid so.\n",
      person: "---\nname: Anon\n---\n",
    ]
    try await Office.running(files: files) { office in
      try office.replace("an official", with: "a source in the ministry", in: statement, on: 0)
      try office.replace("an official", with: "Jean Dupont", in: statement, on: 1)
      try await office.syncAll()
      try office.replace("Anon", with: "Jean Dupont", in: person, on: 0)
      try await office.syncAll()
      for laptop in 0...1 {
        #expect(try office.read(statement, on: laptop).contains("attribute_as: a source in the ministry\n"))
        #expect(try office.conflicts(laptop).first?.values.count == 2)
        try office.requireNoEcho(laptop)
      }
      try office.replace("Jean Dupont", with: "Marie of the ministry", in: person, on: 1)
      try await office.syncAll()
      for laptop in 0...1 {
        #expect(try office.read(statement, on: laptop).contains("attribute_as: Jean Dupont\n"))
        #expect(try office.conflicts(laptop).first?.values.count == 2)
        try office.requireNoEcho(laptop)
      }
    }
  }

  @Test func `sync, diff and show of a dispute name no speaker that the file keeps back`() async throws {
    let files = [
      statement: "---\nspeaker: \"[[people/speaker]]\"\nattribute_as: an official\n---\nSaid so.\n",
      "people/speaker.md": "---\nname: Jean Dupont\n---\n",
    ]
    try await Office.running(files: files) { office in
      let before = try office.book(0).save().version
      try office.replace("an official", with: "a source in the ministry", in: statement, on: 0)
      try office.replace("an official", with: "Jean Dupont", in: statement, on: 1)
      try await office.sync(1)
      let sync = try await office.sync(0)
      #expect(try office.read(statement, on: 0).contains("attribute_as: a source in the ministry\n"))
      func shown(_ comparison: Comparison) -> [ExactText] {
        comparison.entries.flatMap(\.fields).filter { $0.name == "attribute_as" }.flatMap { $0.after?.plain ?? [] }
      }
      #expect(shown(try #require(sync.differences)) == [])
      #expect(shown(try office.book(0).compare(before, nil)) == ["a source in the ministry"])
    }
  }
}
