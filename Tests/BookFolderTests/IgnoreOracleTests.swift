import BookFolder
import Foundation
import PropertyTesting
import Testing

/// `.valiseignore` means what git's `.gitignore` means.
@Suite struct IgnoreOracleTests {
  /// Where git is not installed, these speak for it: `git check-ignore --no-index`, version 2.39.5, gave the answers.
  private static let known: [(patterns: String, ignored: [String], not: [String])] = [
    ("*.md\n!keep.md\n", ["a.md", "x/a.md"], ["keep.md", "x/keep.md", "a.txt"]),
    ("drafts/\n!drafts/keep.md\n", ["drafts/keep.md", "x/drafts/a.md"], ["drafts"]),
    ("drafts/*\n!drafts/keep.md\n", ["drafts/a.md"], ["drafts/keep.md", "x/drafts/a.md"]),
    ("/a.md\n", ["a.md"], ["x/a.md"]),
    ("x/a.md\n", ["x/a.md"], ["y/x/a.md"]),
    ("**/x/a.md\n", ["x/a.md", "y/x/a.md"], ["y/a.md"]),
    ("x/**\n", ["x/a", "x/y/a.md"], ["x", "xy"]),
    ("x/**/a.md\n", ["x/a.md", "x/y/z/a.md"], ["x/b.md", "xa.md"]),
    ("a**b\n", ["ab", "axxb", "y/ab"], ["a/b"]),
    ("x/a**b\n", ["x/ab"], ["x/a/b"]),
    ("# no\n\\#yes\n\\!yes\n", ["#yes", "!yes"], ["no", "yes"]),
    ("a.md  \nb\\ \n", ["a.md", "b "], ["a.md  ", "b"]),
    ("[a-c]?\n[[:digit:]]x\n[!a]z\n", ["ab", "1x", "bz"], ["d", "ax2", "xx"]),
    ("[\nx\\\n[[:none:]]\n", [], ["[", "x", "x\\"]),
    ("a//b\n//\n/\n!\n", [], ["a", "a/b", "b"]),
    ("a\r\nb\r\n", ["a", "b"], ["a\r"]),
    ("a*\\*\n", ["ax*", "a*"], ["ax"]),
  ]

  private func ignores(_ patterns: String, _ path: String) -> Bool {
    IgnoreRules(patterns).ignoreWithFolders(Array(path.utf8))
  }

  @Test func `patterns mean what git says of them`() {
    for (patterns, ignored, not) in Self.known {
      for path in ignored { #expect(ignores(patterns, path), "\(patterns.debugDescription) \(path.debugDescription)") }
      for path in not { #expect(!ignores(patterns, path), "\(patterns.debugDescription) \(path.debugDescription)") }
    }
  }

  private static let git = ["/usr/bin/git", "/usr/local/bin/git"].first(
    where: FileManager.default.isExecutableFile(atPath:))

  @Test(.enabled(if: git != nil, "git is the oracle"))
  func `random patterns name the same files as git check-ignore does`() throws {
    let git = try #require(Self.git)
    let root = FileManager.default.temporaryDirectory.appending(path: "valise-ignore-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    _ = try Self.run(git, ["init", "-q", root.path], in: root, input: "")
    try forAll(150) { random in
      let paths = Set((0..<40).map { _ in Self.path(&random) }).sorted()
      var files: [String] = []
      for path in paths {
        let file = root.appending(path: "tree/" + path)
        let folder = file.deletingLastPathComponent()
        // A name that stands for a folder by now is no file.
        guard (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil,
          (try? Data().write(to: file)) != nil
        else { continue }
        files.append(path)
      }
      defer { try? FileManager.default.removeItem(at: root.appending(path: "tree")) }
      for _ in 0..<4 {
        let patterns = (0...random.below(4)).map { _ in Self.pattern(&random) }.joined(separator: "\n")
        try Data(patterns.utf8).write(to: root.appending(path: "tree/.gitignore"))
        let said = try Self.run(
          git, ["-C", root.appending(path: "tree").path, "check-ignore", "--no-index", "-z", "--stdin"], in: root,
          input: files.joined(separator: "\0"))
        let expected = Set(said.split(separator: "\0").map(String.init))
        for file in files {
          try #require(
            ignores(patterns, file) == expected.contains(file),
            "\(patterns.debugDescription) of \(file.debugDescription): git says \(expected.contains(file))")
        }
      }
    }
  }

  private static func path(_ random: inout SeededRandom) -> String {
    let names = [
      "a", "b", "c", "ab", "abc", "a b", "b ", "#a", "!a", "a]", "-", "a1", "x.md", "ab.md", "*", "a*b", "\\",
    ]
    return (0...random.below(3)).map { _ in names[random.below(names.count)] }.joined(separator: "/")
  }

  private static func pattern(_ random: inout SeededRandom) -> String {
    let pieces = [
      "a", "b", "c", "ab", "*", "**", "?", "/", "/", "/**/", "**/", "/**", "[ab]", "[!a]", "[^b-c]", "[a-", "[]a]",
      "[[:alpha:]]", "[[:digit:]x]", "[a\\-c]", "[[:odd:]]", "[a/b]", "\\", "\\*", "\\ ", " ", "#", "!", ".md", "-",
      "1",
      "***", "\\#", "\\!", "\\/",
    ]
    let start = random.oneIn(4) ? "!" : random.oneIn(6) ? "/" : ""
    return start + (0...random.below(5)).map { _ in pieces[random.below(pieces.count)] }.joined()
      + (random.oneIn(6) ? "/" : random.oneIn(10) ? "\r" : "")
  }

  private static func run(_ program: String, _ words: [String], in folder: URL, input: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = words
    process.currentDirectoryURL = folder
    process.environment = [
      "HOME": folder.path, "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
    ]
    let (from, to) = (Pipe(), Pipe())
    process.standardInput = from
    process.standardOutput = to
    try process.run()
    from.fileHandleForWriting.write(Data(input.utf8))
    try from.fileHandleForWriting.close()
    let output = try to.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    // 1: none of them is ignored.
    try #require([0, 1].contains(process.terminationStatus), "git \(words)")
    return String(decoding: output, as: UTF8.self)
  }
}
