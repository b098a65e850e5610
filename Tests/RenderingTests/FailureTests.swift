import BookFolder
import LocalBook
import Rendering
import Replica
import Testing

/// What is said when a command did not do what was asked (U29).
@Suite struct FailureTests {
  private static let hostile = "\u{1B}[31m\u{202E}x"

  static let errors: [BookError] = [
    .notABook(from: "/books"), .insideBook(root: "/books/paris"), .busy(holder: "valise sync (process 12)"),
    .brokenBook(what: ".valise/device is missing"), .emptied(gone: 30, of: 38, examples: ["a.md", "b.md"]),
    .emptiedBitByBit(gone: 3, before: 6, of: 18, examples: ["a.md"]), .folderGone(root: "/books/paris"),
    .alreadyPublished(url: "valise://localhost/paris"), .notPublished, .badURL("http://x"),
    .collisions(paths: ["a.md"]), .nameTaken(name: "paris", url: "valise://localhost/paris"),
    .noSuchBook(name: "paris", url: "valise://localhost/paris"), .noSuchVersion("beef"),
    .ambiguousVersion("be", matches: ["beef01", "beef02"]), .noSuchFile("x.md", nearest: "notes/x.md"),
    .noSuchFile("x.md", nearest: nil), .noSuchConflict("a.md:start"),
    .noSuchSide("Eve", in: "a.md:x", sides: ["Anne Martin"]),
    .invalidValue(in: "a.md:deleted", why: "yes or no", suggestion: "no"),
    .invalidValue(in: "a.md:path", why: "no name", suggestion: nil), .offline(.noNetwork),
    .offline(.refused(at: "localhost:7420")), .offline(.unknownHost(host: "x")), .offline(.timedOut(at: "x:1")),
    .offline(.brokenOff(at: "x:1")), .refused(code: 200, detail: ""),
    .refused(code: 301, detail: "x"), .refused(code: 702, detail: ""),
    .refused(code: 508, detail: "x"), .refused(code: 503, detail: "x"), .refused(code: 701, detail: "x"),
    .refused(code: 999, detail: "x"), .storage(.full), .storage(.readOnly), .storage(.damaged("page 3")),
    .nothingToUndo, .nothingToRedo, .cannotUndo(change: "1a2b3c4d5e"),
    .storage(.failed("busy")), .replica(.noBook), .replica(.noSuchVersion),
    .file(doing: "open", path: "a.md", errno: 13), .file(doing: "make", path: "/a/b", errno: 2), .newerSchema(level: 7),
    .inTheWay("/books/paris/.valise/tmp"), .file(doing: IgnoreRules.reading, path: "/books/paris", errno: 21),
    .file(doing: "read", path: "a.bundle", errno: 21), .readOnlyFolder("notes"), .fileExists(path: "a.bundle"),
    .fileOfAnotherBook(path: "a.bundle"), .fileLacksChanges(path: "a.bundle"),
    .joinBrokeOff(.noNetwork, changes: 3, at: "paris"), .notShared("a.md", .notPrivate),
    .notShared("private/a.md", .unreadable), .notShared("private/a.md", .ignored("a.md")),
    .notShared("private/a.md", .name("notes/a?.md", suggestion: "notes/a-.md")),
    .notShared("private/a.md", .name("private/b.md", suggestion: nil)),
    .notInVersion(file: "a.md", version: "beef01", isDeleted: false), .unfinished(root: "/books/paris"),
    .notInVersion(file: "a.md", version: "beef01", isDeleted: true), .notAVersionButFile("a.md", version: nil),
    .notAVersionButFile("a.md", version: "beef01"), .notAPrivateVersion("as-printed"),
    .notBroughtBack(file: "a.md", .unreadable(.tooLarge(bytes: 5 << 20, limit: 4 << 20)), version: "beef01"),
    .file(doing: "reach", path: "/a/b", errno: 2),
  ]

  @Test(arguments: errors.indices) func `a failure says what happened and what to type`(index: Int) {
    let failure = Failure(Self.errors[index])
    let what = failure.what.text
    #expect(!what.isEmpty && !what.hasSuffix("."))
    #expect(what.first.map { $0.isLowercase || $0.isNumber || $0 == "'" } == true)
    #expect(failure.exitCode != .done && failure.exitCode != .usage)
    #expect(failure.because != nil || !failure.next.isEmpty)
    let all = failure.lines().map(\.text).joined(separator: "\n").lowercased()
    // Nor an empty word to be copied into a shell, nor the words for what has none of its own.
    for word in ["unknown error", "rm ", "delete .valise", "remove", "''", "this cannot be done here"] {
      #expect(!all.contains(word), "\(all)")
    }
  }

  @Test func `what somebody typed or sent is made harmless`() {
    let errors: [BookError] = [
      .notABook(from: Self.hostile), .badURL(Self.hostile), .noSuchVersion(Self.hostile),
      .noSuchFile(Self.hostile, nearest: Self.hostile),
      .noSuchSide(Self.hostile, in: Self.hostile, sides: [Self.hostile]),
      .refused(code: 999, detail: Self.hostile), .nameTaken(name: Self.hostile, url: Self.hostile),
    ]
    for error in errors {
      let text = Failure(error).lines().map(\.text).joined(separator: "\n")
      #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
    }
  }

  @Test func `the three parts stand one below the other`() {
    let failure = Failure(.noSuchFile("macron.md", nearest: "notes/macron.md"))
    #expect(
      failure.lines().map(\.text) == [
        "valise: no entry has its file at 'macron.md'",
        "  because: files are named as in the folder of the book, versions by a hash of valise log",
        "  next: valise show notes/macron.md",
      ])
  }

  @Test(arguments: [
    ("localhost/paris", "valise://localhost/paris"), ("http://x:7421/paris", "valise://x:7421/paris"),
    ("paris", "valise://localhost/BOOK"), ("valise://a b/c", "valise://localhost/BOOK"),
  ]) func `an address without its beginning is given one`(typed: String, meant: String) {
    #expect(Failure(.badURL(typed)).next.map(\.text) == ["the same command with \(meant)"])
  }

  @Test func `the port is named where nothing listens`() {
    #expect(Failure(.offline(.refused(at: "localhost:7420"))).what.text == "nothing listens at localhost:7420")
    let damaged = Failure(.refused(code: 702, detail: ""))
    #expect(damaged.what.text == "the server's copy of the book is damaged")
    #expect(damaged.next.map(\.text) == ["show this message to whoever runs the server; everything is saved here"])
  }

  @Test func `scripts tell apart what they must`() {
    #expect(Failure(.emptied(gone: 9, of: 10, examples: [])).exitCode == .emptied)
    #expect(Failure(.busy(holder: "x")).exitCode == .busy)
    #expect(Failure(.notPublished).exitCode == .failed)
    #expect(Set(ExitCode.allCases.map(\.rawValue)) == [0, 1, 2, 3, 4, 5, 6, 64])
  }
}
