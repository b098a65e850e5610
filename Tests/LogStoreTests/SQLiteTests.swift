import Bytes
import Foundation
import History
import LogStore
import SyncProtocol
import SyncTesting
import Testing

/// What only a store on disk can do: come back, be copied, fill up.
@Suite struct SQLiteTests {
  @Test func `a store that is opened again is in the same epoch and has what it committed`() async throws {
    let folder = try Folder()
    var planner = Planner(try TestBook())
    var store = try folder.store()
    let standing = try await store.open()
    #expect(standing == StoreStanding(epoch: .numbered(1), epochNumber: 1, durability: .local, schema: 1))
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    try store.close()
    store = try folder.store(epoch: 2)
    #expect(try await store.open() == standing)
    #expect(try await store.states(of: [planner.book.id]) == [planner.state])
    try planner.book.type("more ", by: 0)
    #expect(try await store.append(try #require(try planner.plan(0, from: 1))) == .committed)
  }

  @Test func `a store that was read from leaves nothing beside its file when it closes`() async throws {
    let folder = try Folder()
    var planner = Planner(try TestBook())
    let store = try folder.store()
    _ = try await store.open()
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    #expect(try await store.states(of: [planner.book.id]) == [planner.state])
    try store.close()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.filter { $0.hasPrefix("log.sqlite") } == ["log.sqlite"])
  }

  @Test func `E1: a copy of the file opens another epoch, and plans of the old one are stale`() async throws {
    let folder = try Folder()
    var planner = Planner(try TestBook())
    let store = try folder.store()
    _ = try await store.open()
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    try store.close()
    try FileManager.default.copyItem(atPath: folder.path + "/log.sqlite", toPath: folder.path + "/copy.sqlite")
    let copy = try folder.store("copy.sqlite", epoch: 2)
    let standing = try await copy.open()
    #expect(standing.epoch == .numbered(2))
    #expect(standing.epochNumber == 2)
    let id = planner.book.id
    #expect(try await copy.states(of: [id])[0]?.chain == planner.state.chain)
    #expect(try await copy.seek(planner.state.cursor, in: id) == .otherEpoch)
    try planner.book.type("more ", by: 0)
    #expect(try await copy.append(try #require(try planner.plan(0, from: 1))) == .stale)
    try copy.close()
    // Once opened, it stays in that life.
    let again = try folder.store("copy.sqlite", epoch: 3)
    #expect(try await again.open() == standing)
    // A backup put back in the original's place is a copy too.
    try FileManager.default.removeItem(atPath: folder.path + "/log.sqlite")
    try again.close()
    try FileManager.default.copyItem(atPath: folder.path + "/copy.sqlite", toPath: folder.path + "/log.sqlite")
    #expect(try await folder.store(epoch: 4).open().epoch == .numbered(4))
  }

  @Test func `a file of another program, or of a later schema, is refused and left alone`() async throws {
    let folder = try Folder()
    try Data("not a database, but long enough to be taken for one by its size alone".utf8)
      .write(to: URL(fileURLWithPath: folder.path + "/log.sqlite"))
    await #expect(throws: StoreError.self) { _ = try await folder.store().open() }
    #expect(throws: StoreError.self) { _ = try folder.store("no/such/folder.sqlite") }
  }

  @Test func `a full disk refuses the append, keeps what was committed, and goes on once there is room`() async throws {
    let folder = try Folder()
    var planner = Planner(try TestBook())
    var store = try folder.store(pageLimit: 24)
    _ = try await store.open()
    #expect(try await store.append(try #require(try planner.plan(0, from: 0))) == .committed)
    var refused: AppendPlan?
    for number in 1..<40 where refused == nil {
      try planner.book.type((0..<400).map { "\($0 &* 7_919 % 1_009) " }.joined(), by: 0)
      let plan = try #require(try planner.plan(0, from: number))
      switch await outcome(of: plan, in: store) {
      case .success(let result): #expect(result == .committed)
      case .failure(let error):
        #expect(error == .readOnly(.diskFull))
        refused = plan
      }
    }
    let plan = try #require(refused)
    #expect(try await store.states(of: [planner.book.id]) == [plan.expected])
    #expect(await outcome(of: plan, in: store) == .failure(.readOnly(.diskFull)))
    try store.close()
    store = try folder.store()
    _ = try await store.open()
    #expect(try await store.states(of: [planner.book.id]) == [plan.expected])
    #expect(try await store.append(plan) == .committed)
  }

  @Test func `plans of many books that come at once are all committed`() async throws {
    let folder = try Folder()
    let store = try folder.store()
    _ = try await store.open()
    var plans: [AppendPlan] = []
    for number in 0..<100 {
      var planner = Planner(try TestBook(nonce: UInt8(number)), name: .of(ExactText("book-\(number)")))
      plans.append(try #require(try planner.plan(0, from: 0)))
    }
    let results = try await withThrowingTaskGroup(of: AppendResult.self) { group in
      for plan in plans { group.addTask { try await store.append(plan) } }
      return try await group.reduce(into: [AppendResult]()) { $0.append($1) }
    }
    #expect(results == Array(repeating: .committed, count: 100))
    #expect(try await store.states(of: plans.map(\.book)) == plans.map(\.next))
  }

  private func outcome(of plan: AppendPlan, in store: SQLiteLogStore) async -> Result<AppendResult, StoreError> {
    do throws(StoreError) { return .success(try await store.append(plan)) } catch { return .failure(error) }
  }
}
