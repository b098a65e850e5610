import Foundation
import LocalBook
import PropertyTesting
import Testing

/// F6 at the receiver: a colleague's deletion of much of the book is kept in the history, shown, and not followed
/// until it is accepted.
@Suite struct HeldDeletionTests {
  private let names = (1...10).map { "notes/note\($0).md" }.sorted()
  private var gone: [String] { Array(names.prefix(6)) }
  private var files: [String: String] {
    Dictionary(uniqueKeysWithValues: names.map { ($0, "---\ntitle: T\n---\nText of \($0).\n") })
  }

  /// An office of three, in which the second has deleted 60 % and sent that.
  private func emptied(_ body: (Office) async throws -> Void) async throws {
    try await Office.running([.test("Anne"), .test("Ben"), .test("Carl")], files: files) { office in
      for name in self.gone { try office.remove(name, on: 1) }
      _ = try await office.book(1).sync(acceptDeletions: true)
      try await body(office)
    }
  }

  @Test func `U2 F6: a peer deletes 60 %: the history has it, the folder waits, and all else goes on`() async throws {
    try await emptied { office in
      try office.replace("Text", with: "Ben's text", in: names[8], on: 1)
      try office.write("Ben's new one.\n", to: "notes/new.md", on: 1)
      try await office.sync(1)
      try office.replace("Text", with: "My text", in: names[9], on: 0)
      let before = office.files(0)
      let summary = try await office.sync(0)
      #expect(summary.sent == 1 && summary.saved.held?.paths == gone && summary.saved.held?.people == ["Ben"])
      #expect(try office.read(names[8], on: 0).contains("Ben's text"))
      #expect(office.exists("notes/new.md", on: 0))
      for name in gone { #expect(office.files(0)["book/" + name] == before["book/" + name]) }
      // However often it is asked; own edits are recorded and sent.
      for round in 1...3 {
        try office.write("Round \(round).\n", to: "notes/mine.md", on: 0)
        let status = try office.book(0).status()
        #expect(status.behind == 6 && status.saved.held?.paths.count == 6 && status.saved.held?.known == 12)
        #expect(try await office.sync(0).sent == 1)
        try await office.sync(1)
        #expect(try office.read("notes/mine.md", on: 1) == "Round \(round).\n")
      }
      let log = try office.book(0).log(limit: 100)
      #expect(log.contains { $0.files.filter { $0.what == .deleted }.map(\.path) == gone })
    }
  }

  @Test func `U2 F6: accepted, the folder follows; the deletions that the same sync brings still wait`() async throws {
    try await emptied { office in
      try await office.sync(0)
      let more = (1...4).map { "notes/more\($0).md" }
      for name in more { try office.write("More.\n", to: name, on: 0) }
      try await office.sync(0)
      try await office.sync(1)
      for name in more + names.suffix(3) { try office.remove(name, on: 1) }
      _ = try await office.book(1).sync(acceptDeletions: true)
      let summary = try await office.book(0).sync(acceptDeletions: true)
      #expect(gone.allSatisfy { !office.exists($0, on: 0) })
      #expect(summary.saved.held?.paths == (more + names.suffix(3)).sorted())
      #expect(office.files(0).count == 8)
      _ = try office.book(0).status(acceptDeletions: true)
      #expect(office.files(0) == office.files(1) && office.files(0).count == 1)
      #expect(try office.book(0).status().behind == 0)
    }
  }

  @Test func `U2 F6: kept, they are back for everybody, without anybody's words lost`() async throws {
    try await emptied { office in
      try await office.sync(0)
      try office.replace("Text", with: "My text", in: names[7], on: 0)
      let report = try office.book(0).restoreLost()
      #expect(report.files.map(\.path) == gone && report.files.allSatisfy { $0.what == .broughtBack })
      #expect(report.saved.held == nil && report.saved.files.map(\.path) == [names[7]])
      try await office.syncAll()
      #expect(office.files(1).count == 10)
      for name in gone { #expect(try office.read(name, on: 2) == files[name]) }
      #expect(try office.conflicts(1).isEmpty)
      try office.requireNoEcho(0)
      #expect(try office.book(0).restoreLost().files.isEmpty)
    }
  }

  @Test func `U2 F6: brought back by somebody else while they wait, they stand as if nothing had been`() async throws {
    try await emptied { office in
      try await office.sync(0)
      #expect(try await office.sync(2).saved.held?.paths.count == 6)
      _ = try office.book(2).restoreLost()
      try await office.sync(2)
      let summary = try await office.sync(0)
      #expect(summary.saved.held == nil)
      try await office.syncAll()
      #expect(office.files(0).count == 10)
      #expect(try office.book(0).status().behind == 0)
    }
  }

  @Test func `U2 F6: an edit of a file whose deletion waits keeps it, as any edit does; removing it follows`()
    async throws
  {
    try await emptied { office in
      try await office.sync(0)
      try office.replace("Text", with: "My text", in: gone[0], on: 0)
      try office.remove(gone[1], on: 0)
      let summary = try await office.sync(0)
      #expect(summary.saved.files.map(\.path) == [gone[0], gone[1]])
      // Four are fewer than any folder would ask about; but it was asked, and nobody has answered.
      #expect(summary.saved.held?.paths == Array(gone.suffix(4)))
      for number in 1...20 { try office.write("New.\n", to: "people/p\(number).md", on: 0) }
      try await office.sync(0)
      #expect(try await office.sync(0).saved.held?.paths == Array(gone.suffix(4)))
      for number in 1...20 { try office.remove("people/p\(number).md", on: 0) }
      _ = try office.book(0).save(acceptDeletions: true)
      try await office.sync(0)
      _ = try await office.book(1).sync(acceptDeletions: true)
      _ = try await office.book(2).sync()
      _ = try office.book(2).save(acceptDeletions: true)
      try await office.syncAll()
      #expect(try office.read(gone[0], on: 1).contains("My text"))
      #expect(try office.conflicts(1).map(\.field) == ["deleted"])
      #expect(office.files(0).count == 5)
    }
  }

  @Test func `F6: a bundle that deletes much waits as well; what a person here brings about does not`() async throws {
    try await Office.running(files: files) { office in
      let then = try office.book(0).save().version
      for name in names { try office.write("Later.\n", to: "later/" + name, on: 0) }
      _ = try await office.syncAll()
      for name in gone { try office.remove(name, on: 1) }
      for name in names.prefix(3) { try office.remove("later/" + name, on: 1) }
      _ = try office.book(1).save(acceptDeletions: true)
      _ = try office.book(1).createBundle(at: office.root(1) + "/b", since: nil)
      let summary = try office.book(0).apply(office.root(1) + "/b")
      #expect(summary.saved.held?.paths.count == 9 && office.files(0).count == 20)
      // Back to where there was but half of it: what this deletes is meant; what Ben deleted still waits.
      let restored = try office.book(0).restore(then, file: nil)
      #expect(restored.saved.held?.paths.count == 3 && office.files(0).count == 13)
      _ = try office.book(0).save(acceptDeletions: true)
      #expect(office.files(0).keys.sorted() == names.map { "book/" + $0 })
    }
  }

  @Test func `F6: files that came and went between two syncs were never here: they neither wait nor hold up others`()
    async throws
  {
    try await Office.running(files: files) { office in
      let passing = (1...20).map { "notes/passing\($0).md" }
      for name in passing { try office.write("Passing.\n", to: name, on: 1) }
      try await office.sync(1)
      for name in passing + names.prefix(3) { try office.remove(name, on: 1) }
      _ = try await office.book(1).sync(acceptDeletions: true)
      let summary = try await office.sync(0)
      #expect(summary.saved.held == nil && office.files(0) == office.files(1) && office.files(0).count == 7)
      let status = try office.book(0).status()
      #expect(status.behind == 0 && status.saved.held == nil)
      // Nor do they count among those that are asked about: six of seven were here.
      for name in passing { try office.write("Passing again.\n", to: name, on: 1) }
      try await office.sync(1)
      for name in passing + names[3..<9] { try office.remove(name, on: 1) }
      _ = try await office.book(1).sync(acceptDeletions: true)
      #expect(try await office.sync(0).saved.held?.paths == Array(names[3..<9]))
      #expect(office.files(0).count == 7)
      _ = try office.book(0).save(acceptDeletions: true)
      #expect(office.files(0) == office.files(1) && office.files(0).count == 1)
    }
  }

  @Test func `F6: a third of many, or five, are followed at once`() async throws {
    try await Office.running(files: files) { office in
      for name in names.prefix(5) { try office.remove(name, on: 1) }
      try await office.sync(1)
      let summary = try await office.sync(0)
      #expect(summary.saved.held == nil && office.files(0).count == 5)
    }
  }

  @Test(arguments: [Data(), Data(count: 30)])
  func `U3: 20 files become 0 bytes or NULs, with their old times: named, not recorded, given back on request`(
    lost: Data
  ) async throws {
    let many = (1...70).map { "notes/n\($0).md" }
    for all in [70, 30] {
      let folder = try TestFolder()
      let names = Array(many.prefix(all))
      for name in names { try folder.write("Text of \(name), more than thirty bytes.\n", to: name) }
      _ = try LocalBook.new(at: folder.path, name: nil, .test())
      let before = folder.files
      let log = try folder.open().log(limit: 10).count
      for name in names.prefix(20) {
        let path = folder.path + "/" + name
        let time = try #require(try FileManager.default.attributesOfItem(atPath: path)[.modificationDate])
        try lost.write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
      }
      if all == 70 {
        let saved = try folder.open().save()
        #expect(saved.files.isEmpty && saved.trouble.map(\.path) == names.prefix(20).sorted())
        #expect(saved.trouble.allSatisfy { $0.why == .suddenlyEmpty })
      } else {
        #expect(throws: BookError.self) { try folder.open().save() }
      }
      let report = try folder.open().restoreLost()
      #expect(report.files.map(\.path) == names.prefix(20).sorted())
      #expect(folder.files == before)
      #expect(try folder.open().log(limit: 10).count == log)
      #expect(try folder.open().status().saved.trouble.isEmpty)
    }
  }

  @Test func `U1 F6: files that are gone are given back on request, and what a person typed beside them is recorded`()
    throws
  {
    let folder = try TestFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    let before = folder.files
    for name in gone { try folder.remove(name) }
    try folder.move(names[7], to: "people/moved.md")
    try folder.write("New.\n", to: names[8])
    let report = try folder.open().restoreLost()
    #expect(report.files.map(\.path) == gone && report.saved.files.count == 2)
    for name in gone { #expect(folder.files[name] == before[name]) }
    #expect(folder.exists("people/moved.md") && !folder.exists(names[7]))
    #expect(try folder.open().status().saved.files.isEmpty)
  }
}
