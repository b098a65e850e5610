import Testing

/// Each rule is shown something that breaks it and something close by that does not: a rule that cannot fail is no rule.
@Suite struct PlantedTests {
  @Test(arguments: [
    ("Record", "import Formats"), ("Record", "package import Replica"), ("Bytes", "import Foundation"),
    ("History", "import Glibc"), ("Merge", "@testable import Record"), ("Formats", "import struct Record.Link"),
    ("SyncProtocol", "import NIOCore"), ("SyncClient", "import SyncServer"), ("valise", "import GRDB"),
    ("BookServer", "import LocalBook"), ("Nowhere", "let x = 1"),
  ]) func `an import against the arrows is found`(target: String, line: String) {
    #expect(findings(SwiftRule.imports, line, "Sources/\(target)/Planted.swift").count == 1)
  }

  @Test(arguments: [
    ("Record", "package import Bytes"), ("Bytes", "import Swift"), ("LocalBook", "import History"),
    ("valise", "import Foundation"),
    ("LogStore", "import GRDB"), ("Record", "// import Formats"), ("Record", "let s = \"\nimport Formats\""),
  ]) func `an import along the arrows is not`(target: String, line: String) {
    #expect(findings(SwiftRule.imports, line, "Sources/\(target)/Planted.swift") == [])
  }

  @Test(arguments: [
    "let now = Date()", "let id = UUID()", "ContinuousClock().now", "try await Task.sleep(for: .seconds(1))",
    "var random = SystemRandomNumberGenerator()", "ProcessInfo.processInfo", "getenv(name)", "clock_gettime(0, &t)",
  ]) func `a clock, chance or the environment in the core is found`(line: String) {
    #expect(findings(SwiftRule.coreIsPure, line, "Sources/Merge/Planted.swift").count == 1)
    #expect(findings(SwiftRule.coreIsPure, line, "Sources/LocalBook/Planted.swift") == [])
  }

  @Test func `a name that only contains a forbidden one is not found`() {
    #expect(findings(SwiftRule.coreIsPure, "let d = CalendarDate()", "Sources/Merge/Planted.swift") == [])
    #expect(findings(SwiftRule.noPrinting, "sprint(x); fingerprint(y)", "Sources/Merge/Planted.swift") == [])
  }

  @Test(arguments: [
    "Int.random(in: 0..<3)", "let x = list.randomElement()", "list.shuffled()", "list.shuffle()",
  ]) func `a draw without a generator is found`(text: String) {
    #expect(findings(SwiftRule.seeded, text, "Tests/MergeTests/Planted.swift").count == 1)
  }

  @Test func `a draw from a seeded generator is not, over two lines either`() {
    let text = "Int.random(\n  in: 0..<count(of: x),\n  using: &random)\nlist.shuffled(using: &random)"
    #expect(findings(SwiftRule.seeded, text, "Tests/MergeTests/Planted.swift") == [])
  }

  @Test(arguments: [
    "let x = y!", "f(x)!.y", "list[0]!", "try! f()", "x as! Int", "var label: String!", "\"text\"!", "x!==y",
  ]) func `force is found`(line: String) {
    #expect(findings(SwiftRule.noForce, line, "Sources/Merge/Planted.swift").count == 1)
  }

  @Test(arguments: [
    "if !x { }", "x != y", "x !== y", "guard a, !b else { return }", "f(!x)", "let s = \"no!\"", "// stop! now!",
    "#if !os(Linux)", "func `it works!`() {}", "let t = \"\"\"\n  wow!\n  \"\"\"", "let r = #\"a!\"#", "x.map { !$0 }",
    "a!=b",
  ]) func `negation, comparison, and exclamations in words are not`(line: String) {
    #expect(findings(SwiftRule.noForce, line, "Sources/Merge/Planted.swift") == [])
  }

  @Test func `force inside an interpolation is found`() {
    #expect(findings(SwiftRule.noForce, "let s = \"\\(x!) and \\(f(y!))\"", "Sources/Merge/Planted.swift").count == 2)
  }

  @Test func `fatalError in a source is found, in a string or a comment it is not`() {
    #expect(findings(SwiftRule.noFatalError, "fatalError(\"x\")", "Sources/Merge/Planted.swift").count == 1)
    #expect(findings(SwiftRule.noFatalError, "// fatalError(\nlet s = \"fatalError(\"", "Sources/Merge/P.swift") == [])
  }

  @Test func `an unchecked conformance without a reason is found`() {
    let bare = "final class Box: @unchecked Sendable {}"
    #expect(findings(SwiftRule.reasonForUnchecked, bare, "Sources/LogStore/Planted.swift").count == 1)
    let reasoned = "// Guarded by its lock in every method.\n" + bare
    #expect(findings(SwiftRule.reasonForUnchecked, reasoned, "Sources/LogStore/Planted.swift") == [])
  }

  @Test(arguments: ["@Test(.disabled(\"later\")) func a() {}", "throw XCTSkip(\"later\")"])
  func `a skipped test is found`(line: String) {
    #expect(findings(SwiftRule.noSkippedTests, line, "Tests/MergeTests/Planted.swift").count == 1)
  }

  @Test func `printing in a library is found, in a program it is not`() {
    #expect(findings(SwiftRule.noPrinting, "print(x)", "Sources/LocalBook/Planted.swift").count == 1)
    #expect(findings(SwiftRule.noPrinting, "print(x)", "Sources/valise/Planted.swift") == [])
  }

  @Test(arguments: [
    "// let x = f(y)", "// return nil", "// if x { y() }", "// }", "/* for a in b {\n} */", "// state.heads.insert(id)",
    "// import Foundation", "// total += count", "// x;", "// guard let a else { return }", "/// let x = f(y)",
    "// try f(x)",
  ]) func `code in a comment is found`(text: String) {
    #expect(!findings(SwiftRule.noCodeInComments, text, "Sources/Merge/Planted.swift").isEmpty)
  }

  @Test(arguments: [
    "// Let x be the last (see formats.md 4.2).", "// For each head, oldest first.",
    "/// Returns nil when there is none.",
    "// if it is the same, nothing happens", "///     let example = Diff(from: a)",
    "/// ```\n/// let x = f(y)\n/// ```",
    "let s = \"// let x = f(y)\"", "// case-insensitive, as model.md says", "// try again (once)",
    "// which costs five bytes of prose;",
    "// http://example.com/a",
  ]) func `a sentence or an example is not`(text: String) {
    #expect(findings(SwiftRule.noCodeInComments, text, "Sources/Merge/Planted.swift") == [])
  }

  @Test func `a machine's path in a shipped string is found`() {
    let line = "let folder = \"/" + "tmp/valise\""
    #expect(findings(SwiftRule.noMachinePaths, line, "Sources/LocalBook/Planted.swift").count == 1)
    #expect(findings(SwiftRule.noMachinePaths, line, "Tests/LocalBookTests/Planted.swift") == [])
  }

  @Test func `a long file is found`() {
    let long = String(repeating: "let x = 1\n", count: 501)
    #expect(findings(SwiftRule.shortFiles, long, "Sources/Merge/Planted.swift").count == 1)
    #expect(findings(SwiftRule.shortFiles, String(long.dropLast(10)), "Sources/Merge/Planted.swift") == [])
  }

  @Test func `a mark of unfinished work is found, a word that contains one is not`() {
    for mark in TextRule.marks { #expect(TextRule.unfinished(path: "a", text: "x\n# \(mark): y").map(\.line) == [2]) }
    #expect(TextRule.unfinished(path: "a", text: "mas" + TextRule.marks[0] + "N") == [])
  }

  @Test func `a path of the workplace is found`() {
    #expect(TextRule.workplace(path: "a", text: "cd \(TextRule.workplace)main").count == 1)
    #expect(TextRule.workplace(path: "a", text: "network/main") == [])
  }

  @Test(arguments: [
    ("[a](b.md)", "docs/b.md"), ("[a](../b.md#part)", "b.md"), ("x [a](sub/b.md) y", "docs/sub/b.md"),
  ]) func `a link is dead when its file is not there`(line: String, file: String) {
    #expect(TextRule.deadLinks(path: "docs/a.md", text: line) { _ in false }.count == 1)
    #expect(TextRule.deadLinks(path: "docs/a.md", text: line) { $0 == file } == [])
  }

  @Test(arguments: ["[a](https://example.com)", "[a](#part)", "`[a](b.md)`", "```\n[a](b.md)\n```", "[[b]]"])
  func `what is no link to a file cannot be dead`(text: String) {
    #expect(TextRule.deadLinks(path: "docs/a.md", text: text) { _ in false } == [])
  }

  @Test func `strangers and gaps at the top level are found`() {
    #expect(TreeRule.strangers(topLevel: TreeRule.top) == [])
    #expect(TreeRule.strangers(topLevel: TreeRule.top + ["docs"]) == ["docs"])
    #expect(TreeRule.strangers(topLevel: Array(TreeRule.top.dropFirst())) == ["missing: Package.swift"])
  }

  @Test func `a folder without a target is found`() {
    let manifest = ".target(name: \"Record\")"
    #expect(TreeRule.orphans(folders: ["Record", "Rec"], manifest: manifest) == ["Rec"])
  }

  private func findings(_ rule: SwiftRule, _ text: String, _ path: String) -> [Finding] {
    rule.findings(in: SwiftSource(path: path, text: text))
  }
}
