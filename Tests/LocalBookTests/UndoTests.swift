import Bytes
import Foundation
import History
import LocalBook
import Replica
import ReplicaStore
import Signing
import Testing

/// What a person did is taken back, and done again; nobody else's work is.
@Suite struct UndoTests {
  private let note = "notes/a.md"
  private let meeting = "engagements/meeting.md"
  private let files = [
    "notes/a.md": "---\ntitle: A\n# why\ntopics: [a, b]\n---\nFirst words stand here. More of them follow.\n",
    "engagements/meeting.md": "---\ntitle: Meeting\nstart: 10:30\n---\nText of the meeting, long enough.\n",
  ]

  @Test func `undo goes further back and redo forward, until nothing is left on either side`() async throws {
    try await Office.running(files: files) { office in
      var versions = [office.files(0)]
      func edit(_ body: () throws -> Void) throws {
        try body()
        _ = try office.book(0).save()
        versions.append(office.files(0))
      }
      try edit { try office.replace("First words", with: "The first words", in: note, on: 0) }
      try edit { try office.replace("title: A", with: "title: \"Another\" # once more", in: note, on: 0) }
      try edit { try office.replace("[a, b]", with: "[c, b]", in: note, on: 0) }
      try edit { try office.move(note, to: "notes/b.md", on: 0) }
      try edit { try office.remove(meeting, on: 0) }
      try edit { try office.write("New.\n", to: "notes/new.md", on: 0) }
      try edit {
        try office.replace("The first", with: "No", in: "notes/b.md", on: 0)
        try office.remove("notes/new.md", on: 0)
      }
      for round in 0..<2 {
        for back in 1..<versions.count {
          let report = try office.book(0).undo()
          #expect(!report.isRedo && !report.files.isEmpty && report.left.isEmpty, "round \(round), \(back)")
          #expect(office.files(0) == versions[versions.count - 1 - back], "round \(round), \(back) back")
        }
        #expect(throws: BookError.self) { try office.book(0).undo() }
        for step in 1..<versions.count {
          #expect(try office.book(0).redo().isRedo)
          #expect(office.files(0) == versions[step], "round \(round), \(step) forward")
        }
        #expect(throws: BookError.self) { try office.book(0).redo() }
      }
      try office.requireNoEcho(0)
      try await office.syncAll()
    }
  }

  @Test func `a text that has grown beyond what one file may hold comes back whole`() async throws {
    func half(_ word: String) -> String {
      (0..<40_000).map { "\(word) \($0) of a text that goes on and on, and is as long as that.\n" }.joined()
    }
    let (above, below) = (half("Row"), half("Line"))
    try await Office.running(files: [note: "Middle.\n"]) { office in
      try office.write("Middle.\n" + below, to: note, on: 0)
      _ = try office.book(0).save()
      try office.replace(
        "Line 39000 of a text that goes on and on, and is as long as that.\n", with: "", in: note, on: 0)
      _ = try office.book(0).save()
      try office.write(above + "Middle.\n", to: note, on: 1)
      try await office.syncAll()
      let whole = try office.read(note, on: 0)
      try #require(whole.utf8.count > 4 << 20)
      try office.write("Tiny.\n", to: note, on: 0)
      _ = try office.book(0).save()
      #expect(try office.book(0).undo().left.isEmpty)
      #expect(try office.read(note, on: 0) == whole)
      // What came back in two changes is known for what it is: the line that went before has its place between.
      #expect(try office.book(0).undo().left.isEmpty)
      var shown = ""
      if case .file(_, _, let bytes) = try office.book(0).show(note) { shown = String(decoding: bytes, as: UTF8.self) }
      #expect(shown == above + "Middle.\n" + below)
    }
  }

  @Test func `the files that a book began with are not taken back`() async throws {
    try await Office.running(files: files) { office in
      #expect(throws: BookError.self) { try office.book(0).undo() }
      #expect(throws: BookError.self) { try office.book(1).undo() }
      #expect(office.files(0).count == 2)
    }
  }

  @Test func `an edit that is not recorded yet is what was done last`() async throws {
    try await Office.running(files: files) { office in
      let before = office.files(0)
      try office.replace("First", with: "Unsaved", in: note, on: 0)
      let report = try office.book(0).undo()
      #expect(report.saved.files.map(\.path) == [note] && report.files.map(\.path) == [note])
      #expect(office.files(0) == before)
      _ = try office.book(0).redo()
      #expect(try office.read(note, on: 0).contains("Unsaved words"))
    }
  }

  @Test func `an edit after an undo ends redo`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("First", with: "Other", in: note, on: 0)
      _ = try office.book(0).save()
      _ = try office.book(0).undo()
      try office.replace("First", with: "Third", in: note, on: 0)
      #expect(throws: BookError.self) { try office.book(0).redo() }
      _ = try office.book(0).undo()
      #expect(try office.read(note, on: 0) == files[note])
      _ = try office.book(0).redo()
      #expect(try office.read(note, on: 0).contains("Third"))
    }
  }

  @Test func `what a colleague typed in between stays, where it belongs`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("stand here", with: "stand long and wide here", in: note, on: 0)
      try office.replace("More of them", with: "Few", in: note, on: 0)
      try await office.syncAll()
      try office.replace("long and", with: "long, Ben says, and", in: note, on: 1)
      try office.replace("Few follow", with: "Few will follow", in: note, on: 1)
      try office.replace("First", with: "Foremost", in: note, on: 1)
      try await office.syncAll()
      let report = try office.book(0).undo()
      #expect(report.left.isEmpty)
      let text = try office.read(note, on: 0)
      #expect(text.contains("Foremost words stand , Ben says,here. More of them will follow.\n"), "\(text)")
      _ = try office.book(0).redo()
      #expect(
        try office.read(note, on: 0).contains("Foremost words stand long, Ben says, and wide here. Few will follow.\n"))
      try await office.syncAll()
    }
  }

  @Test func `a field that a colleague has changed since stays, and it is said`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("10:30", with: "11:00", in: meeting, on: 0)
      try await office.syncAll()
      try office.replace("11:00", with: "12:00", in: meeting, on: 1)
      try await office.syncAll()
      let report = try office.book(0).undo()
      #expect(report.files.isEmpty)
      #expect(report.left.map(\.what) == [.field("start")] && report.left.map(\.people) == [["Ben"]])
      #expect(try office.read(meeting, on: 0).contains("start: 12:00\n"))
      // It counts as taken back: the next one would go further.
      #expect(throws: BookError.self) { try office.book(0).undo() }
    }
  }

  @Test func `a new file that a colleague has worked on stays, and it is said`() async throws {
    try await Office.running(files: files) { office in
      try office.write("New, by Anne.\n", to: "notes/new.md", on: 0)
      try await office.syncAll()
      try office.replace("Anne", with: "Anne and Ben", in: "notes/new.md", on: 1)
      try await office.syncAll()
      let report = try office.book(0).undo()
      #expect(report.left.map(\.what) == [.file] && report.left.map(\.people) == [["Ben"]])
      #expect(try office.read("notes/new.md", on: 0) == "New, by Anne and Ben.\n")
    }
  }

  @Test func `the undo of a decision brings the conflict back, with both sides and their authors`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("10:30", with: "11:00", in: meeting, on: 0)
      try office.replace("10:30", with: "11:30", in: meeting, on: 1)
      try await office.syncAll()
      let before = try office.conflicts(0)
      let shown = office.files(0)
      _ = try office.book(0).resolve("\(meeting):start", take: "Ben", value: nil)
      try await office.syncAll()
      let report = try office.book(0).undo()
      #expect(report.fields == ["start"] && report.reopened == ["\(meeting):start"])
      #expect(office.files(0) == shown)
      try await office.syncAll()
      for laptop in 0...1 { #expect(try office.conflicts(laptop) == before) }
      _ = try office.book(0).redo()
      #expect(try office.conflicts(0).isEmpty)
      #expect(try office.read(meeting, on: 0).contains("11:30"))
      try await office.syncAll()
      #expect(try office.conflicts(1).isEmpty)
    }
  }

  @Test func `taking back one side of a conflict leaves the colleague's value`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("10:30", with: "11:00", in: meeting, on: 0)
      try office.replace("10:30", with: "11:30", in: meeting, on: 1)
      try await office.syncAll()
      let report = try office.book(0).undo()
      #expect(report.settled.map(\.value) == ["11:30"])
      #expect(try office.read(meeting, on: 0) == files[meeting]?.replacingOccurrences(of: "10:30", with: "11:30"))
      try await office.syncAll()
      #expect(try office.conflicts(1).isEmpty)
    }
  }

  @Test func `a deletion taken back gives the file its name, or the next one where that is taken`() async throws {
    try await Office.running(files: files) { office in
      try office.remove(note, on: 0)
      try await office.syncAll()
      try office.write("Ben's.\n", to: note, on: 1)
      try await office.syncAll()
      #expect(try office.book(0).undo().files.map(\.what) == [.broughtBack])
      #expect(try office.read(note, on: 0) == "Ben's.\n")
      #expect(try office.read("notes/a (2).md", on: 0) == files[note])
      try await office.syncAll()
      try office.requireNoEcho(0)
      _ = try office.book(0).redo()
      #expect(!office.exists("notes/a (2).md", on: 0))
      #expect(try office.read(note, on: 0) == "Ben's.\n")
    }
  }

  @Test func `a restored version is taken back whole`() async throws {
    try await Office.running(files: files) { office in
      let then = try office.book(0).save().version
      try office.replace("First", with: "Second", in: note, on: 0)
      try office.write("Later.\n", to: "notes/later.md", on: 0)
      _ = try office.book(0).save()
      let now = office.files(0)
      _ = try office.book(0).restore(then, file: nil)
      #expect(office.files(0).count == 2)
      _ = try office.book(0).undo()
      #expect(office.files(0) == now)
      try await office.syncAll()
    }
  }

  @Test func `what a colleague deleted meanwhile stays deleted`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("10:30", with: "11:00", in: meeting, on: 0)
      try await office.syncAll()
      try office.remove(meeting, on: 1)
      try await office.syncAll()
      let report = try office.book(0).undo()
      #expect(report.left.map(\.what) == [.deleted] && report.left.first?.people == ["Ben"])
      #expect(!office.exists(meeting, on: 0))
    }
  }

  @Test func `an element that a colleague added as well stays`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("[a, b]", with: "[a, b, c]", in: note, on: 0)
      try office.replace("[a, b]", with: "[a, b, c]", in: note, on: 1)
      try await office.syncAll()
      _ = try office.book(0).undo()
      #expect(try office.read(note, on: 0).contains("[a, b, c]"))
      try await office.syncAll()
    }
  }

  @Test func `a laptop that became a device of its own takes back what it did before`() async throws {
    try await Office.running(files: files) { office in
      let copy = try TestFolder()
      try FileManager.default.copyItem(atPath: office.root(0), toPath: copy.path + "/book")
      try office.replace("First", with: "Original", in: note, on: 0)
      try await office.sync(0)
      func book() throws -> LocalBook { try LocalBook(at: copy.path + "/book", .test("Anne"), command: "test") }
      for time in ["11:00", "12:00", "13:00"] {
        try copy.write(
          (files[meeting] ?? "").replacingOccurrences(of: "10:30", with: time), to: "book/engagements/meeting.md")
        _ = try book().save()
      }
      _ = try book().undo()
      #expect(try await book().sync().notices == [.newDevice])
      #expect(try copy.read("book/engagements/meeting.md").contains("12:00"))
      #expect(try book().undo().change.files.map(\.path) == [meeting])
      #expect(try copy.read("book/engagements/meeting.md").contains("11:00"))
      _ = try book().redo()
      _ = try book().redo()
      #expect(try copy.read("book/engagements/meeting.md").contains("13:00"))
      for _ in 0..<3 { _ = try book().undo() }
      #expect(try copy.read("book/engagements/meeting.md") == files[meeting])
      // What the original did after the copy was made is another laptop's.
      #expect(throws: BookError.self) { try book().undo() }
      #expect(try copy.read("book/notes/a.md").contains("Original words"))
      _ = try await book().sync()
      try await office.syncAll()
      #expect(try office.read(meeting, on: 1) == files[meeting])
    }
  }

  @Test func `what was done in private is taken back as well, the later of the two first`() throws {
    let folder = try TestFolder()
    var seconds: Int64 = 1_600_000_000
    func open() throws -> LocalBook {
      var environment = Environment.test()
      let now = seconds
      environment.now = { now * 1_000_000_000 }
      return try folder.open(environment)
    }
    try folder.write("Shared.\n", to: note)
    try folder.write("Secret.\n", to: "private/b.md")
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    seconds = 4_000_000_000
    var versions = [folder.files]
    for (file, text) in [(note, "Shared 1.\n"), ("private/b.md", "Secret 1.\n"), (note, "Shared 2.\n")] {
      seconds += 10
      try folder.write(text, to: file)
      _ = try open().save()
      versions.append(folder.files)
    }
    for back in [2, 1, 0] {
      seconds += 10
      _ = try open().undo()
      #expect(folder.files == versions[back])
    }
    #expect(throws: BookError.self) { try open().undo() }
    for forward in [1, 2, 3] {
      seconds += 10
      _ = try open().redo()
      #expect(folder.files == versions[forward])
    }
    seconds += 10
    _ = try open().undo()
    seconds += 10
    try folder.write("Secret 2.\n", to: "private/b.md")
    #expect(throws: BookError.self) { try open().redo() }
  }

  @Test func `a decision about a deletion taken back leaves the file, which is not asked about again`() async throws {
    for isDeleted in [true, false] {
      try await Office.running(files: files) { office in
        try office.remove(note, on: 0)
        try office.replace("First", with: "Ben's first", in: note, on: 1)
        try await office.syncAll()
        let dispute = try #require(try office.conflicts(0).first { $0.name == "\(note):deleted" })
        let take = try #require(dispute.values.first { ($0.person == "Anne") == isDeleted }?.take)
        _ = try office.book(0).resolve(dispute.name, take: take, value: nil)
        #expect(office.exists(note, on: 0) != isDeleted)
        let undone = try office.book(0).undo()
        #expect(undone.left.map(\.what) == [.dispute] && undone.reopened.isEmpty)
        #expect(try office.read(note, on: 0).contains("Ben's first") && office.conflicts(0).isEmpty)
        let redone = try office.book(0).redo()
        #expect(redone.left.isEmpty && office.exists(note, on: 0) != isDeleted)
        _ = try office.book(0).undo()
        try await office.syncAll()
        #expect(try office.read(note, on: 1).contains("Ben's first"))
      }
    }
  }

  @Test func `a file that cannot be read waits, and the rest is taken back`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("First", with: "Second", in: note, on: 0)
      try office.replace("10:30", with: "11:00", in: meeting, on: 0)
      _ = try office.book(0).save()
      let broken = "---\ntitle: [\n---\nHalf typed.\n"
      try office.write(broken, to: note, on: 0)
      let report = try office.book(0).undo()
      #expect(report.saved.trouble.map(\.path) == [note])
      #expect(try office.read(note, on: 0) == broken)
      #expect(try office.read(meeting, on: 0) == files[meeting])
      try office.write(
        "---\ntitle: A\n# why\ntopics: [a, b]\n---\nSecond words stand here. More of them go.\n", to: note, on: 0)
      _ = try office.book(0).save()
      #expect(try office.read(note, on: 0).contains("First words stand here. More of them go."))
      try await office.syncAll()
    }
  }

  @Test func `much that is taken back at once is not held back as a deletion by others`() async throws {
    try await Office.running(files: files) { office in
      for number in 0..<12 { try office.write("New \(number).\n", to: "notes/n\(number).md", on: 0) }
      _ = try office.book(0).save()
      #expect(try office.book(0).undo().files.count == 12)
      #expect(office.files(0).count == 2)
      _ = try office.book(0).redo()
      #expect(office.files(0).count == 14)
    }
  }

  @Test func `what a newer Valise did in a change is not taken back here, and the change is named`() async throws {
    try await Office.running(files: files) { office in
      try office.replace("First", with: "The first", in: note, on: 0)
      _ = try office.book(0).save()
      // The newer program, on this laptop: it does something to the entry that has no place in the file.
      let store = try ReplicaStore(existing: office.root(0) + "/.valise/book.sqlite")
      try store.transaction { storage throws(ReplicaError) in
        var replica = try Replica(storage, Signing.cryptography, checksSignatures: false)
        guard let entry = (try? storage.entry(at: "notes/a.md")) ?? nil else { throw .noBook }
        var draft = try replica.draft()
        draft.append(.unknown(UnknownOperation(type: 40, entry: entry, payload: [1])))
        var recording = Recording()
        _ = try replica.record(draft, time: 0, into: &recording)
        try replica.seal(recording) { _ in nil }
      }
      _ = try office.book(0).save()
      let newest = try #require(try office.book(0).log(limit: 1).first)
      let (before, changes) = (office.files(0), try office.book(0).log(limit: 99).count)
      for _ in 0..<2 {
        do {
          _ = try office.book(0).undo()
          Issue.record("taken back")
        } catch BookError.cannotUndo(let change) { #expect(change == newest.hash) }
        #expect(office.files(0) == before)
        #expect(try office.book(0).log(limit: 99).count == changes)
      }
    }
  }
}
