import Foundation
import PropertyTesting
import Testing

@Suite(.serialized) struct CrashTests {
  /// Rounds in one run of the tests, in offices of 2 or 3 laptops.
  private static let offices = 4
  private static let roundsInOffice = 15

  @Test func `S1 F1 F5: whatever is killed whenever, nothing acknowledged is lost and no file is torn`() throws {
    let replay = environment("VALISE_SEED").flatMap { UInt64($0) }
    var rounds = 0
    var kills = 0
    for seed in replay.map({ $0...$0 }) ?? 1...UInt64(Self.offices) {
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
    print(
      "crash rounds: \(rounds), processes killed: \(kills), seeds \(replay.map { "\($0)" } ?? "1 to \(Self.offices)")")
    if replay == nil {
      #expect(rounds >= 50)
      #expect(kills >= rounds / 2)
    }
  }
}
