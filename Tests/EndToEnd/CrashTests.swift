import Foundation
import PropertyTesting
import Testing

@Suite(.serialized) struct CrashTests {
  /// Rounds in one run of the tests, in offices of 2 or 3 laptops.
  private static let offices = 20
  private static let roundsInOffice = 15

  @Test func `new and publish, killed and asked again: a book of every note, byte for byte`() throws {
    let rounds = 16
    var random = SeededRandom(seed: replayedSeed ?? 16)
    var kills = 0
    // How long a command takes here that is left alone.
    var usual = Duration.milliseconds(40)
    let place = try Place()
    let server = try Server(place)
    for round in 0..<rounds {
      let folder = "book\(round)"
      for number in 0..<20 {
        try place.write("---\ntitle: \(number)\n---\nText of note \(number).\n", to: "\(folder)/notes/n\(number).md")
      }
      let notes = place.notes(folder)
      for (command, ending) in [
        (["new", folder], "is a book already"), (["-C", folder, "publish", server.url(folder)], ""),
      ] {
        let running = try Running(place, "valise", command)
        usleep(UInt32(1 + random.below(max(1, Int(usual / .microseconds(1))))))
        running.signal(SIGKILL)
        let ended = try running.wait()
        if ended.wasKilled { kills += 1 }
        let again = try Running(place, "valise", command).wait()
        if again.code == 0 { usual = again.took }
        let isThere = !ending.isEmpty && again.errors.contains(ending)
        try #require(again.code == 0 || isThere, "\(command): \(again.errors)")
        try #require(place.notes(folder) == notes)
      }
      let status = try place.valise("-C", folder, "sync", "--json")
      try #require(status.code == 0 && place.notes(folder) == notes, "\(status.errors)")
      try #require(place.valise("join", server.url(folder), folder + "b").code == 0)
      try #require(place.notes(folder + "b") == notes)
    }
    print("making a book: \(rounds) rounds, processes killed: \(kills)")
    #expect(kills >= rounds / 2)
  }

  @Test func `S1 F1 F5: whatever is killed whenever, nothing acknowledged is lost and no file is torn`() throws {
    var rounds = 0
    var kills = 0
    for seed in replayedSeed.map({ $0...$0 }) ?? 1...UInt64(Self.offices) {
      var office = try CrashOffice(SeededRandom(seed: seed), laptops: 2 + Int(seed % 2))
      do {
        for _ in 0..<Self.roundsInOffice {
          try office.round()
          rounds += 1
        }
        try office.settle()
      } catch {
        Issue.record("replay with VALISE_SEED=\(seed)\n\(office.story.joined(separator: "\n"))")
        throw error
      }
      kills += office.kills
    }
    let seeds = replayedSeed.map { "\($0)" } ?? "1 to \(Self.offices)"
    print("crash rounds: \(rounds), processes killed: \(kills), seeds \(seeds)")
    if !isReplay {
      #expect(rounds >= 300)
      #expect(kills >= rounds / 3)
    }
  }
}
