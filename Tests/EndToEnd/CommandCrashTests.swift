import Foundation
import ProgramTesting
import PropertyTesting
import Testing

/// Every command that writes the folder, killed in front of a system call that changes a disk: the next one brings all
/// to the current version, and nothing is lost (folder.md 6).
@Suite(.serialized) struct CommandCrashTests {
  private static let calls = [
    "renameat2,renameat,rename", "unlinkat,unlink", "fsync,fdatasync,syncfs", "pwrite64", "write", "openat,mkdirat",
  ]
  /// Of one kind of call, a seeded choice.
  private static let pointsOfCall = 4

  /// A command, and the laptop that it is run on.
  enum Deed: String, CaseIterable {
    case sync, restore, undo, resolve, apply, share, move
  }

  /// A laptop `two` before it does what is to be killed; returns the words of the command.
  private func prepared(_ place: Place, _ deed: Deed, _ server: Server) throws -> [String] {
    for name in ["a", "b", "c", "d"] {
      try place.write("---\ntitle: \(name)\n---\nSome text of \(name), long enough.\n", to: "one/notes/\(name).md")
    }
    try run(place, "new", "one", "--name", "Anne")
    try run(place, "-C", "one", "publish", server.url("book"))
    try run(place, "join", server.url("book"), "two", "--name", "Ben")
    if deed == .resolve {
      try place.write("---\ntitle: Ben's\n---\nSome text of d, long enough.\n", to: "two/notes/d.md")
    }
    let then = try version(place, "two")
    try place.write("---\ntitle: changed\n---\nSome text of a, long enough.\n", to: "one/notes/a.md")
    try place.write("---\ntitle: Anne's\n---\nSome text of d, long enough.\n", to: "one/notes/d.md")
    try place.write("New.\n", to: "one/people/new.md")
    try FileManager.default.removeItem(at: place.url("one/notes/b.md"))
    try FileManager.default.moveItem(at: place.url("one/notes/c.md"), to: place.url("one/notes/renamed.md"))
    try run(place, "-C", "one", "sync")
    switch deed {
    case .sync: return ["-C", "two", "sync"]
    case .restore:
      try run(place, "-C", "two", "sync")
      return ["-C", "two", "restore", then]
    case .undo:
      try run(place, "-C", "two", "sync")
      try place.write("---\ntitle: mine\n---\nMine.\n", to: "two/notes/a.md")
      try FileManager.default.removeItem(at: place.url("two/notes/d.md"))
      try place.write("Mine as well.\n", to: "two/notes/mine.md")
      try run(place, "-C", "two", "save")
      return ["-C", "two", "undo"]
    case .resolve:
      try run(place, "-C", "two", "sync")
      return ["-C", "two", "resolve", "notes/d.md:title", "--value", "Settled"]
    case .apply:
      try run(place, "bundle", "create", "-C", "one", place.url("bundle").path)
      return ["bundle", "apply", "-C", "two", place.url("bundle").path]
    case .share, .move:
      try place.write("---\ntitle: draft\n---\nA private thought.\n", to: "two/private/people/idea.md")
      try run(place, "-C", "two", "sync")
      if deed == .share { return ["-C", "two", "share", "private/people/idea.md", "topics/fresh/idea.md"] }
      try FileManager.default.createDirectory(at: place.url("two/topics"), withIntermediateDirectories: true)
      try FileManager.default.moveItem(at: place.url("two/private/people/idea.md"), to: place.url("two/topics/idea.md"))
      try FileManager.default.moveItem(at: place.url("two/notes/d.md"), to: place.url("two/private/d.md"))
      return ["-C", "two", "save"]
    }
  }

  private func run(_ place: Place, _ words: String...) throws {
    let ended = try Running(place, "valise", words).wait()
    try #require(ended.code == 0, "\(words): \(ended.errors)")
  }

  private func version(_ place: Place, _ folder: String) throws -> String {
    let ended = try place.valise("-C", folder, "status", "--json")
    return try #require(ended.objects().first?["version"] as? String)
  }

  private func hashes(_ place: Place, _ folder: String) throws -> Set<String> {
    var hashes: Set<String> = []
    for more in [[], ["--private"]] {
      let ended = try Running(place, "valise", ["-C", folder, "log", "-n", "1000", "--json"] + more).wait()
      hashes.formUnion(try ended.objects().compactMap { $0["version"] as? String })
    }
    return hashes
  }

  private func copy(to folder: String, _ place: Place) throws {
    try? FileManager.default.removeItem(at: place.url(folder))
    try FileManager.default.copyItem(at: place.url("two"), to: place.url(folder))
  }

  @Test(arguments: Deed.allCases)
  func `F1 F5: killed in front of any call, then asked again: all is as if nothing had happened`(deed: Deed) throws {
    let place = try Place()
    let server = try Server(place)
    let words = try prepared(place, deed, server)
    let before = place.notes("two")
    let known = try deed == .move ? [] : hashes(place, "two")
    func onCopy(_ folder: String) -> [String] { words.map { $0 == "two" ? folder : $0 } }
    try copy(to: "calm", place)
    let calm = try Running(place, "valise", onCopy("calm")).wait()
    try #require(calm.code == 0, "\(calm.errors)")
    let expected = place.notes("calm")
    try #require(deed == .move || expected != before)

    var random = SeededRandom(seed: replayedSeed ?? 7)
    var kills = 0
    for calls in Self.calls {
      try copy(to: "counted", place)
      let count = try Tracing(place: place, folder: "counted", calls: calls).count(onCopy("counted"))
      let points = Array(Array(1...max(1, count)).shuffled(using: &random).prefix(Self.pointsOfCall))
      for point in points {
        try copy(to: "crashed", place)
        let tracing = Tracing(place: place, folder: "crashed", calls: calls)
        let ended = try tracing.run(onCopy("crashed"), .kill(at: point))
        guard ended.wasKilled else { continue }
        kills += 1
        let status = try place.valise("-C", "crashed", "status", "--json")
        try #require(status.code == 0, "\(deed) \(calls) \(point): \(status.errors)")
        try #require(status.objects().first?["behind"] as? Int == 0)
        let found = place.notes("crashed")
        try #require(found == before || found == expected, "\(deed) \(calls) \(point): \(found.keys.sorted())")
        try #require(hashes(place, "crashed").isSuperset(of: known), "\(deed) \(calls) \(point): a change is lost")
        let rests = try FileManager.default.contentsOfDirectory(atPath: place.url("crashed/.valise/tmp").path)
        try #require(rests.isEmpty, "\(deed) \(calls) \(point): \(rests) are left behind")
        // What was done already is not done twice; what was not, is done now.
        if found != expected {
          let again = try Running(place, "valise", onCopy("crashed")).wait()
          try #require(again.code == 0, "\(deed) \(calls) \(point): \(again.errors)")
          try #require(place.notes("crashed") == expected, "\(deed) \(calls) \(point), asked again")
        }
        let end = try place.valise("-C", "crashed", "status", "--json")
        try #require((end.objects().first?["saved"] as? [Any])?.isEmpty == true, "an echo (F8)")
      }
    }
    print("\(deed) on port \(server.port): \(kills) kills")
    #expect(kills > 4)
  }
}
