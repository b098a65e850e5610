import Bytes
import Formats
import History
import PropertyTesting
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// Laptops that stay connected, and are told when the book's log grows.
@Suite struct FollowTests {
  /// A published book, and a request of its author to follow it.
  private static func world() throws -> (book: TestBook, log: TestLog, request: SyncRequest) {
    let (book, log, cursor) = try ExchangeTests.published()
    var request = ExchangeTests.request(book, 0, cursor)
    request.follows = true
    request.mark = 0
    return (book, log, request)
  }

  /// A laptop that reads along and never wrote.
  private static func reader(_ number: UInt64, of request: SyncRequest) -> SyncRequest {
    var reader = request
    reader.device = DeviceID(number: number)
    return reader
  }

  @Test func `a word that one laptop sends reaches the others, told first and asked for then`() throws {
    var (book, log, request) = try Self.world()
    var followers = Followers(log)
    followers.connect(request)
    for number in 1...3 { followers.connect(Self.reader(UInt64(number), of: request)) }
    followers.settle()
    #expect(followers.lines.allSatisfy { $0.rests.count == 1 && $0.notified == 0 })
    let before = followers.lines.map { ($0.up, $0.down) }
    try book.type("bilateral ", by: 0)
    let run = try book.run(0, from: 3)
    followers.send([run], vector: book.vector, from: 0)
    followers.settle()
    log = followers.log
    let head = try #require(book.head(of: 0))
    #expect(followers.lines[0].deliveries == [.own(first: 3, count: 1, id: head.id)])
    #expect(followers.lines[0].rests.last?.acknowledged == head)
    for line in followers.lines {
      #expect(line.cursor == log.state.cursor && line.rests.count == 2 && line.failure == nil)
    }
    #expect(followers.lines.map(\.notified) == [0, 1, 1, 1])
    #expect(followers.lines[1].deliveries == [.run(run, id: head.id)])
    // The author's device wrote it; the others said that they have it.
    #expect(log.kept[request.device] == Position(1))
    for number in 1...3 { #expect(log.kept[DeviceID(number: UInt64(number))] == log.state.position) }
    print(
      "a word: \(followers.lines[0].up - before[0].0) up, \(followers.lines[0].down - before[0].1) down; "
        + "to a watcher \(followers.lines[1].down - before[1].1) down, \(followers.lines[1].up - before[1].0) up")
    #expect(followers.lines[1].down - before[1].1 < 250 && followers.lines[1].up - before[1].0 < 60)
  }

  @Test func `a laptop that does not read is told once, whatever the log does, and then hears it all`() throws {
    var (book, log, request) = try Self.world()
    var followers = Followers(log)
    followers.connect(request)
    followers.connect(Self.reader(7, of: request))
    followers.settle()
    let quiet = followers.lines[1].toClient.count
    for number in 3..<203 {
      try book.type("word ", by: 0)
      followers.send([try book.run(0, from: number)], vector: book.vector, from: 0)
      followers.settle(but: [1])
      try #require(followers.lines[0].rests.last?.acknowledged == book.head(of: 0))
      // All that waits for the one who does not read: a single NOTIFY.
      try #require(followers.lines[1].toClient.count - quiet < 32)
    }
    #expect(followers.lines[1].notified == 1)
    followers.settle()
    log = followers.log
    #expect(followers.lines[1].cursor == log.state.cursor)
    #expect(followers.lines[1].deliveries.count == 200 && followers.lines[1].notified == 2)
  }

  @Test func `any laptops that write at any time, their bytes cut anywhere, all end with the same log`() throws {
    try forAll(150) { random in
      var (book, log, request) = try Self.world()
      let count = 2 + random.below(3)
      for _ in 1..<count { book.addAuthor() }
      var followers = Followers(log)
      for author in 0..<count {
        var request = request
        request.device = book.authors[author].device
        followers.connect(request)
      }
      var made = [3] + Array(repeating: 0, count: count - 1)
      var acknowledged = made
      for _ in 0..<150 {
        let line = random.below(count)
        switch random.below(10) {
        case 0:
          // On what everybody has, so that no laptop needs another's run first.
          try book.type("\(line) ", by: line, on: [book.authors[0].chain[2].id])
          made[line] += 1
        case 1:
          if let head = followers.lines[line].rests.last?.acknowledged { acknowledged[line] = Int(head.seq) + 1 }
          if made[line] > acknowledged[line] {
            let run = try book.run(line, from: acknowledged[line], count: made[line] - acknowledged[line])
            followers.send([run], vector: book.vector, from: line)
          }
        default:
          let isUp = random.oneIn(2)
          followers.carry(1 + random.below(200), up: isUp, on: line)
        }
        try #require(
          followers.lines.allSatisfy { $0.mostOutstanding <= 1 && $0.failure == nil && $0.serverError == nil })
      }
      followers.settle()
      for line in 0..<count {
        // Whatever was made and never got its turn goes now.
        let here = followers.log.known.head(of: book.authors[line].device).map { Int($0.seq) + 1 } ?? 0
        guard here < made[line] else { continue }
        followers.send([try book.run(line, from: here)], vector: book.vector, from: line)
        followers.settle()
      }
      log = followers.log
      for line in followers.lines {
        try #require(line.cursor ?? request.cursor == log.state.cursor && line.failure == nil)
        let positions = line.deliveries.count
        try #require(positions == Int(log.state.position.rawValue) - 1)
      }
    }
  }

  @Test func `with an older server a laptop that would follow has a plain exchange`() throws {
    let (_, log, request) = try Self.world()
    for features in [[], .received] as [Features] {
      var followers = Followers(log)
      followers.connect(request, server: ServerSession(features: features))
      followers.settle()
      #expect(followers.lines[0].rests.count == 1 && followers.lines[0].client.isClosed)
      #expect(followers.lines[0].failure == nil && followers.lines[0].serverError == nil)
      followers.commit([])
      #expect(followers.lines[0].notified == 0)
    }
  }

  @Test func `an older laptop is never told of anything, however the log grows`() throws {
    var (book, log, request) = try Self.world()
    request.follows = false
    request.mark = nil
    log.news = Received(mark: 3, laptops: [])
    var followers = Followers(log)
    followers.connect(request)
    followers.settle()
    #expect(followers.lines[0].client.isClosed && followers.lines[0].news.isEmpty)
    try book.type("more ", by: 0)
    followers.commit([try book.run(0, from: 3)])
    followers.settle()
    #expect(followers.lines[0].notified == 0 && followers.lines[0].toClient.isEmpty)
    // Not even that it has kept what it got.
    #expect(followers.log.kept.isEmpty)
  }

  @Test func `a plain exchange says what was kept, and is told what others have, once`() throws {
    var (book, log, request) = try Self.world()
    request.follows = false
    book.addAuthor()
    try book.type("theirs ", by: 1)
    log.submit([try book.run(1)])
    let news = try #require(Received(mark: 5, laptops: [Received.Laptop(device: DeviceID(number: 4), changes: 2)]))
    log.news = news
    var exchange = Exchange(request, with: log)
    exchange.run()
    #expect(exchange.news == [news])
    #expect(exchange.log.kept[request.device] == log.state.position)
    request.book = .known(book.id, exchange.report?.cursor)
    request.mark = 5
    var again = Exchange(request, with: exchange.log)
    again.run()
    request.mark = nil
    var unasked = Exchange(request, with: exchange.log)
    unasked.run()
    #expect(again.news.isEmpty && again.down.count == unasked.down.count)
  }

  @Test func `what breaks off while a page is kept is told once it is kept`() throws {
    var (book, log, request) = try Self.world()
    try book.type("more ", by: 0)
    log.submit([try book.run(0, from: 3)])
    request.device = DeviceID(number: 5)
    var client = ClientSession(request, hash: Signing.hash)
    var server = ServerSession()
    var toClient: [UInt8] = []
    func serve(_ effects: [ServerSession.Effect]) {
      for effect in effects {
        if case .send(let bytes) = effect { toClient += bytes }
        serve(log.answer(effect, to: &server))
      }
    }
    for case .send(let bytes) in client.start() { serve(server.receive(bytes)) }
    let effects = client.receive(toClient)
    #expect(effects.contains { if case .deliver = $0 { true } else { false } })
    #expect(client.disconnected().isEmpty)
    let last = client.delivered()
    #expect(last.last == .failed(.interrupted) && last.count == 2 && client.isClosed)
  }
}

extension SyncRequest {
  fileprivate var cursor: Cursor? { if case .known(_, let cursor) = book { cursor } else { nil } }
}
