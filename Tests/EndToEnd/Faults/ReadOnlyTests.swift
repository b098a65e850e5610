import Foundation
import ProgramTesting
import Testing

/// A folder that belongs to somebody else.
@Suite struct ReadOnlyTests {
  /// Runs a program as a user to whom nothing belongs; the tests run as the one to whom everything does.
  private func asNobody(_ place: Place, _ program: String, _ words: [String]) throws -> Ended {
    // Where the programs were built, others may not look.
    let copy = place.url(program)
    if !place.exists(program) {
      try FileManager.default.copyItem(at: try Programs.folder().appending(path: program), to: copy)
    }
    // Others may look everywhere but into what the programs themselves have closed.
    for name in ["", "book", "book/notes", program] where name.isEmpty || place.exists(name) {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.url(name).path)
    }
    return try Running(
      place, "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", copy.path] + words
    ).wait()
  }

  @Test(arguments: [["save"], ["status"], ["log"], ["undo"], ["restore", "~0"]])
  func `a book in another user's folder is not touched, and it is said why`(command: [String]) throws {
    let place = try Place()
    try place.write("Words.\n", to: "book/notes/a.md")
    try #require(place.valise("new", "book", "--name", "Anne").code == 0)
    try place.write("More words.\n", to: "book/notes/b.md")
    let (before, store) = (place.notes("book"), try state(of: place.url("book/.valise")))
    let ended = try asNobody(place, "valise", ["-C", "book"] + command)
    #expect(ended.code == 2 && !ended.wasKilled && ended.output.isEmpty, "\(ended.output)\(ended.errors)")
    #expect(ended.errors.contains("cannot be") && ended.errors.contains("next:"), "\(ended.errors)")
    #expect(place.notes("book") == before)
    #expect(try state(of: place.url("book/.valise")) == store)
    let saved = try place.valise("-C", "book", "save")
    #expect(saved.code == 0 && saved.output.hasPrefix("Saved: 1 note added."))
  }

  @Test func `a server is not started on another user's folder`() throws {
    let place = try Place()
    let server = try Server(place)
    try server.kill()
    let words = ["serve", "--data", place.url("server").path, "--listen", "127.0.0.1:0"]
    let ended = try asNobody(place, "valised", words)
    #expect(ended.code == 73 && ended.errors.contains("cannot be used") && ended.errors.contains("next:"))
  }

  /// The files of a folder with their bytes, but for the one that says who holds it.
  private func state(of folder: URL) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "lock" {
      found[name] = FileManager.default.contents(atPath: folder.appending(path: name).path)
    }
    return found
  }
}
