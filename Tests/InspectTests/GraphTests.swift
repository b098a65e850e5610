import Bytes
import Formats
import Foundation
import History
import SyncTesting
import Testing

/// The history of a few people, drawn.
@Suite final class GraphTests {
  private let folder: URL
  private let inspect: Inspecting
  /// Three people who write at the same time; then one brings it together. The third has a hostile name.
  private var book: TestBook

  private static let hostile = "<script>alert(1)</script>\"&'\u{202e}\u{1b}[31m"

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "graph-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    inspect = try Inspecting(in: folder)
    book = try TestBook()
    book.addAuthor()
    book.addAuthor()
    let root = book.heads
    try book.type("one", by: 0, on: root)
    try book.type("two", by: 1, on: root)
    let name = ExactText(Self.hostile)
    try book.save(2, [book.introduction(of: 2, name: name)], on: root)
    try book.type("together", by: 0)
    let runs = try (0..<3).map { try book.run($0, from: 0, count: $0 == 0 ? 2 : 1) } + [book.run(0, from: 2)]
    let epoch = [UInt8](repeating: 0, count: SnapshotChunk.epochByteCount)
    let file = SnapshotFile(book: book.id, chunks: [SnapshotChunk(epoch: epoch, first: 1, runs: runs)])
    try Data(file.encoded()).write(to: folder.appending(path: "a.snapshot"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test func `text shows the lanes, and the change that brings them together`() throws {
    let drawn = try inspect("graph", "a.snapshot")
    #expect(drawn.code == 0, "\(drawn.errors)")
    let marks = drawn.output.split(separator: "\n").map { $0.prefix(5).trimmingCharacters(in: .whitespaces) }
    #expect(marks == ["◆", "├─┬─╮", "● │ │", "│ ● │", "│ │ ●", "├─┴─╯", "●"])
    #expect(drawn.output.contains("merge"))
  }

  @Test func `a picture is well-formed XML, and no name in it is markup`() throws {
    let drawn = try inspect("graph", "a.snapshot", "--svg")
    #expect(drawn.code == 0)
    try Data(drawn.output.utf8).write(to: folder.appending(path: "a.svg"))
    let names = try python(
      "import xml.etree.ElementTree as e; print(*{x.tag.split('}')[1] for x in e.parse('a.svg').iter()})")
    #expect(Set(names.split(separator: " ")) == ["svg", "rect", "path", "circle", "text", "tspan"])
    #expect(drawn.output.contains("&lt;script&gt;"))
    #expect(!drawn.output.contains("\u{1b}"))
  }

  @Test func `what Graphviz gets keeps names inside their quotes`() throws {
    let drawn = try inspect("graph", "a.snapshot", "--dot")
    #expect(drawn.code == 0)
    #expect(drawn.output.hasPrefix("digraph history {"))
    #expect(drawn.output.contains("</script>\\\"&"))
    #expect(drawn.output.split(separator: "\n").filter { $0.contains("->") }.count == 6)
  }

  @Test func `programs get each change with its parents`() throws {
    let objects = try inspect("graph", "a.snapshot", "--json").objects()
    #expect(objects.count == 5)
    #expect(objects.filter { $0["merge"] as? Bool == true }.count == 1)
    #expect(objects.first?["head"] as? Bool == true)
    #expect((objects.first?["parents"] as? [Any])?.count == 3)
  }

  /// What a line of Python prints; it throws where that fails.
  private func python(_ line: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "python3 -c \(line)")
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
