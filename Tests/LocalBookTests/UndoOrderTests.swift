import Foundation
import LocalBook
import Testing

/// What is taken back first, and what at once.
@Suite struct UndoOrderTests {
  private let note = "notes/a.md"

  @Test func `within one second, too, the later of a private and a shared change is taken back first`() throws {
    for order in [[note, "private/b.md"], ["private/b.md", note], [note, "private/b.md", "private/b.md", note]] {
      let folder = try TestFolder()
      var environment = Environment.test()
      environment.now = { 4_000_000_000 * 1_000_000_000 }
      try folder.write("Shared.\n", to: note)
      try folder.write("Secret.\n", to: "private/b.md")
      _ = try LocalBook.new(at: folder.path, name: nil, .test())
      var versions = [folder.files]
      for (step, file) in order.enumerated() {
        try folder.write("Step \(step).\n", to: file)
        _ = try folder.open(environment).save()
        versions.append(folder.files)
      }
      for back in order.indices.reversed() {
        _ = try folder.open(environment).undo()
        #expect(folder.files == versions[back])
      }
      for forward in order.indices {
        _ = try folder.open(environment).redo()
        #expect(folder.files == versions[forward + 1])
      }
      _ = try folder.open(environment).undo()
      let other = order.last == note ? "private/b.md" : note
      try folder.write("Something else.\n", to: other)
      #expect(throws: BookError.self) { try folder.open(environment).redo() }
    }
  }

  @Test func `what is larger than a change is taken back in several, and done again and taken back as one`() throws {
    let folder = try TestFolder()
    let names = (0..<4).map { "notes/n\($0).md" }
    let line = String(repeating: "a word of the text ", count: 50) + "\n"
    for name in names { try folder.write(String(repeating: line, count: 2_000), to: name) }
    _ = try LocalBook.new(at: folder.path, name: nil, .test())
    let before = folder.files
    for name in names { try folder.write("Little is left.\n", to: name) }
    _ = try folder.open().save()
    let after = folder.files
    let count = try folder.open().log(limit: 100).count
    for _ in 0..<2 {
      #expect(try folder.open().undo().files.count == names.count && folder.files == before)
      #expect(try folder.open().redo().files.count == names.count && folder.files == after)
    }
    #expect(try folder.open().log(limit: 100).count > count + 4)
    _ = try folder.open().undo()
    #expect(throws: BookError.self) { try folder.open().undo() }
    #expect(folder.files == before)
  }
}
