import Foundation
import ProgramTesting
import Testing

/// What a colleague did to the entry of an unreadable file waits, whatever kills the command that brought it.
@Suite(.serialized) struct UnreadableFileCrashTests {
  private static let broken = "---\ntitle: A\n  bad: [\n---\nMine.\n"
  private static let calls = ["renameat2,renameat,rename", "fsync,fdatasync,syncfs", "pwrite64", "unlinkat,unlink"]

  @Test(arguments: calls)
  func `F4: killed anywhere in a sync, it still waits and status says so; once readable, it is there`(call: String)
    throws
  {
    for point in [1, 2, 4, 7] {
      let place = try Place()
      let server = try Server(place)
      try prepare(place, server)
      try place.write(Self.broken, to: "two/notes/a.md")
      let traced = Tracing(place: place, folder: "two", calls: call)
      let ended = try traced.run(["-C", "two", "sync"], .kill(at: point))
      // Past its last call of that kind the sync ends as it would have: the broken file is named.
      #expect(
        ended.wasKilled || ended.code == 137 || ended.code == 1, "\(call) \(point): \(ended.code) \(ended.errors)")
      #expect(try place.read("two/notes/a.md") == Self.broken, "\(call) \(point)")

      let again = try place.valise("-C", "two", "sync")
      #expect(again.code == 1, "\(call) \(point): \(again.errors)")
      for _ in 0..<2 {
        let status = try place.valise("-C", "two", "status")
        let said = status.output + status.errors
        #expect(status.code == 1 && said.contains("notes/a.md:3"), "\(call) \(point): \(said)")
        #expect(said.contains("Anne") && said.contains("edited"), "\(call) \(point): \(said)")
        #expect(try place.read("two/notes/a.md") == Self.broken, "\(call) \(point)")
      }
      #expect(try place.read("two/notes/b.md") == "Anne's second.\n", "\(call) \(point)")

      try place.write("---\ntitle: A\n---\nSome words stand here, mended.\n", to: "two/notes/a.md")
      let mended = try place.valise("-C", "two", "sync")
      #expect(mended.code == 0, "\(call) \(point): \(mended.errors)")
      #expect(
        try place.read("two/notes/a.md") == "---\ntitle: A\n---\nAnne's words stand here, mended.\n",
        "\(call) \(point)")
    }
  }

  /// Anne has edited two notes; Ben's laptop has not heard of it.
  private func prepare(_ place: Place, _ server: Server) throws {
    try place.write("---\ntitle: A\n---\nSome words stand here.\n", to: "one/notes/a.md")
    try place.write("Second.\n", to: "one/notes/b.md")
    try #require(place.valise("new", "one", "--name", "Anne").code == 0)
    try #require(place.valise("-C", "one", "publish", server.url("book")).code == 0)
    try #require(place.valise("join", server.url("book"), "two", "--name", "Ben").code == 0)
    try place.write("---\ntitle: A\n---\nAnne's words stand here.\n", to: "one/notes/a.md")
    try place.write("Anne's second.\n", to: "one/notes/b.md")
    try #require(place.valise("-C", "one", "sync").code == 0)
  }
}
