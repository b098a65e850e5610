import BookFolder
import Bytes
import FolderTesting
import PropertyTesting
import Synchronization
import Testing

/// F1: a crash between any two calls, with and without a person who saves meanwhile.
struct CrashTests {
  private static let before = Array("before\n".utf8)
  private static let after = Array("after\n".utf8)

  private static let plan = WritePlan(
    id: 11,
    writes: [
      PlannedWrite(path: "a.md", before: before, after: after),
      PlannedWrite(path: "new/b.md", before: nil, after: after),
      PlannedWrite(path: "c.md", before: before, after: nil), PlannedWrite(path: "d.md", before: before, after: after),
    ])

  private func makeFolder() throws -> TestFolder {
    let folder = try TestFolder(inMemory: true)
    for name in ["a.md", "c.md", "d.md"] { try folder.write(name, Self.before) }
    return folder
  }

  /// Runs the plan until the given call, where the program dies; true when it came to its end.
  private func run(
    _ folder: TestFolder, _ journal: MemoryJournal, dyingAt last: Int, ability: Ability,
    meanwhile: @escaping @Sendable (_ call: Int) -> Void = { _ in }
  ) throws -> Bool {
    let calls = Mutex(0)
    let files = WatchedFiles(watcher: { (call, _) throws(SystemFailure) in
      let number = calls.withLock {
        $0 += 1; return $0
      }
      if number < last { meanwhile(number) }
      if number >= last { throw SystemFailure("killed", -1) }
      try ability.check(call)
    })
    journal.isDead = { calls.withLock { $0 } >= last }
    do {
      var writer = try FolderWriter(folder.root(files))
      _ = try writer.write(Self.plan, journal: journal)
    } catch is SystemFailure {} catch is FolderWriteFailure {}
    return !journal.isDead()
  }

  /// Words in common.
  private func similarity(_ a: [UInt8], _ b: [UInt8]) -> Double {
    let one = a.split(separator: 32)
    let other = b.split(separator: 32)
    return Double(one.count { other.contains($0) }) / Double(max(one.count, other.count, 1))
  }

  @Test(arguments: Ability.allCases)
  func `F1 after a crash at any call each file is before or after, and the plan can be finished`(_ ability: Ability)
    throws
  {
    var last = 1
    while true {
      let folder = try makeFolder()
      let journal = MemoryJournal()
      let isDone = try run(folder, journal, dyingAt: last, ability: ability)
      journal.isDead = { false }
      var writer = try FolderWriter(folder.root())
      if let plan = journal.plan {
        let found = try writer.recover(plan, similarity: similarity)
        for file in found {
          try #require(
            file.late == nil && (file.standing == .before || file.standing == .after), "call \(last): \(file)")
        }
        try writer.discard(plan)
        let rest = zip(plan.writes, found).filter { $0.1.standing == .before }.map { $0.0 }
        let outcome = try writer.write(WritePlan(id: 12, writes: rest), journal: journal)
        try #require(outcome.isSettled)
      } else if !isDone {
        let outcome = try writer.write(Self.plan, journal: journal)
        try #require(outcome.isSettled)
      }
      try #require(folder.visible == ["a.md": "after\n", "new/b.md": "after\n", "d.md": "after\n"], "call \(last)")
      if isDone { break }
      last += 1
    }
    #expect(last > 40)
    print("F1: \(last) crash points (\(ability)), all recovered")
  }

  @Test func `F1 a save at any moment before a crash at any later one is in a file or in what is recovered`() throws {
    var crashes = 0
    try forAll(1_500) { random in
      let folder = try makeFolder()
      let journal = MemoryJournal()
      let ability = Ability.allCases[random.below(3)]
      let way = SavingWay.allCases[random.below(SavingWay.allCases.count)]
      let target = ["a.md", "c.md", "d.md"][random.below(3)]
      let saveAt = 1 + random.below(50)
      let path = folder.path + "/" + target
      let saved = Mutex(false)
      let isDone = try run(folder, journal, dyingAt: saveAt + 1 + random.below(20), ability: ability) { call in
        if call == saveAt {
          way.save(path, "typed by a person\n")
          saved.withLock { $0 = true }
        }
      }
      guard !isDone, saved.withLock({ $0 }) else { return }
      crashes += 1
      let typed = Array("typed by a person\n".utf8)
      guard let plan = journal.plan else {
        try #require(folder.read(target) == "typed by a person\n")
        return
      }
      let found = try FolderWriter(folder.root()).recover(plan, similarity: similarity)
      let file = try #require(found.first { $0.write.path == ExactText(target) })
      let isEdit = if case .edited(typed, _) = file.standing { true } else { false }
      try #require(isEdit || file.late == typed, "\(way) of \(target) at \(saveAt), \(ability): \(file)")
    }
    #expect(isReplay || crashes > 500)
    print("F1: \(crashes) saves before a crash, none was lost")
  }

  @Test func `an edit made after a crash is told from before and after by what it resembles`() throws {
    let folder = try TestFolder()
    let before = "the meeting is at ten in the green room"
    let after = "the meeting is at eleven in the blue hall"
    let plan = WritePlan(
      id: 1,
      writes: ["a.md", "b.md", "c.md", "d.md"].map {
        PlannedWrite(path: ExactText($0), before: Array(before.utf8), after: Array(after.utf8))
      })
    try folder.write("a.md", before + " typed")
    try folder.write("b.md", after + " typed")
    try folder.write("d.md", "x")
    try folder.remove("d.md")
    try folder.link("d.md", to: "a.md")
    let found = try FolderWriter(folder.root()).recover(plan, similarity: similarity)
    #expect(
      found.map(\.standing) == [
        .edited(Array((before + " typed").utf8), of: .before), .edited(Array((after + " typed").utf8), of: .after),
        .missing,
        .obstructed,
      ])
  }
}
