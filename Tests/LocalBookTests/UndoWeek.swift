import Foundation
import LocalBook
import PropertyTesting
import Testing

/// Laptops that edit a book at random, and take back what they did.
///
/// Each word that somebody types occurs nowhere else, so that it can be told whose it is, and whether it is there.
struct UndoWeek {
  let office: Office
  private let laptops: Int
  private var random: SeededRandom
  private var nextWord = 0
  /// Who typed each word.
  private var writers: [String: Int] = [:]
  /// Words of others that a laptop took out by its own edits: doing those again takes them out again.
  private var takenOut: [Int: Set<String>] = [:]
  /// What happened, a line a step: printed with a failure.
  private(set) var story: [String] = []

  init(_ office: Office, laptops: Int, _ random: SeededRandom) {
    self.office = office
    self.laptops = laptops
    self.random = random
  }

  static let files = [
    "notes/one.md": "---\ntitle: One\ntopics: [a, b]\n---\nA first sentence stands here. Another follows it.\n",
    "notes/two.md": "---\ntitle: Two\n# a comment\nroom: Salon\n---\nA second text.\n\nWith two paragraphs.\n",
    "people/anne.md": "---\nname: Anne\n---\nSome words about her.\n",
  ]

  // MARK: Steps

  mutating func edit(_ laptop: Int) throws {
    let before = try words(laptop)
    try editOnce(laptop)
    takenOut[laptop, default: []].formUnion(before.subtracting(try words(laptop)))
  }

  private mutating func editOnce(_ laptop: Int) throws {
    let names = office.files(laptop).keys.map { String($0.dropFirst("book/".count)) }.sorted()
    let name = names.isEmpty ? "" : names[random.below(names.count)]
    switch names.isEmpty ? 0 : random.below(12) {
    case 0:
      let new = "notes/\(word(laptop)).md"
      try write("---\ntitle: \(word(laptop))\n---\n\(word(laptop)) and more.\n", to: new, laptop)
    case 1:
      note("\(laptop) deletes \(name)")
      try office.remove(name, on: laptop)
    case 2:
      let new = "notes/\(word(laptop)).md"
      note("\(laptop) renames \(name) to \(new)")
      try office.move(name, to: new, on: laptop)
    case 3: try setField(["title", "room"][random.below(2)], in: name, laptop)
    case 4:
      let text = try office.read(name, on: laptop)
      try write(text.replacingOccurrences(of: "topics: [", with: "topics: [\(word(laptop)), "), to: name, laptop)
    case 5:
      let text = try office.read(name, on: laptop)
      try write(text.replacingOccurrences(of: "topics: [a, ", with: "topics: ["), to: name, laptop)
    case 6: try resolve(laptop)
    case 7, 8: try deleteWords(in: name, laptop)
    default: try typeWord(in: name, laptop)
    }
  }

  mutating func save(_ laptop: Int) throws {
    note("\(laptop) saves")
    _ = try office.book(laptop).save()
  }

  mutating func sync(_ laptop: Int) async throws {
    note("\(laptop) syncs")
    _ = try await office.book(laptop).sync(acceptDeletions: true)
  }

  /// Whether there was anything; requires that no word of somebody else's is lost by it.
  mutating func undo(_ laptop: Int) throws -> Bool { try take(laptop, "undoes") { try $0.undo() } }
  mutating func redo(_ laptop: Int) throws -> Bool { try take(laptop, "redoes") { try $0.redo() } }

  private mutating func take(_ laptop: Int, _ verb: String, _ body: (LocalBook) throws -> UndoReport) throws -> Bool {
    let before = try words(laptop)
    do {
      let report = try body(try office.book(laptop))
      note("\(laptop) \(verb) \(report.change.message) \(report.change.hash); left \(report.left)")
    } catch BookError.nothingToUndo, BookError.nothingToRedo {
      return false
    }
    let after = try words(laptop)
    var lost = before.subtracting(after).filter { writers[$0] != laptop }
    if verb == "redoes" { lost.subtract(takenOut[laptop] ?? []) }
    try #require(lost.isEmpty, "words of others are lost: \(lost.sorted())")
    return true
  }

  // MARK: What is there

  /// The words in the folder and in its conflicts.
  private func words(_ laptop: Int) throws -> Set<String> {
    let files = office.files(laptop)
    let text = files.values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    let open = try office.conflicts(laptop).flatMap { $0.values.compactMap(\.text) }
    let all = ([text] + open + files.keys).joined(separator: " ")
    return Set(writers.keys.filter { all.contains($0) })
  }

  private mutating func note(_ line: String) { story.append(line) }

  // MARK: Edits

  private mutating func word(_ laptop: Int) -> String {
    nextWord += 1
    let word = "w\(nextWord)x"
    writers[word] = laptop
    return word
  }

  private mutating func write(_ text: String, to name: String, _ laptop: Int) throws {
    note("\(laptop) writes \(name): \(text.debugDescription)")
    try office.write(text, to: name, on: laptop)
  }

  private mutating func setField(_ key: String, in name: String, _ laptop: Int) throws {
    var lines = try office.read(name, on: laptop).components(separatedBy: "\n")
    guard lines.first == "---" else { return }
    let line = "\(key): \(word(laptop))"
    if let place = lines.firstIndex(where: { $0.hasPrefix(key + ":") }) {
      lines[place] = line
    } else {
      lines.insert(line, at: 1)
    }
    try write(lines.joined(separator: "\n"), to: name, laptop)
  }

  private mutating func resolve(_ laptop: Int) throws {
    let open = try office.conflicts(laptop)
    guard let conflict = open.isEmpty ? nil : open[random.below(open.count)] else { return }
    let take = conflict.values[random.below(conflict.values.count)].take
    note("\(laptop) resolves \(conflict.name) by \(take)")
    _ = try office.book(laptop).resolve(conflict.name, take: take, value: nil)
  }

  private func body(of text: String) -> String.Index {
    text.range(of: "\n---\n")?.upperBound ?? text.startIndex
  }

  private mutating func typeWord(in name: String, _ laptop: Int) throws {
    var text = try office.read(name, on: laptop)
    var places = text[body(of: text)...].indices.filter { text[$0] == " " || text[$0] == "\n" }
    places.append(text.endIndex)
    text.insert(contentsOf: " " + word(laptop), at: places[random.below(places.count)])
    try write(text, to: name, laptop)
  }

  private mutating func deleteWords(in name: String, _ laptop: Int) throws {
    var text = try office.read(name, on: laptop)
    let places = text[body(of: text)...].indices.filter { text[$0] == " " }
    guard places.count > 1 else { return }
    let first = random.below(places.count - 1)
    let last = min(places.count - 1, first + 1 + random.below(3))
    let isReplaced = random.oneIn(2)
    text.replaceSubrange(places[first]..<places[last], with: isReplaced ? " " + word(laptop) : "")
    try write(text, to: name, laptop)
  }

  mutating func below(_ limit: Int) -> Int { random.below(limit) }
  mutating func oneIn(_ number: Int) -> Bool { random.oneIn(number) }
}
