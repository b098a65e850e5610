import Bytes
import Foundation
import LocalBook
import Replica
import Testing

/// An entry remembers its former paths.
@Suite struct FormerNameTests {
  private let files = ["notes/first.md": "The first words of a note.\n", "notes/other.md": "Another one altogether.\n"]

  private func text(_ shown: Shown) -> String? {
    if case .file(_, _, let bytes) = shown { String(decoding: bytes, as: UTF8.self) } else { nil }
  }

  @Test
  func `show, history, restore and diff take a former name, and say what it is called now; so does a colleague's`()
    async throws
  {
    try await Office.running(files: files) { office in
      let then = try office.book(0).save().version
      try office.move("notes/first.md", to: "notes/second.md", on: 0)
      try await office.syncAll()
      try office.replace("first words", with: "changed words", in: "notes/second.md", on: 0)
      try office.move("notes/second.md", to: "people/third.md", on: 0)
      try await office.syncAll()
      for laptop in 0...1 {
        for name in ["notes/first.md", "notes/first", "notes/second.md"] {
          let said = [FormerName(asked: name, now: "people/third.md", isDeleted: false)]
          let book = try office.book(laptop)
          #expect(try text(book.show(name)) == "The changed words of a note.\n")
          #expect(try book.history(of: name, limit: 9).count == 3)
          #expect(book.formerNames == said)
        }
        let book = try office.book(laptop)
        #expect(try text(book.show("notes/first.md@\(then)")) == "The first words of a note.\n")
        #expect(try book.compare("notes/first.md@\(then)", nil).entries.map(\.path.string) == ["people/third.md"])
        #expect(try text(book.show("people/third.md")) != nil)
        #expect(throws: BookError.self) { try book.show("notes/fourth.md") }
        #expect(book.formerNames == [FormerName(asked: "notes/first.md", now: "people/third.md", isDeleted: false)])
      }
      let book = try office.book(1)
      #expect(try book.restore(then, file: "notes/first.md").files.map(\.path) == ["notes/first.md"])
      #expect(try office.read("notes/first.md", on: 1) == "The first words of a note.\n")
    }
  }

  @Test func `a laptop that joins later, and one that was copied, know them as well`() async throws {
    try await Office.running(files: files) { office in
      try office.move("notes/first.md", to: "notes/second.md", on: 0)
      try await office.sync(0)
      let folder = try TestFolder()
      _ = try await LocalBook.join(url: office.url, at: folder.path, name: nil, .test("Carl"))
      #expect(try text(folder.open().show("notes/first.md")) == "The first words of a note.\n")
      try FileManager.default.copyItem(atPath: office.root(0), toPath: office.root(0) + "-copy")
      for (root, name) in [(office.root(0), "a"), (office.root(0) + "-copy", "b")] {
        try FileManager.default.moveItem(atPath: root + "/notes/other.md", toPath: root + "/notes/\(name).md")
        _ = try await LocalBook(at: root, .test(), command: "test").sync()
        let book = try LocalBook(at: root, .test(), command: "test")
        #expect(try text(book.show("notes/first.md")) == "The first words of a note.\n")
        #expect(try text(book.show("notes/other.md")) == "Another one altogether.\n")
      }
    }
  }

  @Test func `a name that another file has by now is that file's; at a version, it is whose it was then`() throws {
    let folder = try TestFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    let then = try LocalBook.new(at: folder.path, name: nil, .test()).saved.version
    try folder.move("notes/first.md", to: "notes/second.md")
    _ = try folder.open().save()
    try folder.write("Something else here.\n", to: "notes/first.md")
    do {
      let book = try folder.open()
      #expect(try text(book.show("notes/first.md")) == "Something else here.\n")
      #expect(book.formerNames.isEmpty)
      #expect(try text(book.show("notes/first.md@\(then)")) == "The first words of a note.\n")
      #expect(book.formerNames == [FormerName(asked: "notes/first.md", now: "notes/second.md", isDeleted: false)])
    }
    try folder.remove("notes/first.md")
    try folder.remove("notes/second.md")
    let after = try folder.open()
    #expect(try after.history(of: "notes/second.md", limit: 9).count == 3)
    #expect(after.formerNames.isEmpty)
  }

  @Test func `a file that was deleted and made again: at a version, the name is that of the one that was there`() throws
  {
    let folder = try TestFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    let then = try LocalBook.new(at: folder.path, name: nil, .test()).saved.version
    try folder.remove("notes/first.md")
    let between = try folder.open().save().version
    try folder.write("Something else here.\n", to: "notes/first.md")
    let second = try folder.open().save().version
    do {
      let book = try folder.open()
      #expect(try text(book.show("notes/first.md")) == "Something else here.\n")
      #expect(book.formerNames.isEmpty)
      for name in ["notes/first.md", "notes/first"] {
        #expect(try text(book.show("\(name)@\(then)")) == files["notes/first.md"])
        #expect(book.formerNames.last == FormerName(asked: name, now: "notes/first.md", isDeleted: true))
      }
      #expect(try book.blame("notes/first.md@\(then)").lines.map(\.text) == ["The first words of a note."])
      #expect(try book.history(of: "notes/first.md@\(then)", limit: 9).count == 1)
      #expect(try book.compare("notes/first.md@\(then)", nil).entries.map(\.kind) == [.deleted])
    }
    try folder.remove("notes/first.md")
    let book = try folder.open()
    #expect(try text(book.show("notes/first.md@\(then)")) == files["notes/first.md"])
    #expect(try text(book.show("notes/first.md@\(second)")) == "Something else here.\n")
    let error = #expect(throws: BookError.self) { try book.blame("notes/first.md@\(between)") }
    guard case .notInVersion(_, _, true)? = error else {
      Issue.record("it is in no file of that version")
      return
    }
  }

  @Test func `of two files of one name, the one that stands aside has it in its own laptop's version`() async throws {
    try await Office.running(files: files) { office in
      var versions: [String] = []
      for (laptop, text) in ["Anne's.\n", "Ben's.\n"].enumerated() {
        try office.write(text, to: "notes/twin.md", on: laptop)
        versions.append(try office.book(laptop).save().version)
      }
      try await office.syncAll()
      for laptop in 0...1 {
        #expect(try text(office.book(laptop).show("notes/twin.md@\(versions[0])")) == "Anne's.\n")
        #expect(try text(office.book(laptop).show("notes/twin.md@\(versions[1])")) == "Ben's.\n")
      }
    }
  }

  @Test
  func `a link to a former name still names the person, so that an attribution that gives them away is not shown`()
    async throws
  {
    let statement = "---\nspeaker: \"[[p-one]]\"\nattribute_as: a source\n---\nText.\n"
    let files = [
      "people/p-one.md": "---\nname: Kamala Harris\n---\nSome text of a person.\n", "statements/s.md": statement,
    ]
    try await Office.running([.test("Anne"), .test("Ben")], files: files) { office in
      try office.move("people/p-one.md", to: "people/p-two.md", on: 0)
      try await office.syncAll()
      try office.replace("a source", with: "a senior official", in: "statements/s.md", on: 0)
      try office.replace("a source", with: "Kamala Harris", in: "statements/s.md", on: 1)
      try await office.syncAll()
      for laptop in 0...1 {
        #expect(try office.read("statements/s.md", on: laptop).contains("attribute_as: a senior official"))
      }
      #expect(try office.conflicts(0).count == 1)
      try office.requireNoEcho(0)
      // And the other way round, so that it is not the order that decides.
      try office.write(statement, to: "statements/t.md", on: 0)
      try await office.syncAll()
      try office.replace("a source", with: "Kamala Harris", in: "statements/t.md", on: 0)
      try office.replace("a source", with: "a senior official", in: "statements/t.md", on: 1)
      try await office.syncAll()
      #expect(try office.read("statements/t.md", on: 0).contains("attribute_as: a senior official"))
    }
  }
}
