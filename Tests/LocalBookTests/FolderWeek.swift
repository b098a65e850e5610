import Foundation
import LocalBook
import PropertyTesting
import Testing

/// A week of a small office: two to four folders, random edits in each, random syncs, and at the end everybody syncs.
///
/// The oracle stands outside: every edit types a word that occurs nowhere else, and notes which words its person
/// removed knowingly.
struct FolderWeek {
  private let folders: [TestFolder]
  private let people: [Environment]
  private var random: SeededRandom
  private var nextWord = 0
  /// Words that somebody typed, and nobody who saw them removed.
  private var typed: Set<String> = []
  /// What happened, a line a step: printed with a failure.
  private(set) var story: [String] = []

  init(_ random: SeededRandom, url: String) async throws {
    self.random = random
    let count = 2 + self.random.below(3)
    var folders: [TestFolder] = []
    for _ in 0..<count { folders.append(try TestFolder()) }
    self.folders = folders
    people = (0..<count).map { Environment.test("Person \($0)") }
    for name in ["one", "two"] {
      try folders[0].write(
        """
        ---
        title: \(name)
        topics: [a, b]
        # a comment
        lead: "[[anne]]"
        ---
        A first sentence stands here. Another follows it.

        A second paragraph.

        """,
        to: "engagements/\(name).md")
    }
    _ = try LocalBook.new(at: folders[0].path, name: "Person 0", people[0])
    _ = try await book(0).publish(url: url)
    for index in 1..<count {
      _ = try await LocalBook.join(url: url, at: folders[index].path + "/book", name: "Person \(index)", people[index])
    }
  }

  var folderCount: Int { folders.count }

  private func root(_ index: Int) -> String { index == 0 ? folders[0].path : folders[index].path + "/book" }

  private func book(_ index: Int) throws -> LocalBook {
    try LocalBook(at: root(index), people[index], command: "test")
  }

  mutating func run(steps: Int) async throws {
    for _ in 0..<steps {
      let folder = random.below(folders.count)
      switch random.below(10) {
      case 0...6: try edit(folder)
      case 7:
        story.append("\(folder) saves")
        _ = try book(folder).save()
      default:
        story.append("\(folder) syncs")
        _ = try await book(folder).sync(acceptDeletions: true)
      }
    }
    try await settle()
  }

  /// Everybody syncs until nothing moves: what one sends, the others get in the next round.
  private mutating func settle() async throws {
    for _ in 0..<2 {
      for index in folders.indices {
        let summary = try await book(index).sync(acceptDeletions: true)
        try #require(summary.outcome == .synced)
      }
    }
    let first = files(0)
    for index in folders.indices {
      if files(index) != first { story += differences(index, first) }
      try #require(files(index) == first, "folder \(index) holds other bytes than folder 0 (F3)")
      let again = try await book(index).sync()
      try #require(again.saved.files.isEmpty && again.received.isEmpty && again.sent == 0, "an echo (F8)")
      try #require(again.saved.trouble.isEmpty)
    }
    try #require(files(0) == first)
    let everything = first.values.map { String(decoding: $0, as: UTF8.self) }.joined() + first.keys.joined()
    let disputed = try book(0).conflicts().flatMap { $0.values.compactMap(\.text) }.joined(separator: " ")
    for word in typed.sorted() {
      try #require(
        everything.contains(word) || disputed.contains(word), "the word \(word) is in no file and no conflict (U19)")
    }
    try #require(!everything.contains("<<<<") && !everything.contains(">>>>"))
  }

  private func differences(_ index: Int, _ first: [String: Data]) -> [String] {
    let other = files(index)
    return Set(first.keys).union(other.keys).sorted().filter { first[$0] != other[$0] }.flatMap { name in
      [first[name], other[name]].map { bytes in
        "\(index) \(name): \(bytes.map { String(decoding: $0, as: UTF8.self).debugDescription } ?? "none")"
      }
    }
  }

  private func files(_ index: Int) -> [String: Data] {
    let root = root(index)
    var found: [String: Data] = [:]
    for name in FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) ?? []
    where name.hasSuffix(".md") && !name.hasPrefix(".valise") {
      found[name] = FileManager.default.contents(atPath: root + "/" + name)
    }
    return found
  }

  // MARK: Edits

  private mutating func word() -> String {
    nextWord += 1
    let word = "word\(nextWord)x"
    typed.insert(word)
    return word
  }

  /// A person sees what goes and lets it go.
  private mutating func forget(_ text: some StringProtocol) {
    for word in typed where text.contains(word) { typed.remove(word) }
  }

  /// Whoever edits a disputed field has settled it, and has been shown what for.
  private mutating func decide(_ conflicts: [ConflictLine]) {
    for value in conflicts.flatMap(\.values) { forget(value.text ?? "") }
  }

  private mutating func edit(_ folder: Int) throws {
    let names = files(folder).keys.sorted()
    guard let name = names.isEmpty ? nil : names[random.below(names.count)] else { return try create(folder) }
    let path = root(folder) + "/" + name
    var text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    let open = try book(folder).conflicts().filter { $0.file == name }
    switch random.below(16) {
    case 0: return try create(folder)
    case 1:
      story.append("\(folder) deletes \(name)")
      forget(text)
      forget(name)
      decide(open)
      return try FileManager.default.removeItem(atPath: path)
    case 2:
      forget(name)
      decide(open.filter { $0.field == "path" })
      try FileManager.default.createDirectory(atPath: root(folder) + "/notes", withIntermediateDirectories: true)
      let new = root(folder) + "/notes/" + word() + ".md"
      story.append("\(folder) renames \(name) to \(new)")
      return try FileManager.default.moveItem(atPath: path, toPath: new)
    case 3, 4:
      let key = ["title", "room", "purpose"][random.below(3)]
      setField(key, in: &text)
      decide(open.filter { $0.field == key })
    case 5 where text.contains("topics: ["):
      text = text.replacingOccurrences(of: "topics: [", with: "topics: [\(word()), ")
      decide(open.filter { $0.field == "topics" })
    case 6: text = text.replacingOccurrences(of: "# a comment", with: "# a comment \(random.below(100))")
    case 7: removeLine(&text)
    default: typeWord(&text)
    }
    story.append("\(folder) writes \(name): \(text.debugDescription)")
    try save(text, to: path)
  }

  private mutating func create(_ folder: Int) throws {
    try FileManager.default.createDirectory(atPath: root(folder) + "/people", withIntermediateDirectories: true)
    let path = root(folder) + "/people/\(["anne", "ben", "Ben", "carla"][random.below(4)]).md"
    guard !FileManager.default.fileExists(atPath: path) else { return }
    story.append("\(folder) creates \(path) with word\(nextWord + 1)x")
    try save("---\nname: \(word())\n---\nSome text about \(word()).\n", to: path)
  }

  private mutating func setField(_ key: String, in text: inout String) {
    var lines = text.components(separatedBy: "\n")
    let new = "\(key): \(word())"
    if let place = lines.firstIndex(where: { $0.hasPrefix(key + ":") }) {
      forget(lines[place])
      lines[place] = new
    } else if lines.first == "---" {
      lines.insert(new, at: 1)
    } else {
      return typed = typed.subtracting([String(new.dropFirst(key.count + 2))])
    }
    text = lines.joined(separator: "\n")
  }

  private mutating func removeLine(_ text: inout String) {
    var lines = text.components(separatedBy: "\n")
    guard let fence = lines.dropFirst().firstIndex(of: "---"), fence + 1 < lines.count - 1 else { return }
    forget(lines.remove(at: fence + 1 + random.below(lines.count - fence - 2)))
    text = lines.joined(separator: "\n")
  }

  /// Into the body, at the end of a random word.
  private mutating func typeWord(_ text: inout String) {
    let body = text.range(of: "\n---\n")?.upperBound ?? text.startIndex
    var places = text[body...].indices.filter { text[$0] == " " || text[$0] == "\n" }
    places.append(text.endIndex)
    text.insert(contentsOf: " " + word(), at: places[random.below(places.count)])
  }

  private mutating func save(_ text: String, to path: String) throws {
    if random.oneIn(2) {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } else if FileManager.default.fileExists(atPath: path) {
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.truncate(atOffset: 0)
      try file.write(contentsOf: Data(text.utf8))
      try file.close()
    } else {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
  }
}
