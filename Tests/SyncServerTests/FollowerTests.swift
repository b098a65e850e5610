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

/// Laptops that stay connected over real sockets.
@Suite struct FollowerTests {
  /// A laptop on a line of its own, which keeps what comes at once.
  private struct Follower {
    let line: SyncLine
    private var events: AsyncStream<SyncLine.Event>.Iterator
    var deliveries: [Delivery] = []
    var news: [Received] = []

    init(_ server: TestServer, _ request: SyncRequest) async throws {
      var request = request
      request.follows = true
      request.mark = 0
      line = try await SyncLine.open(to: server.address, request, timeouts: SyncTimeouts())
      events = line.events.makeAsyncIterator()
    }

    enum Ended: Error { case finished, failed(SyncFailure), closed }

    /// Goes on to the next rest.
    mutating func rest() async throws -> SyncReport {
      while let event = await events.next() {
        switch event {
        case .effect(.rested(let report)): return report
        case .effect(let effect): try take(effect)
        case .finished: throw Ended.finished
        case .failed(let failure): throw Ended.failed(failure)
        }
      }
      throw Ended.closed
    }

    /// Goes on to news of other laptops.
    mutating func hear() async throws {
      let before = news.count
      while news.count == before, let event = await events.next() {
        guard case .effect(let effect) = event else { throw Ended.closed }
        try take(effect)
      }
    }

    private mutating func take(_ effect: ClientSession.Effect) throws {
      switch effect {
      case .deliver(let page, _):
        deliveries += page
        line.delivered()
      case .received(let received): news.append(received)
      case .lookUp: line.supply([])
      default: break
      }
    }
  }

  private static func request(_ book: TestBook, _ cursor: Cursor?, _ device: UInt64) -> SyncRequest {
    SyncRequest(
      book: .known(book.id, cursor), device: DeviceID(number: device), outgoing: [], vector: VersionVector())
  }

  @Test func `only those who follow a book hear of it, and only once it is on the disk`() async throws {
    let server = try await TestServer.start()
    var (one, other) = (try TestBook(nonce: 1), try TestBook(nonce: 2))
    let first = try await server.publish(one, as: .of("one"))
    let second = try await server.publish(other, as: .of("other"))
    var author = try await Follower(
      server,
      SyncRequest(
        book: .known(one.id, first.cursor), device: one.authors[0].device, outgoing: [], vector: one.vector))
    var follower = try await Follower(server, Self.request(one, first.cursor, 8))
    var stranger = try await Follower(server, Self.request(other, second.cursor, 9))
    _ = try await author.rest()
    _ = try await follower.rest()
    _ = try await stranger.rest()
    try one.type("bilateral ", by: 0)
    author.line.send([try one.run(0, from: 1)], vector: one.vector)
    let heard = try await follower.rest()
    #expect(follower.deliveries == [.run(try one.run(0, from: 1), id: try #require(one.head(of: 0)).id)])
    #expect(try await server.store.states(of: [one.id])[0]?.position == heard.cursor?.position)
    #expect(heard.bytesDown < 250 && heard.bytesUp < 60)
    let sent = try await author.rest()
    #expect(sent.acknowledged == one.head(of: 0))
    // The other book's first news is its own.
    try other.type("elsewhere ", by: 0)
    let report = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(other.id, second.cursor), device: other.authors[0].device, outgoing: [try other.run(0, from: 1)],
        vector: other.vector), receiver: Laptop())
    let elsewhere = try await stranger.rest()
    #expect(stranger.deliveries.count == 1 && elsewhere.cursor == report.cursor)
    await server.server.stop()
  }

  @Test func `one who reads nothing keeps nobody waiting, and hears all in the end`() async throws {
    let server = try await TestServer.start()
    var book = try TestBook()
    let start = try await server.publish(book)
    let device = book.authors[0].device
    let asleep = try RawClient(port: server.server.port)
    let claim = try #require(start.cursor?.claim)
    asleep.send(
      Preamble.bytes + Frame.hello(Hello(features: .following, device: DeviceID(number: 6))).encoded()
        + Frame.open(.known(book.id, claim)).encoded(ends: true))
    var follower = try await Follower(server, Self.request(book, start.cursor, 8))
    _ = try await follower.rest()
    var cursor = start.cursor
    for number in 1...300 {
      try book.type("word \(number) ", by: 0)
      let report = try await SyncClient.exchange(
        with: server.address,
        SyncRequest(
          book: .known(book.id, cursor), device: device, outgoing: [try book.run(0, from: number)], vector: book.vector),
        receiver: Laptop())
      cursor = report.cursor
    }
    while follower.deliveries.count < 300 { _ = try await follower.rest() }
    // WELCOME and one NOTIFY were all that lay there.
    let lay = try FrameStream.frames(asleep.receive())
    #expect(lay.count == 2)
    guard case .notify(let place) = lay.last?.frame, case .welcome(let welcome) = lay.first?.frame else {
      Issue.record("\(lay)")
      return
    }
    asleep.send(
      Frame.follow(LogPlace(position: welcome.position, chain: welcome.chain)).encoded(ends: true))
    var all: [UInt8] = []
    while !(try FrameStream.frames(all).contains { if case .notify = $0.frame { true } else { false } }) {
      all += try asleep.receive()
    }
    let heard = try FrameStream.frames(all).filter { if case .logged = $0.frame { true } else { false } }
    #expect(UInt64(heard.count) == place.position.rawValue - welcome.position.rawValue)
    await server.server.stop()
  }

  @Test func `what a laptop has kept comes to those who ask, and to those who follow`() async throws {
    let server = try await TestServer.start(limits: ServerLimits(received: .milliseconds(20)))
    var book = try TestBook()
    let start = try await server.publish(book)
    let device = book.authors[0].device
    var watching = try await Follower(server, Self.request(book, start.cursor, 8))
    _ = try await watching.rest()
    try book.type("bilateral ", by: 0)
    let request = SyncRequest(
      book: .known(book.id, start.cursor), device: device, outgoing: [try book.run(0, from: 1)], vector: book.vector)
    let sent = try await SyncClient.exchange(with: server.address, request, receiver: Laptop())
    _ = try await watching.rest()
    // Another laptop joins with a plain exchange, and has all.
    var joining = SyncRequest(
      book: .named(.of("visit")), device: DeviceID(number: 9), outgoing: [], vector: VersionVector())
    joining.mark = 0
    _ = try await SyncClient.exchange(with: server.address, joining, receiver: Laptop())
    try await watching.hear()
    #expect(watching.news.last?.laptops == [Received.Laptop(device: DeviceID(number: 9), changes: 2)])
    var asking = request
    asking.outgoing = []
    asking.book = .known(book.id, sent.cursor)
    asking.mark = 0
    let laptop = Laptop()
    _ = try await SyncClient.exchange(with: server.address, asking, receiver: laptop)
    let told = try #require(laptop.state.news.last)
    #expect(
      Set(told.laptops) == [
        Received.Laptop(device: DeviceID(number: 8), changes: 2),
        Received.Laptop(device: DeviceID(number: 9), changes: 2),
      ])
    // Asked again, with nothing new, nothing comes.
    asking.mark = told.mark
    let again = Laptop()
    _ = try await SyncClient.exchange(with: server.address, asking, receiver: again)
    #expect(again.state.news.isEmpty)
    await server.server.stop()
  }

  @Test func `nobody counts as having what was only sent to them`() async throws {
    let server = try await TestServer.start()
    let book = try TestBook()
    _ = try await server.publish(book)
    let raw = try RawClient(port: server.server.port)
    raw.send(
      Preamble.bytes + Frame.hello(Hello(features: .received, device: DeviceID(number: 6))).encoded()
        + Frame.open(.known(book.id, nil)).encoded(ends: true))
    var all: [UInt8] = []
    while !(try FrameStream.frames(all).contains { if case .section = $0.frame { true } else { false } }) {
      all += try raw.receive()
    }
    var asking = SyncRequest(
      book: .known(book.id, nil), device: DeviceID(number: 7), outgoing: [], vector: VersionVector())
    asking.mark = 0
    let laptop = Laptop()
    _ = try await SyncClient.exchange(with: server.address, asking, receiver: laptop)
    #expect(laptop.state.news.isEmpty)
    guard case .welcome(let welcome) = try FrameStream.frames(all).first?.frame else { return }
    raw.send(
      Frame.kept(LogPlace(position: welcome.position, chain: welcome.chain)).encoded() + Frame.ping([]).encoded())
    #expect(try raw.receive() == Frame.pong([]).encoded())
    let now = Laptop()
    // The server writes it on the side; it is there soon.
    for _ in 0..<500 where now.state.news.isEmpty {
      _ = try await SyncClient.exchange(with: server.address, asking, receiver: now)
    }
    #expect(now.state.news.first?.laptops == [Received.Laptop(device: DeviceID(number: 6), changes: 1)])
    await server.server.stop()
  }

  @Test func `a server that goes down says so to those who follow`() async throws {
    let server = try await TestServer.start()
    let book = try TestBook()
    let start = try await server.publish(book)
    var follower = try await Follower(server, Self.request(book, start.cursor, 8))
    _ = try await follower.rest()
    await server.server.stop()
    do {
      _ = try await follower.rest()
      Issue.record("it rests")
    } catch Follower.Ended.failed(.refused(let error)) {
      #expect(error == WireError(.shutdown, retryAfter: 1_000))
    }
  }
}

/// Frames of a stream that may end anywhere.
enum FrameStream {
  static func frames(_ bytes: [UInt8]) throws -> [Message] {
    var reader = FrameReader(ceiling: SyncLimits.sectionFrame)
    reader.append(bytes)
    var messages: [Message] = []
    while let message = try reader.next() { messages.append(message) }
    return messages
  }
}
