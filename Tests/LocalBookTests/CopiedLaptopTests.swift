import Foundation
import LocalBook
import Testing

@Suite struct CopiedLaptopTests {
  private let note = "notes/a.md"
  private let other = "notes/b.md"
  private var files: [String: String] {
    [note: "---\ntitle: A\n---\nSome words stand here.\n", other: "---\ntitle: B\n---\nOthers stand there.\n"]
  }

  /// The first laptop's folder, `.valise` and all, in another place.
  private func copy(of office: Office) throws -> TestFolder {
    let folder = try TestFolder()
    try FileManager.default.copyItem(atPath: office.root(0), toPath: folder.path + "/book")
    return folder
  }

  private func book(_ folder: TestFolder) throws -> LocalBook {
    try LocalBook(at: folder.path + "/book", .test("Anne"), command: "test")
  }

  @Test(arguments: [false, true])
  func `U6: .valise copied, both edit, both sync: two devices, nothing lost, said in one notice`(
    hasUnsentChanges: Bool
  ) async throws {
    try await Office.running(files: files) { office in
      if hasUnsentChanges {
        try office.replace("here", with: "here unsent", in: note, on: 0)
        try office.write("Made before the copy.\n", to: "notes/unsent.md", on: 0)
        _ = try office.book(0).save()
      }
      let copy = try copy(of: office)
      try office.replace("Some", with: "Some original", in: note, on: 0)
      try office.write("By the original.\n", to: "notes/original.md", on: 0)
      try copy.write("---\ntitle: B\n---\nOthers copied stand there.\n", to: "book/notes/b.md")
      try copy.write("By the copy.\n", to: "book/notes/copy.md")

      let first = try await office.sync(0)
      #expect(first.notices.isEmpty)
      let second = try await book(copy).sync()
      #expect(second.outcome == .synced && second.notices == [.newDevice])
      let third = try await book(copy).sync()
      #expect(third.notices.isEmpty && third.sent == 0 && third.saved.files.isEmpty)
      try await office.syncAll()
      #expect(try await book(copy).sync().notices.isEmpty)

      #expect(try office.read(note, on: 1).contains("Some original words"))
      #expect(try office.read(other, on: 1).contains("Others copied stand"))
      let expected = 4 + (hasUnsentChanges ? 1 : 0)
      #expect(office.files(1).count == expected, "\(office.files(1).keys.sorted())")
      #expect(copy.files.filter { !$0.key.hasPrefix("book/.valise") } == office.files(1))

      // Both go on, each as itself.
      try office.replace("original", with: "original again", in: note, on: 0)
      try copy.write("By the copy, again.\n", to: "book/notes/copy.md")
      #expect(try await book(copy).sync().notices.isEmpty)
      try await office.syncAll()
      #expect(try office.read("notes/copy.md", on: 1) == "By the copy, again.\n")
      #expect(try office.read(note, on: 1).contains("original again"))
      #expect(try office.conflicts(1).isEmpty)
    }
  }

  @Test func `U6: both edit the same words: a conflict between two devices of one person, which can be settled`()
    async throws
  {
    try await Office.running(files: files) { office in
      let copy = try copy(of: office)
      try office.replace("title: A", with: "title: Original", in: note, on: 0)
      try copy.write("---\ntitle: Copy\n---\nSome words stand here.\n", to: "book/notes/a.md")
      try await office.sync(0)
      #expect(try await book(copy).sync().notices == [.newDevice])
      try await office.syncAll()
      let conflict = try #require(try office.conflicts(1).first)
      #expect(conflict.sides == ["Anne: Copy", "Anne: Original"])
      #expect(Set(conflict.values.map(\.take)).count == 2)
      let take = try #require(conflict.values.first { $0.text == "Copy" }?.take)
      _ = try office.book(1).resolve(conflict.name, take: take, value: nil)
      try await office.syncAll()
      #expect(try await book(copy).sync().notices.isEmpty)
      #expect(try book(copy).conflicts().isEmpty)
      #expect(try copy.read("book/notes/a.md") == "---\ntitle: Copy\n---\nSome words stand here.\n")
    }
  }

  @Test func `U6: a laptop restored from an old backup counts as its own, and has everything again`() async throws {
    try await Office.running(files: files) { office in
      let backup = try copy(of: office)
      try office.replace("Some", with: "Some later", in: note, on: 0)
      try office.write("Later.\n", to: "notes/later.md", on: 0)
      try await office.sync(0)
      try office.replace("later", with: "even later", in: note, on: 0)
      try await office.sync(0)
      try backup.write("Written after the restore.\n", to: "book/notes/restored.md")
      let summary = try await book(backup).sync()
      #expect(summary.notices == [.newDevice])
      try await office.sync(1)
      #expect(office.files(1).count == 4)
      #expect(backup.files.filter { !$0.key.hasPrefix("book/.valise") } == office.files(1))
      #expect(try office.read(note, on: 1).contains("Some even later words"))
    }
  }
}
