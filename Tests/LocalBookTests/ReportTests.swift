import Foundation
import LocalBook
import Testing

/// What a sync says about what several people did.
@Suite struct ReportTests {
  private let meeting = "engagements/meeting.md"
  private let text = "---\ntitle: Meeting\nstart: 10:30\nparticipants: [Ada]\n---\nText of the meeting, long enough.\n"

  private func three(_ body: (Office) async throws -> Void) async throws {
    try await Office.running([.test("Anne"), .test("Ben"), .test("Carla")], files: [meeting: text], body)
  }

  /// Anne and Ben retime the meeting; Ben hears of it first.
  private func retimed(_ office: Office) async throws {
    try office.replace("10:30", with: "11:00", in: meeting, on: 0)
    try office.replace("10:30", with: "11:30", in: meeting, on: 1)
    try await office.sync(0)
    try await office.sync(1)
  }

  @Test(arguments: ["take", "value", "edit"])
  func `a colleague's decision is named with field, value and person, and is no edit`(how: String) async throws {
    try await three { office in
      try await retimed(office)
      try await office.sync(0)
      switch how {
      case "take": _ = try office.book(1).resolve("\(meeting):start", take: "Ben", value: nil)
      case "value": _ = try office.book(1).resolve("\(meeting):start", take: nil, value: "11:30")
      default:
        let shown = try #require(try office.conflicts(1).first?.shown)
        try office.replace("start: \(shown)", with: "start: 11:45", in: meeting, on: 1)
      }
      let value = how == "edit" ? "11:45" : "11:30"
      let own = try await office.sync(1)
      #expect(own.settled.isEmpty, "one's own decision is no news")
      #expect(own.saved.settled.map(\.value) == (how == "edit" ? ["11:45"] : []))
      for laptop in [0, 2] {
        let summary = try await office.sync(laptop)
        let settled = try #require(summary.settled.first)
        #expect(summary.settled.count == 1 && settled.people == ["Ben"] && settled.value == value)
        #expect(settled.path == meeting && settled.field == "start")
        #expect(summary.together.isEmpty && summary.newConflicts == 0 && summary.olderConflicts == 0)
      }
    }
  }

  @Test func `a decision that a later edit went on from is told of once, with the value that stands`() async throws {
    try await three { office in
      try await retimed(office)
      _ = try office.book(1).resolve("\(meeting):start", take: "Ben", value: nil)
      try await office.sync(1)
      try await office.sync(0)
      try office.replace("11:30", with: "12:00", in: meeting, on: 0)
      try await office.sync(0)
      let summary = try await office.sync(2)
      #expect(summary.settled.map(\.value) == ["12:00"] && summary.settled.first?.people == ["Anne"])
      #expect(summary.together.isEmpty)
      #expect(try await office.sync(2).settled.isEmpty)
    }
  }

  @Test func `settled by two in one way is settled by both; in two ways, it is a conflict again`() async throws {
    for second in ["Ben", "Anne"] {
      try await three { office in
        try await retimed(office)
        try await office.sync(0)
        _ = try office.book(0).resolve("\(meeting):start", take: "Ben", value: nil)
        _ = try office.book(1).resolve("\(meeting):start", take: second, value: nil)
        try await office.sync(1)
        for laptop in [0, 2] {
          let summary = try await office.sync(laptop)
          if second == "Ben" {
            #expect(summary.settledApart.isEmpty && summary.together.isEmpty && summary.newConflicts == 0)
            #expect(summary.settled.map(\.people) == [laptop == 0 ? ["Ben"] : ["Anne", "Ben"]])
          } else {
            let apart = try #require(summary.settledApart.first)
            #expect(apart.path == meeting && apart.field == "start" && summary.settledApart.count == 1)
            #expect(apart.ways.map { "\($0.person): \($0.value ?? "")" } == ["Anne: 11:30", "Ben: 11:00"])
            #expect(summary.newConflicts == 1 && summary.settled.isEmpty && summary.together.isEmpty)
          }
        }
      }
    }
  }

  @Test func `an edit that met a decision is an edit at the same time, not a second decision`() async throws {
    try await three { office in
      try await retimed(office)
      _ = try office.book(1).resolve("\(meeting):start", take: "Ben", value: nil)
      try await office.sync(1)
      try office.replace("10:30", with: "09:00", in: meeting, on: 2)
      let summary = try await office.sync(2)
      #expect(summary.settledApart.isEmpty && summary.settled.isEmpty && summary.newConflicts == 1)
      #expect(summary.together.map(\.field) == ["start"])
    }
  }

  @Test func `a deletion that met an edit: who deleted and who wrote, and then who settled it`() async throws {
    try await three { office in
      try office.remove(meeting, on: 0)
      try office.replace("Text", with: "New text", in: meeting, on: 1)
      try await office.sync(0)
      let kept = try #require(try await office.sync(1).kept.first)
      #expect(kept.path == meeting && kept.deletedBy == ["Anne"] && kept.editedBy == ["Ben"])
      _ = try office.book(1).resolve("\(meeting):deleted", take: nil, value: "no")
      try office.replace("New text", with: "Newer text", in: meeting, on: 1)
      try await office.sync(1)
      for laptop in [0, 2] {
        let summary = try await office.sync(laptop)
        #expect(summary.settled.map(\.field) == ["deleted"] && summary.settled.first?.value == "no")
        #expect(summary.settled.first?.people == ["Ben"] && summary.kept.isEmpty)
      }
    }
  }

  @Test func `what two do alike is not told of; what they do to a set is, until somebody has seen both`() async throws {
    try await three { office in
      for laptop in 0...1 {
        try office.replace("10:30", with: "11:00", in: meeting, on: laptop)
        try office.replace("[Ada]", with: "[Ada, Bo]", in: meeting, on: laptop)
      }
      try await office.sync(0)
      #expect(try await office.sync(1).together.isEmpty)
      try office.replace("[Ada, Bo]", with: "[Ada, Bo, Cy]", in: meeting, on: 0)
      try office.replace("[Ada, Bo]", with: "[Ada, Bo, Di]", in: meeting, on: 1)
      try await office.sync(0)
      #expect(try await office.sync(1).together.map(\.field) == ["participants"])
      try office.replace("[Ada, Bo, ", with: "[Ada, ", in: meeting, on: 1)
      try await office.sync(1)
      #expect(try await office.sync(2).together.isEmpty)
    }
  }

  @Test func `what somebody changed back and then did alike is no difference`() async throws {
    try await three { office in
      try office.replace("10:30", with: "11:00", in: meeting, on: 0)
      try await office.sync(0)
      try office.replace("10:30", with: "09:00", in: meeting, on: 1)
      _ = try office.book(1).save()
      try office.replace("09:00", with: "11:00", in: meeting, on: 1)
      let summary = try await office.sync(1)
      #expect(summary.together.isEmpty && summary.settled.isEmpty && summary.newConflicts == 0)
    }
  }

  @Test func `files of one name are told of to everybody once, and when the first one goes`() async throws {
    try await three { office in
      try office.write("One text.\n", to: "notes/hosts.md", on: 0)
      try await office.sync(0)
      try office.write("Some more.\n", to: "notes/other.md", on: 1)
      _ = try office.book(1).save()
      try office.write("Quite another text.\n", to: "notes/Hosts.md", on: 1)
      for laptop in [1, 0, 2] {
        let names = try #require(try await office.sync(laptop).sameNames.first)
        #expect(names.name == "notes/hosts.md")
        #expect(names.files.map(\.path) == ["notes/hosts.md", "notes/Hosts (2).md"])
        #expect(names.files.map(\.person) == ["Anne", "Ben"])
        #expect(try await office.sync(laptop).sameNames.isEmpty)
      }
      try office.remove("notes/hosts.md", on: 2)
      try await office.sync(2)
      let summary = try await office.sync(0)
      #expect(summary.renumbered == ["notes/Hosts.md"] && summary.sameNames.isEmpty)
    }
  }

  @Test func `a file is told of once for each person, with what became of it`() async throws {
    try await three { office in
      func save() throws { _ = try office.book(0).save() }
      try office.write("Passing.\n", to: "notes/passing.md", on: 0)
      try office.write("To stay.\n", to: "notes/stay.md", on: 0)
      try save()
      try office.remove("notes/passing.md", on: 0)
      try office.write("To stay here.\n", to: "notes/stay.md", on: 0)
      try save()
      try office.replace("Text", with: "New text", in: meeting, on: 0)
      try save()
      try office.move(meeting, to: "engagements/two.md", on: 0)
      try save()
      try office.move("engagements/two.md", to: "engagements/three.md", on: 0)
      try await office.sync(0)
      let anne = try #require(try await office.sync(1).received.first)
      #expect(anne.changes == 5 && anne.files.map(\.path) == ["engagements/three.md", "notes/stay.md"])
      #expect(anne.files.map(\.what) == [.renamed(from: meeting), .created])
      let log = try office.book(1).log(limit: 2)
      #expect(log.map { $0.files.map(\.path) } == [["engagements/three.md"], ["engagements/two.md"]])
      try office.replace("New", with: "Old", in: "engagements/three.md", on: 1)
      _ = try office.book(1).save()
      try office.remove("engagements/three.md", on: 1)
      try await office.sync(1)
      let ben = try #require(try await office.sync(0).received.first)
      #expect(ben.files.map(\.what) == [.deleted] && ben.files.map(\.path) == ["engagements/three.md"])
    }
  }

  @Test func `of two renames each keeps its own name in the log, and two in one change are told apart`() async throws {
    try await three { office in
      try office.write("First words of the one.\n", to: "notes/a.md", on: 0)
      try office.write("Quite other words of the other.\n", to: "notes/b.md", on: 0)
      try await office.syncAll()
      try office.move("notes/a.md", to: "people/d.md", on: 0)
      try office.move("notes/b.md", to: "notes/c.md", on: 0)
      try office.replace("Quite", with: "Rather", in: "notes/c.md", on: 0)
      _ = try office.book(0).save()
      try office.move("notes/c.md", to: "notes/e.md", on: 0)
      try office.move("people/d.md", to: "people/f.md", on: 0)
      _ = try office.book(0).save()
      let renames = try office.book(0).log(limit: 2).map { line in
        line.files.map { file in
          if case .renamed(let from) = file.what { return "\(from) -> \(file.path)" }
          return "\(file.what) \(file.path)"
        }
      }
      #expect(
        renames == [
          ["notes/c.md -> notes/e.md", "people/d.md -> people/f.md"],
          ["notes/b.md -> notes/c.md", "notes/a.md -> people/d.md"],
        ])
    }
  }

  @Test func `what an exchange took is reported by publish and join as well`() async throws {
    let folder = try TestFolder()
    let other = try TestFolder()
    try folder.write("One.\n", to: "one.md")
    #expect(try LocalBook.new(at: folder.path, name: nil, .test()).wire == nil)
    try await OwnServer.running { port in
      let url = "valise://127.0.0.1:\(port)/paris"
      let published = try #require(try await folder.open().publish(url: url).wire)
      let joined = try #require(try await LocalBook.join(url: url, at: other.path, name: nil, .test("Ben")).wire)
      #expect(published.bytesUp > joined.bytesUp && joined.bytesDown > published.bytesDown)
      #expect(published.roundTrips > 0 && joined.roundTrips > 0)
    }
  }

  @Test func `a set that somebody was preferred to a value is settled by whoever decided, not by who was in it`()
    async throws
  {
    try await three { office in
      try office.replace("[Ada]", with: "nobody", in: meeting, on: 0)
      try office.replace("[Ada]", with: "[Ada, Bo]", in: meeting, on: 1)
      try await office.sync(0)
      try await office.sync(1)
      try await office.sync(2)
      _ = try office.book(2).resolve("\(meeting):participants", take: "Ben", value: nil)
      try await office.sync(2)
      let settled = try await office.sync(0).settled
      #expect(settled.map(\.people) == [["Carla"]] && settled.map(\.field) == ["participants"])
    }
  }

  @Test func `a person's own two laptops are told of where they disagree, and nowhere else`() async throws {
    try await Office.running([.test("Anne"), .test("Anne")], files: [meeting: text]) { office in
      for (laptop, time) in ["11:00", "11:30"].enumerated() {
        try office.replace("10:30", with: time, in: meeting, on: laptop)
        try office.replace("long enough", with: "long enough, \(laptop)", in: meeting, on: laptop)
      }
      try await office.sync(0)
      let summary = try await office.sync(1)
      #expect(summary.together.map(\.field) == ["start"] && summary.together.first?.people == ["Anne"])
      #expect(summary.newConflicts == 1)
    }
  }

  @Test func `a file that gets its name back because one's own other file is gone is named`() async throws {
    try await three { office in
      try office.write("One text.\n", to: "notes/hosts.md", on: 0)
      try await office.sync(0)
      try office.write("Some more.\n", to: "notes/other.md", on: 1)
      _ = try office.book(1).save()
      try office.write("Quite another text.\n", to: "notes/hosts.md", on: 1)
      try await office.sync(1)
      #expect(try office.read("notes/hosts (2).md", on: 1) == "Quite another text.\n")
      try office.move("notes/other.md", to: "notes/else.md", on: 1)
      #expect(try office.book(1).save().notices.isEmpty)
      try office.remove("notes/hosts.md", on: 1)
      let saved = try office.book(1).save()
      #expect(saved.notices == ["Renamed here, since another file of its name is gone: notes/hosts.md."])
      #expect(try office.read("notes/hosts.md", on: 1) == "Quite another text.\n")
      #expect(try office.book(1).save().notices.isEmpty)
    }
  }
}
