import Foundation
import Glibc
import ProgramTesting
import PropertyTesting
import Testing

/// A `join` that is killed in the middle of a large download, and the same command again.
@Suite(.serialized) struct KilledJoinTests {
  @Test func `a join that was killed is gone on with: fewer bytes come down, it is said, and the book is equal`() throws
  {
    let place = try Place()
    let server = try Server(place)
    let proxy = try Proxy(to: server.port)
    defer { proxy.stop() }
    let url = "valise://127.0.0.1:\(proxy.port)/book"
    try publishLargeBook(place, server)

    try #require(place.valise("join", url, "whole", "--name", "Whole").code == 0)
    let bytes = proxy.passed.count
    #expect(bytes > 1_400_000)
    // Killed further and further on, each time once it has kept more than the one before it.
    let store = place.url("cut/.valise/book.sqlite")
    var kept = 0
    for part in 1...2 {
      proxy.freeze(after: bytes * 2 / 5)
      let joining = try place.start("join", url, "cut", "--name", "Cut")
      kept = try waitForRuns(moreThan: kept, in: store)
      joining.signal(SIGKILL)
      #expect(try joining.wait().wasKilled, "part \(part)")
      proxy.thaw()
      #expect(place.notes("cut").isEmpty, "part \(part)")
      #expect(place.exists("cut/.valise/unfinished"), "part \(part)")
    }
    let before = proxy.passed.count
    let again = try place.valise("join", url, "cut", "--name", "Cut")
    let downloaded = proxy.passed.count - before
    try #require(again.code == 0, "\(again.errors)")
    #expect(again.output.contains("Went on where an earlier join broke off: "), "\(again.output)")
    // Each had a page of three runs and a part of the next one, which comes once more; a page is 256 KiB and a run.
    #expect(downloaded < bytes * 3 / 5, "\(downloaded) of \(bytes) bytes")
    #expect(place.notes("cut") == place.notes("whole"))

    // It is a book like any other.
    try place.write("Words of the new laptop.\n", to: "cut/notes/new.md")
    try #require(place.valise("-C", "cut", "sync").code == 0)
    try #require(place.valise("-C", "whole", "sync").code == 0)
    #expect(place.notes("cut") == place.notes("whole") && place.exists("whole/notes/new.md"))
    let checked = try Running(place, Programs.folder().appending(path: "valise-inspect").path, ["verify", "cut"]).wait()
    #expect(checked.code == 0, "\(checked.output)")
  }

  /// A megabyte and a half that hardly packs, in twelve runs.
  private func publishLargeBook(_ place: Place, _ server: Server) throws {
    var random = SeededRandom(seed: 3)
    try place.write("Text.\n", to: "anne/notes/0.md")
    try #require(place.valise("new", "anne", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "anne", "publish", server.url("book")).code == 0)
    for note in 1...12 {
      let text = Data(random.bytes(120_000)).base64EncodedString(options: .lineLength76Characters)
      try place.write(text + "\n", to: "anne/notes/\(note).md")
      try #require(place.valise("-C", "anne", "sync").code == 0)
    }
  }

  /// Until the store has more runs than so many; how many it has.
  private func waitForRuns(moreThan count: Int, in store: URL) throws -> Int {
    for _ in 0..<1_000 {
      let now = try Store.count("run", in: store)
      if now > count { return now }
      usleep(50_000)
    }
    throw Programs.Broken(description: "nothing more is kept")
  }
}
