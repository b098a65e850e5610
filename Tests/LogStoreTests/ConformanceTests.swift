import Bytes
import History
import LogStore
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// G1 to G6, on every store.
@Suite struct ConformanceTests {
  @Test(arguments: StoreKind.allCases)
  func `G1 G2: what was committed is read back in order, with chain hashes`(kind: StoreKind) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    _ = try await store.open()
    var planner = Planner(try TestBook())
    var plans: [AppendPlan] = []
    for number in 0..<5 {
      if number > 0 { try planner.book.type("word \(number) ", by: 0) }
      plans.append(try #require(try planner.plan(0, from: number)))
    }
    for plan in plans { #expect(try await store.append(plan) == .committed) }
    let id = planner.book.id
    #expect(try await store.states(of: [id, BookID.zero]) == [planner.state, nil])
    #expect(try await store.book(named: planner.name) == id)
    #expect(try await store.name(of: id) == planner.name)
    let page = try await store.entries(
      of: id, LogSelection(after: .zero, through: planner.state.position), limit: 1 << 20)
    #expect(page == LogPage(entries: plans.flatMap { $0.entries.map(\.entry) }, next: nil))
    #expect(page.entries.map(\.position.rawValue) == [1, 2, 3, 4, 5])
    #expect(page.entries.last?.chain == planner.state.chain)
  }

  @Test(arguments: StoreKind.allCases)
  func `G3: a plan for a book that stands elsewhere is stale and writes nothing`(kind: StoreKind) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    _ = try await store.open()
    var planner = Planner(try TestBook())
    let first = try #require(try planner.plan(0, from: 0))
    #expect(try await store.append(first) == .committed)
    #expect(try await store.append(first) == .stale)
    try planner.book.type("one ", by: 0)
    let second = try #require(try planner.plan(0, from: 1))
    try planner.book.type("two ", by: 0)
    let third = try #require(try planner.plan(0, from: 2))
    #expect(try await store.append(third) == .stale)
    let otherEpoch = AppendPlan(
      expected: BookState(
        book: second.book, epoch: .numbered(2), position: second.expected.position, chain: second.expected.chain),
      name: nil, entries: second.entries, next: second.next)
    #expect(try await store.append(otherEpoch) == .stale)
    let otherChain = AppendPlan(
      expected: BookState(
        book: second.book, epoch: second.expected.epoch, position: second.expected.position,
        chain: ChainHash(.zero)), name: nil, entries: second.entries, next: second.next)
    #expect(try await store.append(otherChain) == .stale)
    #expect(try await store.states(of: [second.book]) == [first.next])
    #expect(try await store.authors(of: second.book).map(\.head.seq) == [0])
    #expect(try await store.append(second) == .committed)
    #expect(try await store.append(third) == .committed)
  }

  @Test(arguments: StoreKind.allCases)
  func `G3: a name belongs to one book`(kind: StoreKind) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    _ = try await store.open()
    var one = Planner(try TestBook(nonce: 1))
    var other = Planner(try TestBook(nonce: 2))
    #expect(try await store.append(try #require(try one.plan(0, from: 0))) == .committed)
    #expect(try await store.append(try #require(try other.plan(0, from: 0))) == .stale)
    #expect(try await store.states(of: [other.book.id]) == [nil])
    #expect(try await store.book(named: one.name) == one.book.id)
  }

  @Test(arguments: StoreKind.allCases)
  func `G3: of two writers that plan on the same state one commits`(kind: StoreKind) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    _ = try await store.open()
    var planner = Planner(try TestBook())
    planner.book.addAuthor()
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    let base = planner.book.heads
    try planner.book.type("one ", by: 0, on: base)
    try planner.book.type("other ", by: 1, on: base)
    var rival = planner
    let plans = [try #require(try planner.plan(0, from: 1)), try #require(try rival.plan(1, from: 0))]
    let results = try await withThrowingTaskGroup(of: AppendResult.self) { group in
      for plan in plans { group.addTask { try await store.append(plan) } }
      return try await group.reduce(into: [AppendResult]()) { $0.append($1) }
    }
    #expect(results.filter { $0 == .committed }.count == 1)
    #expect(results.filter { $0 == .stale }.count == 1)
  }

  @Test(arguments: StoreKind.allCases)
  func `G4: what is kept beside the runs judges the next ones alike`(kind: StoreKind) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    _ = try await store.open()
    var planner = Planner(try TestBook())
    planner.book.addAuthor()
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    let base = planner.book.heads
    try planner.book.type("one ", by: 0, on: base)
    try planner.book.type("two ", by: 1, on: base)
    try planner.book.type("both ", by: 1)
    #expect(try await store.append(try #require(try planner.plan(0, from: 1))) == .committed)
    #expect(try await store.append(try #require(try planner.plan(1, from: 0))) == .committed)
    let id = planner.book.id
    let known = try #require(KnownHistory(try await store.known(of: id, after: .zero)))
    #expect(known.vector == planner.book.vector)
    #expect(known.graph.version == planner.known.graph.version)
    let authors = try await store.authors(of: id)
    #expect(authors.map(\.device) == planner.book.vector.counts.map(\.device))
    for (number, author) in planner.book.authors.enumerated() {
      let here = try #require(authors.first { $0.device == author.device })
      #expect(here.head == planner.book.head(of: number))
      #expect(here.key == author.key.publicKey)
      #expect(try await store.author(author.device, of: id) == here)
      #expect(known.key(of: author.device) == here.key)
    }
    #expect(try await store.author(DeviceID(number: 1), of: id) == nil)
    // A repeated run has the position it had.
    let again = Sequencer.plan(
      [try planner.book.run(0, from: 1)], on: planner.state, naming: nil, known: known,
      cryptography: Signing.cryptography)
    #expect(again.verdicts == [.duplicate(try #require(Position(2)))])
    #expect(again.plan == nil)
    #expect(try await store.known(of: id, after: try #require(Position(2))).map(\.position.rawValue) == [3])
  }

  @Test(arguments: StoreKind.allCases)
  func `G6: pages are whole entries, in order, without gaps, whatever the limit`(kind: StoreKind) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    _ = try await store.open()
    var planner = Planner(try TestBook())
    planner.book.addAuthor()
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    for number in 0..<12 {
      try planner.book.type(String(repeating: "long ", count: 40 + number * 40), by: number % 2)
      let from = planner.known.vector[planner.book.authors[number % 2].device]
      let plan = try #require(try planner.plan(number % 2, from: Int(from)))
      #expect(try await store.append(plan) == .committed)
    }
    let id = planner.book.id
    let all = LogSelection(after: .zero, through: planner.state.position)
    let whole = try await store.entries(of: id, all, limit: 1 << 20).entries
    #expect(whole.count == 13)
    for limit in [1, 100, 300, 1_000] {
      var selection = all
      var entries: [LogEntry] = []
      var pages = 0
      while true {
        let page = try await store.entries(of: id, selection, limit: limit)
        entries += page.entries
        pages += 1
        guard let next = page.next else { break }
        selection.after = next
      }
      #expect(entries == whole)
      #expect(pages > 1)
    }
    let middle = LogSelection(after: whole[2].position, through: whole[6].position)
    #expect(try await store.entries(of: id, middle, limit: 1 << 20).entries == Array(whole[3...6]))
    // By vector: only runs with something that is lacked.
    var vector = VersionVector()
    vector[planner.book.authors[0].device] = 3
    var lacking = all
    lacking.lackedBy = vector
    let lacked = try await store.entries(of: id, lacking, limit: 1 << 20).entries
    #expect(lacked == whole.filter { $0.last >= vector[$0.device] })
    #expect(lacked.count == 10)
    // The asker's own runs come without their sections.
    var asked = all
    asked.asker = planner.book.authors[1].device
    let light = try await store.entries(of: id, asked, limit: 1 << 20).entries
    for (light, full) in zip(light, whole) {
      #expect(light.id == full.id)
      #expect(light.sections == (full.device == asked.asker ? [] : full.sections))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a cursor is on the chain, off it, beyond it, or of another epoch`(kind: StoreKind) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    _ = try await store.open()
    var planner = Planner(try TestBook())
    let start = planner.state
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    let first = planner.state
    try planner.book.type("one ", by: 0)
    #expect(try await store.append(try #require(try planner.plan(0, from: 1))) == .committed)
    let id = planner.book.id
    for state in [start, first, planner.state] {
      #expect(try await store.seek(state.cursor, in: id) == .onChain)
      let wrong = CursorClaim(
        epoch: state.epoch, position: state.position, chain: ChainHash(.zero).prefix)
      #expect(try await store.seek(wrong, in: id) == .offChain)
      let other = CursorClaim(epoch: .numbered(9), position: state.position, chain: state.chain.prefix)
      #expect(try await store.seek(other, in: id) == .otherEpoch)
    }
    let beyond = CursorClaim(
      epoch: first.epoch, position: planner.state.position.next, chain: planner.state.chain.prefix)
    #expect(try await store.seek(beyond, in: id) == .beyondHead)
  }
}

extension KnownHistory {
  /// Nil when a run does not follow from those before it.
  fileprivate init?(_ runs: [KnownRun]) {
    self.init()
    for run in runs { guard append(run) else { return nil } }
  }
}
