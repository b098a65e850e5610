import Bytes
import History
import LogStore
import SyncProtocol
import SyncTesting
import Testing

/// What laptops have kept of a book, on every store.
@Suite struct KeptTests {
  private func place(_ device: UInt64, _ position: UInt64) throws -> KeptPlace {
    KeptPlace(device: DeviceID(number: device), position: try #require(Position(position)))
  }

  /// A log of six positions: the founder's at 1, 3 and 5 (two changes), another author's at 2, 4 and 6.
  private func filled(_ store: any LogStore) async throws -> TestBook {
    _ = try await store.open()
    var planner = Planner(try TestBook())
    planner.book.addAuthor()
    var made = [1, 0]
    var plans = [try #require(try planner.plan(0, from: 0))]
    for author in [1, 0, 1, 0, 1] {
      let count = author == 0 && made[0] == 2 ? 2 : 1
      for _ in 0..<count { try planner.book.type("word ", by: author) }
      plans.append(try #require(try planner.plan(author, from: made[author])))
      made[author] += count
    }
    for plan in plans { #expect(try await store.append(plan) == .committed) }
    return planner.book
  }

  @Test(arguments: StoreKind.allCases)
  func `others' changes are counted up to where a laptop has kept, and nobody's place goes back`(
    kind: StoreKind
  ) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    let book = try await filled(store)
    let founder = book.authors[0].device
    #expect(try await store.received(of: book.id, since: 0, by: founder) == nil)
    #expect(try await store.keep([place(7, 2), place(8, 5)], of: book.id))
    #expect(try await store.keep([KeptPlace(device: founder, position: #require(Position(6)))], of: book.id))
    // Not beyond the log, not back, not of a book that is not here.
    #expect(try await !store.keep([place(9, 7), place(8, 4), place(8, 5)], of: book.id))
    #expect(try await !store.keep([place(9, 1)], of: .zero))
    let told = try #require(try await store.received(of: book.id, since: 0, by: DeviceID(number: 8)))
    #expect(
      Set(told.laptops) == [
        Received.Laptop(device: DeviceID(number: 7), changes: 2), Received.Laptop(device: founder, changes: 3),
      ])
    #expect(try await store.keep([place(7, 6)], of: book.id))
    let news = try #require(try await store.received(of: book.id, since: told.mark, by: founder))
    #expect(news.laptops == [Received.Laptop(device: DeviceID(number: 7), changes: 7)])
    #expect(try await store.received(of: book.id, since: news.mark, by: founder) == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func `more laptops than fit come in parts, none twice and none left out`(kind: StoreKind) async throws {
    let folder = try Folder()
    let store = try kind.make(in: folder)
    let book = try await filled(store)
    for device in 0..<UInt64(400) { _ = try await store.keep([place(1_000 + device, 1)], of: book.id) }
    var (mark, found) = (UInt64(0), [DeviceID]())
    while let news = try await store.received(of: book.id, since: mark, by: book.authors[0].device) {
      #expect(news.laptops.count <= SyncLimits.laptopsTold)
      found += news.laptops.map(\.device)
      mark = news.mark
    }
    #expect(found.count == 400 && Set(found).count == 400)
  }

  @Test func `it is there when the file is opened again`() async throws {
    let folder = try Folder()
    let book: TestBook
    do {
      let store = try folder.store()
      book = try await filled(store)
      _ = try await store.keep([place(7, 6)], of: book.id)
      try store.close()
    }
    let store = try folder.store()
    _ = try await store.open()
    let told = try await store.received(of: book.id, since: 0, by: book.authors[0].device)
    #expect(told?.laptops == [Received.Laptop(device: DeviceID(number: 7), changes: 7)])
  }
}
