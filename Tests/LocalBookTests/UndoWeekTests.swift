import Foundation
import LocalBook
import PropertyTesting
import Testing

@Suite struct UndoWeekTests {
  @Test func `one laptop alone: undo and redo walk through the very bytes of every version`() throws {
    try forAll(60) { random in
      let folder = try TestFolder()
      for (name, text) in UndoWeek.files { try folder.write(text, to: name) }
      _ = try LocalBook.new(at: folder.path, name: nil, .test())
      var (versions, place) = ([folder.files], 0)
      for step in 0..<24 {
        switch random.below(5) {
        case 0, 1:
          for part in 0...random.below(3) { try edit(folder, "\(step)-\(part)", &random) }
          let report = try folder.open().save()
          if report.files.isEmpty { continue }
          versions = versions[...place] + [folder.files]
          place += 1
        case 2...3 where place > 0:
          _ = try folder.open().undo()
          place -= 1
        default:
          guard place < versions.count - 1 else { continue }
          _ = try folder.open().redo()
          place += 1
        }
        let words = { (files: [String: Data]) in
          files.mapValues { String(decoding: $0, as: UTF8.self) }.sorted { $0.key < $1.key }
        }
        try #require(
          folder.files == versions[place], "step \(step): \(words(folder.files)) instead of \(words(versions[place]))")
      }
    }
  }

  private func edit(_ folder: TestFolder, _ word: String, _ random: inout SeededRandom) throws {
    let names = folder.files.keys.sorted()
    let name = names.isEmpty ? "" : names[random.below(names.count)]
    switch names.isEmpty ? 0 : random.below(8) {
    case 0: try folder.write("New \(word).\n", to: "notes/n\(word).md")
    case 1: try folder.remove(name)
    case 2: try folder.move(name, to: "notes/m\(word).md")
    case 3: try folder.write(try folder.read(name).replacingOccurrences(of: "[a", with: "[\(word), a"), to: name)
    case 4:
      let text = try folder.read(name)
      try folder.write(text.hasPrefix("---\n") ? "---\nf\(word): 1 # why\n" + text.dropFirst(4) : text, to: name)
    default:
      var words = try folder.read(name).components(separatedBy: " ")
      let place = random.below(words.count)
      if random.oneIn(2) { words.insert(word, at: place) } else { words[place] = word }
      try folder.write(words.joined(separator: " "), to: name)
    }
  }

  @Test func `U20: own and remote edits interleaved, undo ×10, redo ×10: own only, and ends where it began`()
    async throws
  {
    try await weeks(30) { week, laptops in
      for _ in 0..<(12 + week.below(16)) { try await Self.step(&week, laptops) }
      try await week.office.syncAll()
      let before = week.office.files(0)
      var count = 0
      while count < 10, try week.undo(0) { count += 1 }
      for _ in 0..<count { try #require(try week.redo(0)) }
      try #require(week.office.files(0) == before, "not where it began after \(count)")
      try await week.office.syncAll()
    }
  }

  @Test func `U20: everybody takes things back at any time, with syncs between: nobody's words are lost by another`()
    async throws
  {
    try await weeks(30) { week, laptops in
      for _ in 0..<(16 + week.below(24)) {
        let laptop = week.below(laptops)
        switch week.below(4) {
        case 0: _ = try week.undo(laptop)
        case 1 where week.oneIn(2): _ = try week.redo(laptop)
        default: try await Self.step(&week, laptops)
        }
      }
      try await week.office.syncAll()
      for laptop in 0..<laptops { try week.office.requireNoEcho(laptop) }
    }
  }

  private static func step(_ week: inout UndoWeek, _ laptops: Int) async throws {
    let laptop = week.below(laptops)
    switch week.below(6) {
    case 0: try await week.sync(laptop)
    case 1: try week.save(laptop)
    default: try week.edit(laptop)
    }
  }

  private func weeks(_ count: Int, _ body: (inout UndoWeek, Int) async throws -> Void) async throws {
    for seed in replayedSeed.map({ $0...$0 }) ?? 1...UInt64(count) {
      var random = SeededRandom(seed: seed)
      let laptops = 2 + random.below(2)
      let people = (0..<laptops).map { Environment.test("Person \($0)") }
      let rest = random
      try await Office.running(people, files: UndoWeek.files) { office in
        var week = UndoWeek(office, laptops: laptops, rest)
        do { try await body(&week, laptops) } catch {
          Issue.record("replay with VALISE_SEED=\(seed)\n\(week.story.joined(separator: "\n"))")
          throw error
        }
      }
    }
  }
}
