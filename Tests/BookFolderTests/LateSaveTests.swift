import BookFolder
import Bytes
import FolderTesting
import PropertyTesting
import Synchronization
import Testing

/// F5 and U4: a person's save between the last look and the swap, in every way that editors save.
struct LateSaveTests {
  private static let rounds = 10_000

  @Test(arguments: [Ability.all, .noExchange, .noFlags])
  func `F5 U4 no byte is lost when a save lands between look and swap, 10,000 times`(_ ability: Ability) throws {
    let folder = try TestFolder(inMemory: true)
    let count = ability == .all ? Self.rounds : Self.rounds / 5
    var landed = 0
    var random = SeededRandom(seed: 4_242)
    for round in 0..<count {
      let way = SavingWay.allCases[random.below(SavingWay.allCases.count)]
      let path = folder.path + "/a.md"
      let typed = "typed in round \(round)\n"
      try save(path, "before\n")
      let deletes = random.oneIn(4)
      // In the instant itself; where there is no such instant, at any call.
      let moment =
        ability == .all ? (deletes ? "take" : "exchange") : ["take", "move", "status", "read"][random.below(4)]
      let saved = Mutex(false)
      let files = WatchedFiles(watcher: { (call, name) throws(SystemFailure) in
        let isSwap = call == moment && (name == Array("a.md".utf8) || name == Array("9-0.new".utf8))
        if isSwap,
          !saved.withLock({
            let was = $0; $0 = true; return was
          })
        {
          way.save(path, typed)
        }
        try ability.check(call)
      })
      let write = PlannedWrite(
        path: "a.md", before: Array("before\n".utf8), after: deletes ? nil : Array("after\n".utf8))
      let journal = MemoryJournal()
      let plan = WritePlan(id: 9, writes: [write])
      var writer = try FolderWriter(folder.root(files))
      let outcome = try writer.write(plan, journal: journal)
      if saved.withLock({ $0 }) {
        landed += 1
        let bytes = Array(typed.utf8)
        let told = outcome.files[0].late == bytes || outcome.files[0].state == .changed(bytes)
        let isThere = folder.read("a.md") == typed
        try #require(told || isThere, "round \(round): \(way) at \(moment): \(outcome.files)")
        if outcome.files[0].late != nil { try #require(!outcome.isSettled && journal.plan == plan) }
      } else {
        try #require(outcome.isSettled)
      }
      try writer.discard(plan)
      try? folder.remove(".valise")
      try? folder.remove("a.md")
    }
    try #require(ability == .all ? landed == Self.rounds : landed > count / 3)
    print("F5 U4: \(landed) saves landed in the instant of \(count) swaps (\(ability)), none was lost")
  }

  @Test func `F5 two saves in the instant, where there is no exchange, are both told`() throws {
    let folder = try TestFolder()
    let path = folder.path + "/a.md"
    try folder.write("a.md", "before\n")
    let files = WatchedFiles(watcher: { (call, name) throws(SystemFailure) in
      if call == "take", name == Array("a.md".utf8) { SavingWay.truncateInPlace.save(path, "first\n") }
      if call == "move", name == Array("a.md".utf8) { SavingWay.truncateInPlace.save(path, "second\n") }
      try Ability.noExchange.check(call)
    })
    var writer = try FolderWriter(folder.root(files))
    let write = PlannedWrite(path: "a.md", before: Array("before\n".utf8), after: Array("after\n".utf8))
    let outcome = try writer.write(WritePlan(id: 9, writes: [write]), journal: MemoryJournal())
    #expect(outcome.files == [FileOutcome(state: .changed(Array("second\n".utf8)), late: Array("first\n".utf8))])
    #expect(folder.read("a.md") == "second\n")
  }

  @Test(arguments: SavingWay.scripts)
  func `U4 an editor's way of saving is found by the scan, and in the instant of the swap`(_ script: SaveScript) throws
  {
    let folder = try TestFolder()
    try folder.write("notes/a.md", "before\n")
    let index = try FolderScan(folder.root(), index: FileIndex(), now: later()).index
    try folder.run(script.text)
    let edited = folder.read("notes/a.md")
    #expect(edited != "before\n" && edited != nil)
    let scan = try FolderScan(folder.root(), index: index, now: later())
    #expect(
      scan.changed.map { String(decoding: $0.bytes, as: UTF8.self) } == [edited] && scan.gone.isEmpty
        && scan.new.isEmpty)

    try folder.write("notes/a.md", "before\n")
    let path = folder.path
    let files = WatchedFiles(watcher: { (call, _) throws(SystemFailure) in
      if call == "exchange" { try? shell("cd '\(path)'; \(script.text)") }
    })
    var writer = try FolderWriter(folder.root(files))
    let write = PlannedWrite(path: "notes/a.md", before: Array("before\n".utf8), after: Array("after\n".utf8))
    let outcome = try writer.write(WritePlan(id: 9, writes: [write]), journal: MemoryJournal())
    #expect(outcome.files[0].late.map { String(decoding: $0, as: UTF8.self) } == edited)
    #expect(folder.read("notes/a.md") == "after\n")
  }
}

/// What a file system can do.
enum Ability: CaseIterable {
  case all
  case noExchange
  /// Neither exchange nor a rename that spares what is there.
  case noFlags

  func check(_ call: String) throws(SystemFailure) {
    if call == "exchange" && self != .all || call == "move" && self == .noFlags {
      throw SystemFailure("renameat2", 22)
    }
  }
}
