import Foundation
import LocalBook
import Testing

/// What stands in `.valise` and is not what was there: first of all another device, since nobody would take what it signs.
@Suite struct AlteredFolderTests {
  private let heading = "valise device 1\n".utf8.count

  private func requireRefusal(_ office: Office, _ laptop: Int) async throws {
    try office.write("Typed since.\n", to: "notes/since.md", on: laptop)
    for _ in 0..<2 {
      do {
        _ = try office.book(laptop)
        Issue.record("the book was opened")
      } catch {
        guard case .brokenBook(let what) = error as? BookError else { throw error }
        #expect(what.contains("/device"))
      }
    }
    #expect(try office.read("notes/since.md", on: laptop) == "Typed since.\n")
  }

  @Test func `each altered byte is noticed before anything is signed, and the right file put back goes on`()
    async throws
  {
    try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
      for laptop in [0, 1] {
        let file = URL(fileURLWithPath: office.root(laptop) + "/.valise/device")
        let right = try Data(contentsOf: file)
        for place in [heading, heading + 4, heading + 31, heading + 32, right.count - 1] {
          var altered = right
          altered[place] ^= 0x20
          try altered.write(to: file)
          try await requireRefusal(office, laptop)
        }
        try right.write(to: file)
      }
      try await office.syncAll()
      #expect(try office.read("notes/since.md", on: 1).contains("Typed since."))
    }
  }

  @Test func `another laptop's device is refused`() async throws {
    try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
      let files = [0, 1].map { URL(fileURLWithPath: office.root($0) + "/.valise/device") }
      let (own, other) = (try Data(contentsOf: files[1]), try Data(contentsOf: files[0]))
      try other.write(to: files[1])
      try await requireRefusal(office, 1)
      try own.write(to: files[1])
      try await office.syncAll()
    }
  }

  @Test func `a store without a book is said to be one`() async throws {
    try await Office.running(files: ["notes/a.md": "Text.\n"]) { office in
      for name in ["book.sqlite-wal", "book.sqlite-shm"] {
        try? FileManager.default.removeItem(atPath: office.root(1) + "/.valise/" + name)
      }
      try Data().write(to: URL(fileURLWithPath: office.root(1) + "/.valise/book.sqlite"))
      for _ in 0..<2 {
        do {
          _ = try office.book(1)
          Issue.record("the book was opened")
        } catch {
          guard case .brokenBook(let what) = error as? BookError else { throw error }
          #expect(what.contains("book.sqlite"))
        }
      }
      #expect(try office.read("notes/a.md", on: 1) == "Text.\n")
    }
  }

  @Test(arguments: ["lock", "tmp", "trash", "device", "book.sqlite", ""])
  func `what is no file of Valise's, or no folder, is named where it stands`(name: String) throws {
    let folder = try TestFolder()
    try folder.write("Text.\n", to: "notes/a.md")
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    let place = ".valise" + (name.isEmpty ? "" : "/" + name)
    if folder.exists(place) { try folder.move(place, to: "aside") }
    for isLink in [false, true] {
      if isLink {
        try FileManager.default.createSymbolicLink(
          atPath: folder.path + "/" + place, withDestinationPath: folder.path + "/aside")
      } else if ["tmp", "trash", ""].contains(name) {
        try folder.write("", to: place)
      } else {
        try folder.write("", to: place + "/file")
      }
      do {
        _ = try folder.open()
        Issue.record("the book was opened")
      } catch {
        switch error as? BookError {
        case .inTheWay(let path): #expect(path.hasSuffix(place) && ["lock", "tmp", "trash"].contains(name))
        case .brokenBook(let what): #expect(what.contains(place) && ["device", "book.sqlite", ""].contains(name))
        default: throw error
        }
      }
      try folder.remove(place)
    }
    if folder.exists("aside") { try folder.move("aside", to: place) }
    #expect(try folder.open().status().saved.files.isEmpty)
  }
}
