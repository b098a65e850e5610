import BookFolder
import Foundation
import LocalBook
import Testing

/// What `.valiseignore` names is left alone, whether the book has it or not.
@Suite struct IgnoredFileTests {
  private let files = ["drafts/a.md": "First.\n", "drafts/b.md": "Second.\n", "notes/c.md": "Third.\n"]

  @Test func `a recorded file that is ignored since is not deleted, not recorded, not written, and it is said`()
    async throws
  {
    try await Office.running(files: files) { office in
      try office.write("drafts/\n", to: ".valiseignore", on: 0)
      try office.write("Edited while ignored.\n", to: "drafts/a.md", on: 0)
      try office.replace("Third", with: "My third", in: "notes/c.md", on: 0)
      let saved = try await office.sync(0).saved
      #expect(saved.files.map(\.path) == ["notes/c.md"] && saved.trouble.isEmpty)
      #expect(saved.left.ofBook.map(\.path) == ["drafts/a.md", "drafts/b.md"])

      try office.replace("Second", with: "Ben's second", in: "drafts/b.md", on: 1)
      try office.remove("drafts/a.md", on: 1)
      try office.write("New.\n", to: "drafts/new.md", on: 1)
      try await office.sync(1)
      try await office.sync(0)
      for _ in 0..<2 {
        let status = try office.book(0).status()
        let waiting = Dictionary(
          uniqueKeysWithValues: status.saved.left.ofBook.map { ($0.path, $0.waiting.map(\.what)) })
        #expect(
          waiting == ["drafts/a.md": [[.deleted]], "drafts/b.md": [[.edited]], "drafts/new.md": [[.created]]])
        #expect(status.behind == 3 && status.saved.files.isEmpty)
        #expect(try office.read("drafts/a.md", on: 0) == "Edited while ignored.\n")
        #expect(try office.read("drafts/b.md", on: 0) == "Second.\n" && !office.exists("drafts/new.md", on: 0))
      }
      #expect(try office.read("notes/c.md", on: 1) == "My third.\n")

      // Taken out of the patterns, all goes on as if it had never been there.
      try office.remove(".valiseignore", on: 0)
      try await office.syncAll()
      #expect(try office.read("drafts/b.md", on: 0) == "Ben's second.\n")
      #expect(try office.read("drafts/a.md", on: 1) == "Edited while ignored.\n")
      #expect(try office.conflicts(0).map(\.field) == ["deleted"])
      #expect(try office.book(0).status().saved.left.ofBook.isEmpty)
    }
  }

  @Test func `a file that was never the book's and stands in the way of a colleague's is left alone`() async throws {
    try await Office.running(files: files) { office in
      try office.write("own-*\n", to: ".valiseignore", on: 0)
      try office.write("Mine alone.\n", to: "own-list.md", on: 0)
      try office.write("Ben's.\n", to: "own-list.md", on: 1)
      try await office.sync(1)
      let saved = try await office.sync(0).saved
      #expect(saved.left.ofBook.map(\.waiting).first?.map(\.what) == [[.created]])
      #expect(try office.read("own-list.md", on: 0) == "Mine alone.\n")
      try office.remove(".valiseignore", on: 0)
      try await office.syncAll()
      #expect(
        try [office.read("own-list.md", on: 1), office.read("own-list (2).md", on: 1)].sorted()
          == ["Ben's.\n", "Mine alone.\n"])
    }
  }

  @Test(arguments: ["link", "folder", "pipe", "large"])
  func `what stands in the place of the patterns and cannot be read stops every command: nothing is sent against them`(
    kind: String
  ) async throws {
    try await Office.running(files: files) { office in
      let place = office.root(0) + "/.valiseignore"
      switch kind {
      case "link":
        try office.write("drafts/\n", to: "patterns", on: 0)
        try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: "patterns")
      case "folder": try office.write("drafts/\n", to: ".valiseignore/patterns", on: 0)
      case "pipe":
        let made = unsafe mkfifo(place, 0o600)
        try #require(made == 0)
      default: try office.write(String(repeating: "drafts/\n", count: 1 << 20), to: ".valiseignore", on: 0)
      }
      try office.write("Not for others.\n", to: "drafts/secret.md", on: 0)
      do {
        _ = try office.book(0).save()
        Issue.record("saved")
      } catch {
        guard case .file(IgnoreRules.reading, _, _) = error as? BookError else { throw error }
      }
      await #expect(throws: BookError.self) { try await office.sync(0) }
      try office.remove(".valiseignore", on: 0)
      try office.write("drafts/\n", to: ".valiseignore", on: 0)
      try await office.sync(0)
      try await office.sync(1)
      #expect(!office.exists("drafts/secret.md", on: 1))
    }
  }
}
