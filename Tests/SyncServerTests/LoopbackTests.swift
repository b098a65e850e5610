import Bytes
import Formats
import History
import LogStore
import Signing
import SyncClient
import SyncProtocol
import SyncServer
import SyncTesting
import Testing

/// Laptops and a server over real sockets.
@Suite struct LoopbackTests {
  @Test func `a book is published, joined, and one word crosses in one round trip`() async throws {
    let server = try await TestServer.start()
    var book = try TestBook()
    for number in 0..<20 { try book.type("word \(number) ", by: 0) }
    let published = try await server.publish(book)
    #expect(published.acknowledged == book.head(of: 0))

    let other = book.addAuthor()
    let laptop = Laptop()
    let joined = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .named(.of("visit")), device: book.authors[other].device, outgoing: [], vector: VersionVector()),
      receiver: laptop)
    #expect(joined.book == book.id)
    #expect(laptop.runs == [try book.run(0)])
    #expect(laptop.state.cursor == joined.cursor)
    #expect(joined.changesDown == 21)

    try book.type("bilateral ", by: 0)
    let word = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(book.id, published.cursor), device: book.authors[0].device, outgoing: [try book.run(0, from: 21)],
        vector: book.vector),
      receiver: Laptop())
    #expect(word.roundTrips == 1)
    #expect(word.bytesUp < 300)
    #expect(word.bytesDown < 200)

    let before = laptop.state.deliveries.count
    let news = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(book.id, joined.cursor), device: book.authors[other].device, outgoing: [],
        vector: VersionVector()),
      receiver: laptop)
    #expect(laptop.state.deliveries.count == before + 1)
    #expect(news.cursor == word.cursor)
    let nothing = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(book.id, news.cursor), device: book.authors[other].device, outgoing: [],
        vector: VersionVector()),
      receiver: laptop)
    #expect(nothing.bytesUp < 120)
    #expect(nothing.bytesDown < 120)
    await server.server.stop()
  }

  @Test func `laptops that write at once all get in, and all see the same log`() async throws {
    let server = try await TestServer.start()
    var book = try TestBook()
    let start = try await server.publish(book)
    let base = book.heads
    for number in 1...8 {
      book.addAuthor()
      for word in 0..<5 { try book.type("\(number):\(word) ", by: number, on: word == 0 ? base : nil) }
    }
    let cast = book
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...8 {
        group.addTask {
          // Authors' changes build on each other's in this book; each waits until what it was made on is there.
          for word in 0..<5 {
            let run = try cast.run(number, from: word, count: 1)
            while true {
              do {
                _ = try await SyncClient.exchange(
                  with: server.address,
                  SyncRequest(
                    book: .known(cast.id, start.cursor), device: cast.authors[number].device, outgoing: [run],
                    vector: cast.vector),
                  receiver: Laptop())
                break
              } catch SyncFailure.refused(let error) where error.code == .unknownParent {
                try await Task.sleep(for: .milliseconds(5))
              }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let authors = try await server.store.authors(of: book.id)
    #expect(authors.map(\.device) == book.vector.counts.map(\.device))
    #expect(authors.map { $0.head.seq + 1 } == book.vector.counts.map(\.count))
    let laptop = Laptop()
    let report = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(book.id, nil), device: DeviceID(number: 1), outgoing: [], vector: VersionVector()),
      receiver: laptop)
    #expect(laptop.runs.count == 41)
    #expect(report.cursor?.position.rawValue == 41)
    await server.server.stop()
  }

  @Test func `a long book comes in pages, and a laptop that breaks off goes on where it was`() async throws {
    let server = try await TestServer.start()
    var (book, cursor) = (try TestBook(), Cursor?.none)
    cursor = try await server.publish(book).cursor
    for number in 0..<12 {
      var state = UInt64(number + 1)
      let text = (0..<60_000).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return String(state >> 40, radix: 36) + " "
      }.joined()
      try book.type(text, by: 0)
    }
    let runs = try (1...12).map { try book.run(0, from: $0, count: 1) }
    let size = runs.reduce(0) { $0 + $1.sections.reduce(0) { $0 + $1.packed.count } }
    #expect(size > 5 << 19)
    let sent = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(book: .known(book.id, cursor), device: book.authors[0].device, outgoing: runs, vector: book.vector),
      receiver: Laptop())
    #expect(sent.acknowledged == book.head(of: 0))
    #expect(sent.bytesUp > size)
    #expect(sent.bytesDown < 2_000)

    let broken = Laptop(breaksAtPage: 1)
    let device = DeviceID(number: 5)
    await #expect(throws: SyncFailure.self) {
      _ = try await SyncClient.exchange(
        with: server.address,
        SyncRequest(book: .named(.of("visit")), device: device, outgoing: [], vector: VersionVector()),
        receiver: broken)
    }
    let middle = broken.state
    #expect(middle.pages == 1)
    let rest = Laptop(pause: .milliseconds(20))
    let report = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(book.id, middle.cursor), device: device, outgoing: [], vector: VersionVector()),
      receiver: rest)
    #expect(broken.runs + rest.runs == [try book.run(0, from: 0, count: 1)] + runs)
    #expect(report.cursor == sent.cursor)
    #expect(rest.state.pages > 1)
    await server.server.stop()
  }

  @Test func `a server that lost its epoch is reconciled over the socket`() async throws {
    let store = MemoryLogStore(epoch: .numbered(1))
    let first = try await TestServer.start(store)
    var book = try TestBook()
    let published = try await first.publish(book)
    await first.server.stop()
    await store.begin(.numbered(2))
    let server = try await TestServer.start(store)
    try book.type("meanwhile ", by: 0)
    let run = try book.run(0, from: 1)
    let laptop = Laptop(lookup: { _ in [run] })
    let report = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(book.id, published.cursor), device: book.authors[0].device, outgoing: [run],
        vector: book.vector),
      receiver: laptop)
    #expect(report.news == .newEpoch)
    #expect(report.roundTrips == 2)
    #expect(report.acknowledged == book.head(of: 0))
    #expect(report.cursor?.epoch == .numbered(2))
    #expect(laptop.state.cursor == report.cursor)
    await server.server.stop()
  }

  @Test func `a server that goes down tells those who wait, and its port is free`() async throws {
    let server = try await TestServer.start()
    let book = try TestBook()
    _ = try await server.publish(book)
    let waiting = try RawClient(port: server.server.port)
    waiting.send(Preamble.bytes + Frame.hello(Hello(device: DeviceID(number: 1))).encoded() + Frame.ping([7]).encoded())
    #expect(try waiting.receive() == Frame.pong([7]).encoded())
    await server.server.stop()
    let goodbye = try waiting.receiveAll()
    #expect(goodbye == Frame.goodbye(retryAfter: 1_000).encoded())
    await #expect(throws: SyncFailure.self) { _ = try await server.publish(book) }
  }

  @Test func `without a server a laptop soon knows, and why`() async throws {
    let server = try await TestServer.start()
    await server.server.stop()
    let book = try TestBook()
    let clock = ContinuousClock()
    for (host, port, reasons) in [
      ("127.0.0.1", server.server.port, [SyncFailure.Unreachable.refused]),
      ("no-such-host.invalid", 7420, [.nameNotFound, .noAnswer]), ("192.0.2.1", 7420, [.noAnswer, .refused]),
    ] {
      let began = clock.now
      do throws(SyncFailure) {
        _ = try await SyncClient.exchange(
          with: ServerAddress(host: host, port: port),
          SyncRequest(
            book: .known(book.id, nil), device: book.authors[0].device, outgoing: [], vector: VersionVector()),
          receiver: Laptop())
        Issue.record("\(host) answered")
      } catch {
        guard case .unreachable(let reason) = error else {
          Issue.record("\(host): \(error)")
          continue
        }
        #expect(reasons.contains(reason))
      }
      // Two seconds and a little on an idle machine; a busy one must not turn this into a test of its load.
      #expect(clock.now - began < .seconds(10))
    }
  }
}
