import BookFolder
import Foundation
import LocalBook
import PropertyTesting

/// A book of notes that people wrote over a few days, made by the laptop's own use cases, and its files.
struct SampleBook {
  /// Gone with `remove`.
  let folder: URL
  let snapshot: [UInt8]
  let bundle: [UInt8]
  let light: [UInt8]

  /// About 32 KB as a snapshot.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "inspect-\(UUID().uuidString)")
    let root = folder.appending(path: "book")
    try FileManager.default.createDirectory(at: root.appending(path: "notes"), withIntermediateDirectories: true)
    var random = SeededRandom(seed: 7)
    let environment = Self.environment
    for note in 0..<20 { try Self.write(note, &random, at: root) }
    let book = try LocalBook.new(at: root.path, name: "Nora Field", environment).root
    for day in 0..<6 {
      for note in 0..<3 { try Self.write(day * 3 + note, &random, at: root) }
      _ = try LocalBook(at: book, environment, command: "test").save(message: "day \(day)")
    }
    let (snapshot, bundle) = (folder.appending(path: "a.snapshot"), folder.appending(path: "a.bundle"))
    let open = try LocalBook(at: book, environment, command: "test")
    _ = try open.export(to: snapshot.path)
    _ = try open.createBundle(at: bundle.path, since: "~3")
    let light = folder.appending(path: "a.light")
    _ = try open.export(to: light.path, light: true)
    self.light = Array(try Data(contentsOf: light))
    self.snapshot = Array(try Data(contentsOf: snapshot))
    self.bundle = Array(try Data(contentsOf: bundle))
  }

  func remove() throws { try FileManager.default.removeItem(at: folder) }

  private static var environment: Environment {
    Environment(
      now: { Int64(Date().timeIntervalSince1970 * 1_000_000_000) },
      randomBytes: { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      }, personName: { "Nora Field" })
  }

  private static func write(_ number: Int, _ random: inout SeededRandom, at root: URL) throws {
    var text = "---\ntitle: Note \(number)\n---\n"
    for _ in 0..<200 {
      text += String((0..<2 + random.below(8)).map { _ in "etaoinshrdlucmfw".randomLetter(&random) })
      text += random.oneIn(12) ? ".\n" : " "
    }
    try Data((text + "\n").utf8).write(to: root.appending(path: "notes/\(number).md"))
  }
}

extension String {
  fileprivate func randomLetter(_ random: inout SeededRandom) -> Character {
    self[index(startIndex, offsetBy: random.below(count))]
  }
}
