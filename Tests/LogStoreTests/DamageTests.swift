import Formats
import GRDB
import LogStore
import SyncProtocol
import SyncTesting
import Testing

/// Rows that the disk has changed: they are not given out, and the error says which.
@Suite struct DamageTests {
  /// A closed store with a log of three positions, and its book.
  private static func closed(in folder: borrowing Folder) async throws -> Planner {
    let store = try folder.store()
    _ = try await store.open()
    var planner = Planner(try TestBook())
    for number in 0..<3 {
      if number > 0 { try planner.book.type("word \(number) ", by: 0) }
      let plan = try #require(try planner.plan(0, from: number))
      #expect(try await store.append(plan) == .committed)
    }
    try store.close()
    return planner
  }

  private static func alter(_ folder: borrowing Folder, _ change: String) throws {
    let queue = try DatabaseQueue(path: folder.path + "/log.sqlite")
    try queue.write { try $0.execute(sql: "UPDATE entry SET \(change) WHERE position = 2") }
    try queue.close()
  }

  @Test(arguments: [
    // The length, the type and the flags of the first frame; a byte of what it holds; one too many.
    "body = CAST(x'41' || substr(body, 2) AS BLOB)",
    "body = CAST(substr(body, 1, 4) || x'12' || substr(body, 6) AS BLOB)",
    "body = CAST(substr(body, 1, 5) || x'01' || substr(body, 7) AS BLOB)",
    "body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB)", "body = CAST(body || x'00' AS BLOB)",
    "body = CAST(substr(body, 1, length(body) - 1) AS BLOB)", "sections = sections + 1", "count = 0", "count = 1 << 40",
    "first = 9223372036854775807", "signature = x'00'", "id = x'00'", "body = 7",
  ])
  func `an entry that a client could not take is not given out`(change: String) async throws {
    let folder = try Folder()
    let planner = try await Self.closed(in: folder)
    try Self.alter(folder, change)
    let store = try folder.store()
    _ = try await store.open()
    // What is sound before it is, however much would fit.
    var selection = LogSelection(after: .zero, through: planner.state.position)
    for limit in [1, 1 << 20] {
      let page = try await store.entries(of: planner.book.id, selection, limit: limit)
      #expect(page.entries.map(\.position.rawValue) == [1] && page.next?.rawValue == 1)
    }
    selection.after = try #require(Position(1))
    do throws(StoreError) {
      _ = try await store.entries(of: planner.book.id, selection, limit: 1 << 20)
      Issue.record("given out")
    } catch {
      guard case .corrupt(let what) = error, what.hasPrefix("position 2: ") else {
        Issue.record("\(error)")
        return
      }
    }
    try store.close()
  }

  @Test(arguments: ["known = x'00'", "known = CAST(known || x'00' AS BLOB)"])
  func `what later runs are judged by is said to be damaged with its position`(change: String) async throws {
    let folder = try Folder()
    let planner = try await Self.closed(in: folder)
    try Self.alter(folder, change)
    let store = try folder.store()
    _ = try await store.open()
    do throws(StoreError) {
      _ = try await store.known(of: planner.book.id, after: .zero)
      Issue.record("given out")
    } catch {
      guard case .corrupt(let what) = error, what.hasPrefix("position 2: known") else {
        Issue.record("\(error)")
        return
      }
    }
    try store.close()
  }
}
