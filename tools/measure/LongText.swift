import ArgumentParser
import Foundation
import LocalBook

/// Makes a book with one long-edited note, for `tools/bench text`: by the code behind `save` and `bundle`.
struct LongText: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "long-text",
    abstract: "Make a book in a new folder whose note two people have edited, concurrently and for long.",
    discussion: "Every edit is a change of its own; after each round both take in what the other wrote.")

  @Option(help: "How many edits.")
  var edits: Int

  @Option(help: "How many edits each makes in a round.")
  var round = 32

  @Option(help: "A folder whose notes the book begins with, beside the long one.")
  var beside: String?

  @Argument(help: "The folder of the book.")
  var folder: String

  static let note = "notes/long.md"

  func validate() throws {
    guard edits > 0, round > 0 else { throw ValidationError("there must be edits") }
  }

  func run() throws {
    let other = folder + ".other"
    defer { try? FileManager.default.removeItem(atPath: other) }
    if let beside { try FileManager.default.copyItem(atPath: beside, toPath: folder) }
    var random = SeededRandom(seed: 0)
    var text = LongNote(using: &random)
    try FileManager.default.createDirectory(atPath: folder + "/notes", withIntermediateDirectories: true)
    try text.write(to: folder)
    let (anne, ben) = (Environment.measured("Anne Martin"), Environment.measured("Ben Okoye"))
    let root = try LocalBook.new(at: folder, name: nil, anne).root
    let file = folder + ".file"
    _ = try LocalBook(at: root, anne, command: "long-text").export(to: file)
    _ = try LocalBook.restore(from: file, at: other, name: nil, ben)
    try FileManager.default.removeItem(atPath: file)
    let books = [
      try LocalBook(at: root, anne, command: "long-text"), try LocalBook(at: other, ben, command: "long-text"),
    ]
    var done = 0
    while done < edits {
      var since: [String] = []
      for book in books { since.append(try book.save().version) }
      for book in books {
        text = try LongNote(in: book.root)
        for _ in 0..<min(round, edits - done) {
          text.edit(using: &random)
          try text.write(to: book.root)
          _ = try book.save()
          done += 1
        }
      }
      for (book, next) in [(0, 1), (1, 0)] {
        _ = try books[book].createBundle(at: file, since: since[book])
        guard FileManager.default.fileExists(atPath: file) else { continue }
        _ = try books[next].apply(file)
        try FileManager.default.removeItem(atPath: file)
      }
    }
  }
}

/// The lines of the note, of twelve words each.
private struct LongNote {
  private static let head = "---\ntitle: Long\n---\n"
  private static let lines = 100
  private static let words = 12
  private var words: [[String]]

  init(using random: inout SeededRandom) {
    words = (0..<Self.lines).map { _ in (0..<Self.words).map { _ in Self.word(&random) } }
  }

  /// As the note stands in a book's folder.
  init(in root: String) throws {
    let text = try String(contentsOfFile: root + "/" + LongText.note, encoding: .utf8).dropFirst(Self.head.count)
    words = text.split(separator: "\n").map { $0.dropLast().split(separator: " ").map(String.init) }
  }

  func write(to root: String) throws {
    let text = words.map { $0.joined(separator: " ") + ".\n" }.joined()
    try (Self.head + text).write(toFile: root + "/" + LongText.note, atomically: true, encoding: .utf8)
  }

  /// Puts another word in the place of one; now and then a word more, or one less.
  mutating func edit(using random: inout SeededRandom) {
    let line = Int.random(in: words.indices, using: &random)
    let place = Int.random(in: words[line].indices, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: words[line].insert(Self.word(&random), at: place)
    case 1 where words[line].count > Self.words: words[line].remove(at: place)
    default: words[line][place] = Self.word(&random)
    }
  }

  private static func word(_ random: inout SeededRandom) -> String {
    String((0..<Int.random(in: 2...9, using: &random)).map { _ in letters.randomElement(using: &random) ?? "e" })
  }

  private static let letters = Array("eeeettaaooiinnsshhrrddlcumwfgypbvk")
}

extension Environment {
  /// The system's clock and randomness.
  fileprivate static func measured(_ name: String) -> Environment {
    Environment(
      now: { Int64(Date().timeIntervalSince1970 * 1_000_000_000) },
      randomBytes: { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      }, personName: { name })
  }
}
