import Foundation
import LocalBook
import Testing

@Suite struct JoinTests {
  private let files = ["notes/a.md": "---\ntitle: A\n---\nText.\n", "people/anne.md": "---\nname: Anne\n---\n"]

  @Test func `U22: new on two laptops from one folder, both publish: the second is refused, and loses nothing`()
    async throws
  {
    try await Office.running(files: files) { office in
      let twin = try TestFolder()
      for (name, text) in files { try twin.write(text, to: name) }
      _ = try LocalBook.new(at: twin.path, name: "Ben", .test("Ben"))
      let before = twin.files
      do {
        _ = try await twin.open().publish(url: office.url)
        Issue.record("published")
      } catch {
        guard case BookError.nameTaken(let name, let url) = error else { throw error }
        #expect(name == "office" && url == office.url)
      }
      #expect(twin.files == before)
      #expect(try twin.open().status().server.url == nil, "a refused address is not remembered")
      #expect(try await twin.open().publish(url: office.url + "-2").url == office.url + "-2")
      #expect(try await office.sync(0).received.isEmpty)
    }
  }

  @Test func `publishing again at the same address is harmless, at another one refused`() async throws {
    try await Office.running(files: files) { office in
      let again = try await office.book(0).publish(url: office.url)
      #expect(again.url == office.url)
      await #expect(throws: BookError.self) { try await office.book(0).publish(url: office.url + "-2") }
      await #expect(throws: BookError.self) { try await office.book(1).publish(url: office.url + "-2") }
    }
  }

  @Test(arguments: ["notes/a.md", "notes/A.md", "people/ANNE.md"])
  func `join into a folder with files of the same names is refused, names them, and leaves nothing behind`(
    taken: String
  ) async throws {
    try await Office.running(files: files) { office in
      let folder = try TestFolder()
      try folder.write("Mine.\n", to: taken)
      try folder.write("Mine too.\n", to: "notes/other.md")
      do {
        _ = try await LocalBook.join(url: office.url, at: folder.path, name: "Carla", .test("Carla"))
        Issue.record("joined")
      } catch BookError.collisions(let paths) {
        #expect(paths.map { $0.lowercased() } == [taken.lowercased()])
      }
      #expect(folder.files.count == 2 && !folder.exists(".valise"))
      #expect(try folder.read(taken) == "Mine.\n")
    }
  }

  @Test func `join into a folder with other files keeps them, and they are recorded with the next command`()
    async throws
  {
    try await Office.running(files: files) { office in
      let folder = try TestFolder()
      try folder.write("Mine.\n", to: "notes/other.md")
      _ = try await LocalBook.join(url: office.url, at: folder.path, name: "Carla", .test("Carla"))
      #expect(folder.files.count == 3)
      #expect(try await folder.open(.test("Carla")).sync().saved.files.map(\.what) == [.created])
      try await office.syncAll()
      #expect(office.files(0).count == 3)
    }
  }

  @Test func `a join that fails leaves no folder behind`() async throws {
    let folder = try TestFolder()
    let root = folder.path + "/book"
    await #expect(throws: BookError.self) {
      try await LocalBook.join(url: "valise://127.0.0.1:1/book", at: root, name: "Carla", .test("Carla"))
    }
    #expect(!folder.exists("book"))
    try await Office.running(files: files) { office in
      await #expect(throws: BookError.self) {
        try await LocalBook.join(url: office.url + "-none", at: root, name: "Carla", .test("Carla"))
      }
      #expect(!folder.exists("book"))
    }
  }
}
