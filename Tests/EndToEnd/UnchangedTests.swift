import Foundation
import ProgramTesting
import Testing

@Suite(.serialized) struct UnchangedTests {
  @Test func `F7: status in 5,000 unchanged notes looks once at each file and opens none of them`() throws {
    let place = try Place()
    let count = 5_000
    for number in 0..<count {
      try place.write(
        "---\ntitle: Note \(number)\n---\nText of the note.\n", to: "book/notes/\(number % 50)/note\(number).md")
    }
    try #require(place.valise("new", "book", "--name", "Anne").code == 0)
    // A file is certain once it was left alone for 2 seconds before a look.
    Thread.sleep(forTimeInterval: 2.1)
    try #require(place.valise("-C", "book", "status").code == 0)
    let trace = place.url("trace")
    let traced = try Running(
      place, "/usr/bin/strace",
      [
        "-f", "-e", "trace=%file", "-o", trace.path, Programs.folder().appending(path: "valise").path, "-C", "book",
        "status",
      ]
    ).wait()
    try #require(traced.code == 0, "\(traced.errors)")
    let calls = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n").filter { $0.contains(".md\"") }
    let looks = calls.filter { $0.contains("stat") }
    #expect(looks.count == count, "\(looks.count) looks")
    #expect(calls.count == looks.count, "\(calls.first { !$0.contains("stat") } ?? "")")
  }
}
