import Foundation
import LocalBook
import PropertyTesting
import Testing

@Suite struct FolderWeekTests {
  /// Folder weeks in one run of the tests.
  private static let wanted = 2_000

  @Test func `F1 F2 F3 F8 U19: whatever an office types, all folders end alike and no word is lost`() async throws {
    let total = try await OwnServer.running { port in
      try await withThrowingTaskGroup(of: Int.self) { group in
        var done = 0
        var seed: UInt64 = 0
        func start() {
          seed += 1
          let current = replayedSeed ?? seed
          group.addTask { try await Self.week(current, port) }
        }
        for _ in 0..<(isReplay ? 1 : 2) { start() }
        while let folders = try await group.next() {
          done += folders
          if !isReplay && done < Self.wanted { start() }
        }
        return done
      }
    }
    print("folder weeks: \(total)")
  }

  private static func week(_ seed: UInt64, _ port: Int) async throws -> Int {
    var random = SeededRandom(seed: seed)
    let steps = 6 + random.below(20)
    var week = try await FolderWeek(random, url: "valise://127.0.0.1:\(port)/week-\(seed)")
    do { try await week.run(steps: steps) } catch {
      Issue.record("replay with VALISE_SEED=\(seed)\n\(week.story.joined(separator: "\n"))")
      throw error
    }
    return week.folderCount
  }
}
