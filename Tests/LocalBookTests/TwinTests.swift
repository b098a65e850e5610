import Foundation
import LocalBook
import PropertyTesting
import Testing

/// U10: what two people did alike at the same time is there once, and nobody has to look.
@Suite struct TwinTests {
  private let note = "notes/a.md"
  private let text = "---\ntitle: A\n---\nThe first sentence. The second one is teh last.\n\nA paragraph.\n"

  /// Both do the same and exchange it; in the end all folders hold the text that either wrote.
  private func both(
    _ laptops: Int = 2, file: String, _ edit: (String) -> String
  ) async throws {
    let people = ["Anne", "Ben", "Carl"].prefix(laptops).map { Environment.test($0) }
    try await Office.running(Array(people), files: [note: text]) { office in
      let wanted = edit(text)
      for laptop in 0..<laptops { try office.write(wanted, to: note, on: laptop) }
      try await office.syncAll()
      try await office.syncAll()
      #expect(try office.read(note, on: 0) == wanted)
      #expect(try office.conflicts(0).isEmpty)
      for laptop in 0..<laptops {
        let again = try await office.sync(laptop)
        #expect(again.together.isEmpty && again.sent == 0 && again.received.isEmpty && again.standing.unsent == 0)
        try office.requireNoEcho(laptop)
      }
    }
  }

  @Test(arguments: [
    ("The second", "A new sentence. The second"), ("teh last.", "teh last. One more."), ("teh", "the"),
    ("A paragraph.\n", "A paragraph.\n\nAnother paragraph, added whole.\n"), ("The first sentence. ", ""),
    ("sentence. The second one", "sentence. Something else altogether"), ("A paragraph.", "Ein Absatz. Ein Absatz."),
    ("first", "very first"), ("The second one is teh", "A second two are the"),
    ("first sentence", "prime sentences, both of them"),
  ])
  func `U10: the same sentence added, the same words corrected: once, on two laptops and on three`(
    old: String, new: String
  ) async throws {
    for laptops in 2...3 {
      try await both(laptops, file: note) { $0.replacingOccurrences(of: old, with: new) }
    }
  }

  @Test func `U10: the same new file on two laptops is one file; another one of its name stands beside it`()
    async throws
  {
    try await Office.running(files: [note: text]) { office in
      for laptop in 0...1 {
        try office.write("---\ntitle: New\n---\nAlike.\n", to: "notes/same.md", on: laptop)
        try office.write("Of laptop \(laptop).\n", to: "notes/other.md", on: laptop)
      }
      try await office.syncAll()
      try await office.syncAll()
      #expect(
        office.files(0).keys.sorted()
          == ["book/notes/a.md", "book/notes/other (2).md", "book/notes/other.md", "book/notes/same.md"])
      #expect(try office.read("notes/same.md", on: 1) == "---\ntitle: New\n---\nAlike.\n")
      #expect(try office.conflicts(0).isEmpty)
      try office.requireNoEcho(1)
      // It is one entry: an edit of it arrives.
      try office.replace("Alike", with: "Edited", in: "notes/same.md", on: 1)
      try await office.syncAll()
      #expect(try office.read("notes/same.md", on: 0).contains("Edited"))
    }
  }

  @Test func `U10: alike in one sentence and not in another: the one is there once, both edits of the other`()
    async throws
  {
    try await Office.running(files: [note: text]) { office in
      for laptop in 0...1 {
        let mine = laptop == 0 ? "A long paragraph." : "A paragraph of mine."
        try office.write(
          text.replacingOccurrences(of: "teh", with: "the").replacingOccurrences(of: "A paragraph.", with: mine),
          to: note, on: laptop)
      }
      try await office.syncAll()
      try await office.syncAll()
      let merged = try office.read(note, on: 0)
      #expect(merged.contains("The second one is the last.") && merged.contains("A long paragraph of mine."))
    }
  }

  @Test func `U10: a bundle brings the same sentence: once`() async throws {
    try await Office.running(files: [note: text]) { office in
      let wanted = text.replacingOccurrences(of: "A paragraph.", with: "A paragraph. And more.")
      for laptop in 0...1 { try office.write(wanted, to: note, on: laptop) }
      _ = try office.book(1).createBundle(at: office.root(1) + "/b", since: nil)
      _ = try office.book(0).apply(office.root(1) + "/b")
      #expect(try office.read(note, on: 0) == wanted)
      let line = try #require(try office.book(0).log(limit: 1).first)
      #expect(line.message.contains("there once"))
    }
  }

  /// Whoever merges what when: the copies that two laptops take out at the same time are the same.
  @Test func `U10: any order of edits alike and apart, on three laptops: every word once`() async throws {
    for seed in replayedSeed.map({ [$0] }) ?? Array(1...6) {
      var random = SeededRandom(seed: seed)
      try await Office.running([.test("Anne"), .test("Ben"), .test("Carl")], files: [note: text]) { office in
        var expected: Set<String> = []
        for step in 0..<6 {
          let word = "alike\(step)x"
          let place = ["The first sentence. ", "A paragraph."][random.below(2)]
          for laptop in 0...2 where !random.oneIn(3) || laptop == 0 {
            let now = try office.read(note, on: laptop)
            guard now.contains(place) else { continue }
            expected.insert(word)
            try office.write(
              now.replacingOccurrences(of: place, with: "\(place)A sentence \(word). "), to: note, on: laptop)
          }
          let own = random.below(3)
          expected.insert("own\(step)x")
          try office.write(try office.read(note, on: own) + "Line own\(step)x.\n", to: note, on: own)
          for _ in 0..<random.below(4) { try await office.sync(random.below(3)) }
        }
        for _ in 0..<3 { try await office.syncAll() }
        let merged = try office.read(note, on: 0)
        for word in expected.sorted() {
          #expect(merged.contains(word), "\(word) is lost (VALISE_SEED=\(seed))")
        }
        #expect(try await office.sync(0).standing.unsent == 0)
        try office.requireNoEcho(0)
      }
    }
  }
}
