import Foundation
import LocalBook
import Testing

@Suite struct EmptiedFolderTests {
  private let names = (1...12).map { "notes/note\($0).md" }

  private func book() throws -> TestFolder {
    let folder = try TestFolder()
    for name in names { try folder.write("---\ntitle: \(name)\n---\nText of \(name).\n", to: name) }
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    return folder
  }

  private func requireEmptied(_ folder: TestFolder, gone: Int) throws {
    let before = folder.files
    do {
      _ = try folder.open().status()
      Issue.record("nothing was said")
    } catch BookError.emptied(let found, let all, let examples) {
      #expect(found == gone && all == 12 && examples.count == 3)
    }
    #expect(folder.files == before, "something was written")
  }

  @Test func `U1 F6: half the files vanish: nothing is recorded, and back they are as if nothing had been`() throws {
    let folder = try book()
    let log = try folder.open().log(limit: 100).map(\.hash)
    let gone = names.prefix(6)
    for name in gone { try folder.move(name, to: "away/" + name + ".txt") }
    try folder.write("An edit beside it.\n", to: names[11])
    try requireEmptied(folder, gone: 6)
    #expect(throws: BookError.self) { try folder.open().save() }
    #expect(throws: BookError.self) { try folder.open().conflicts() }
    for name in gone { try folder.move("away/" + name + ".txt", to: name) }
    let saved = try folder.open().save()
    #expect(saved.files.map(\.what) == [.edited] && saved.files.map(\.path) == [names[11]])
    #expect(try folder.open().log(limit: 100).dropFirst().map(\.hash) == log)
  }

  @Test func `U1 F6: accepted, it is recorded as what it is`() throws {
    let folder = try book()
    for name in names.prefix(6) { try folder.remove(name) }
    try requireEmptied(folder, gone: 6)
    let saved = try folder.open().save(acceptDeletions: true)
    #expect(saved.files.map(\.path) == names.prefix(6).sorted() && saved.files.allSatisfy { $0.what == .deleted })
    #expect(try folder.open().save().files.isEmpty)
  }

  @Test func `F6: files that are suddenly empty, or all zero bytes, count as gone, and are never recorded`() throws {
    let folder = try book()
    for name in names.prefix(3) { try folder.write("", to: name) }
    for name in names.dropFirst(3).prefix(3) { try folder.write("\0\0\0\0", to: name) }
    try requireEmptied(folder, gone: 6)
    try folder.write("---\ntitle: \(names[0])\n---\nText of \(names[0]).\n", to: names[0])
    let saved = try folder.open().save()
    #expect(saved.files.isEmpty && saved.trouble.count == 5)
    #expect(saved.trouble.allSatisfy { $0.why == .suddenlyEmpty })
  }

  @Test func `F6: five of twelve, or a third of many, are ordinary deletions; a renamed folder is none`() throws {
    let folder = try book()
    for name in names.prefix(5) { try folder.remove(name) }
    #expect(try folder.open().save().files.count == 5)
    try folder.move("notes", to: "people")
    let saved = try folder.open().save()
    #expect(saved.files.count == 7)
    #expect(
      saved.files.allSatisfy { if case .renamed = $0.what { true } else { false } }, "\(saved.files)")
  }

  @Test func `U1: sync neither records nor sends, and does not touch the folder`() async throws {
    let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "Text of \($0).\n") })
    try await Office.running(files: files) { office in
      for name in names.prefix(8) { try office.remove(name, on: 1) }
      try office.replace("Text", with: "New text", in: names[11], on: 0)
      try await office.sync(0)
      await #expect(throws: BookError.self) { try await office.sync(1) }
      #expect(office.files(1).count == 4)
      try await office.sync(0)
      #expect(office.files(0).count == 12)
      let accepted = try await office.book(1).sync(acceptDeletions: true)
      #expect(accepted.saved.files.count == 8)
      // So many deletions by a colleague wait there as well.
      let held = try await office.sync(0).saved.held
      #expect(held?.paths == names.prefix(8).sorted() && held?.known == 12 && held?.people == ["Ben"])
      #expect(office.files(0).count == 12)
      _ = try office.book(0).save(acceptDeletions: true)
      #expect(office.files(0).count == 4 && office.files(0) == office.files(1))
    }
  }
}
