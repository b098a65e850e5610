import Bytes
import Formats
import History
import PropertyTesting
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// The sessions of a laptop and a server, face to face.
@Suite struct ExchangeTests {
  /// A book on a server, its author's cursor at the end of the log.
  static func published(_ changes: Int = 3) throws -> (book: TestBook, log: TestLog, cursor: Cursor) {
    var book = try TestBook()
    for number in 1..<changes { try book.type("word \(number) ", by: 0) }
    var exchange = Exchange(
      SyncRequest(
        book: .create(.of("visit"), book.id), device: book.authors[0].device, outgoing: [try book.run(0)],
        vector: book.vector),
      with: TestLog(of: book.id))
    exchange.run()
    let report = try #require(exchange.report)
    return (book, exchange.log, try #require(report.cursor))
  }

  static func request(
    _ book: TestBook, _ author: Int, _ cursor: Cursor?, _ outgoing: [PackedRun] = []
  ) -> SyncRequest {
    SyncRequest(
      book: .known(book.id, cursor), device: book.authors[author].device, outgoing: outgoing, vector: book.vector)
  }

  @Test func `publishing takes one flight, and the author's own run comes back as numbers`() throws {
    var book = try TestBook()
    try book.type("Welcome ", by: 0)
    var exchange = Exchange(
      SyncRequest(
        book: .create(.of("visit"), book.id), device: book.authors[0].device, outgoing: [try book.run(0)],
        vector: book.vector),
      with: TestLog(of: book.id))
    exchange.run()
    let report = try #require(exchange.report)
    #expect(report.roundTrips == 1)
    #expect(report.acknowledged == book.head(of: 0))
    #expect(report.changesUp == 2)
    #expect(report.cursor == exchange.log.state.cursor)
    let head = try #require(book.head(of: 0))
    #expect(exchange.deliveries == [.own(first: 0, count: 2, id: head.id)])
  }

  @Test func `with nothing to do, less than 120 bytes go each way`() throws {
    let (book, log, cursor) = try Self.published()
    var exchange = Exchange(Self.request(book, 0, cursor), with: log)
    exchange.run()
    #expect(exchange.report?.cursor == cursor)
    #expect(exchange.pages.isEmpty)
    #expect(exchange.up.count < 120)
    #expect(exchange.down.count < 120)
    print("nothing to do: \(exchange.up.count) bytes up, \(exchange.down.count) down")
  }

  @Test func `one word takes one flight, less than 300 bytes up and 200 down, signature included`() throws {
    var (book, log, cursor) = try Self.published(300)
    try book.type("bilateral ", by: 0)
    var exchange = Exchange(Self.request(book, 0, cursor, [try book.run(0, from: 300)]), with: log)
    exchange.run()
    let report = try #require(exchange.report)
    #expect(report.roundTrips == 1)
    #expect(report.acknowledged == book.head(of: 0))
    #expect(report.cursor == exchange.log.state.cursor)
    #expect(exchange.up.count < 300)
    #expect(exchange.down.count < 200)
    print("one word: \(exchange.up.count) bytes up, \(exchange.down.count) down")
  }

  @Test func `joining by name brings the whole log, in order, as it was stored`() throws {
    var (book, log, _) = try Self.published()
    book.addAuthor()
    let device = book.authors[1].device
    try book.type("from the press officer ", by: 1)
    log.submit([try book.run(1)])
    try book.type("and again ", by: 0)
    log.submit([try book.run(0, from: 3)])
    var empty = book
    empty.addAuthor()
    let joiner = empty.authors[2].device
    var exchange = Exchange(
      SyncRequest(book: .named(.of("visit")), device: joiner, outgoing: [], vector: VersionVector()), with: log)
    exchange.run()
    #expect(exchange.report?.book == book.id)
    #expect(exchange.report?.cursor == log.state.cursor)
    #expect(exchange.runs.map(\.device) == [book.authors[0].device, device, book.authors[0].device])
    #expect(exchange.runs[1] == (try book.run(1)))
  }

  @Test func `edits made on both sides at once cross in one flight`() throws {
    var (book, log, cursor) = try Self.published()
    book.addAuthor()
    let base = book.heads
    try book.type("theirs ", by: 1, on: base)
    log.submit([try book.run(1)])
    try book.type("ours ", by: 0, on: base)
    var exchange = Exchange(Self.request(book, 0, cursor, [try book.run(0, from: 3)]), with: log)
    exchange.run()
    #expect(exchange.report?.roundTrips == 1)
    #expect(exchange.runs == [try book.run(1)])
    #expect(exchange.deliveries.count == 2)
    #expect(exchange.report?.cursor == exchange.log.state.cursor)
  }

  @Test func `a run that was acknowledged unheard is sent again and changes nothing`() throws {
    var (book, log, cursor) = try Self.published()
    try book.type("lost ack ", by: 0)
    log.submit([try book.run(0, from: 3)])
    let before = log.state
    var exchange = Exchange(Self.request(book, 0, cursor, [try book.run(0, from: 3)]), with: log)
    exchange.run()
    #expect(exchange.report?.acknowledged == book.head(of: 0))
    #expect(exchange.log.state == before)
    #expect(exchange.report?.cursor == before.cursor)
  }

  @Test func `a run that overlaps what the server has is cut anew and sent in a second flight`() throws {
    var (book, log, cursor) = try Self.published()
    try book.type("acknowledged unheard ", by: 0)
    log.submit([try book.run(0, from: 3)])
    try book.type("typed since ", by: 0)
    let rest = try book.run(0, from: 4)
    var exchange = Exchange(Self.request(book, 0, cursor, [try book.run(0, from: 3)]), with: log)
    let device = book.authors[0].device
    exchange.beyond = { $0[device] == 4 ? [rest] : [] }
    exchange.run()
    #expect(exchange.report?.roundTrips == 2)
    #expect(exchange.report?.acknowledged == book.head(of: 0))
    #expect(exchange.report?.cursor == exchange.log.state.cursor)
  }

  @Test(arguments: [true, false])
  func `after a mismatch both sides compare vectors, and each gets what it lacks`(sameEpoch: Bool) throws {
    var (book, log, cursor) = try Self.published()
    // The server had these two runs and lost them; another laptop has put one of its own there since.
    try book.type("lost on the server ", by: 0)
    var full = log
    full.submit([try book.run(0, from: 3)])
    cursor = full.state.cursor
    var theirs = book
    theirs.addAuthor()
    try theirs.type("put there since ", by: 1, on: [book.authors[0].chain[2].id])
    log.submit([try theirs.run(1)])
    if !sameEpoch { log.restart(epoch: 2) }
    try book.type("not sent yet ", by: 0)
    let lost = try book.run(0, from: 3, count: 1)
    let unsent = try book.run(0, from: 4)
    var exchange = Exchange(Self.request(book, 0, cursor, [unsent]), with: log)
    let device = book.authors[0].device
    exchange.beyond = { $0[device] == 3 ? [lost, unsent] : [] }
    exchange.run()
    let report = try #require(exchange.report)
    #expect(report.news == (sameEpoch ? .rollback : .newEpoch))
    #expect(report.roundTrips == 2)
    #expect(report.acknowledged == book.head(of: 0))
    #expect(exchange.runs == [try theirs.run(1)])
    #expect(report.cursor == exchange.log.state.cursor)
    #expect(exchange.log.known.vector[device] == 5)
    // From here on it goes by the cursor again.
    var next = Exchange(Self.request(book, 0, report.cursor), with: exchange.log)
    next.run()
    #expect(next.report?.news == SyncReport.News.none)
    #expect(next.report?.roundTrips == 1)
  }

  @Test func `a laptop that was copied learns that its device has gone on elsewhere`() throws {
    let (book, log, cursor) = try Self.published()
    var copy = book
    var server = log
    try copy.type("by the copy ", by: 0)
    server.submit([try copy.run(0, from: 3)])
    // Nothing of its own to send: WELCOME says it.
    var idle = Exchange(Self.request(book, 0, cursor), with: server)
    idle.run()
    let head = try #require(copy.head(of: 0))
    #expect(idle.failure == .deviceAhead(head))
    // Something else under the same number: the server refuses it.
    var original = book
    try original.type("by the original ", by: 0)
    var exchange = Exchange(Self.request(original, 0, cursor, [try original.run(0, from: 3)]), with: server)
    exchange.run()
    guard case .refused(let error, let last) = exchange.failure else {
      Issue.record("not refused: \(String(describing: exchange.failure))")
      return
    }
    #expect(error.code == .equivocation)
    #expect(last == head)
    #expect(exchange.log.state == server.state)
  }

  @Test func `a log that does not lead to the chain hash it should is not believed, and moves no cursor`() throws {
    let (book, log, _) = try Self.published()
    let run = try book.run(0)
    let head = try #require(book.head(of: 0))
    let signature = try #require(run.signature)
    let request = SyncRequest(
      book: .known(book.id, nil), device: DeviceID(number: 7), outgoing: [], vector: VersionVector())
    let welcome = Welcome(
      version: 1, features: [], standing: .continues, epoch: log.state.epoch, position: log.state.position,
      chain: log.state.chain.prefix, last: nil, book: nil)
    for id in [head.id, ChangeID(.zero)] {
      var client = ClientSession(request, hash: Signing.hash)
      _ = client.start()
      let logged = LoggedHead(
        device: run.device, first: 0, count: run.count, signature: signature, id: id,
        sectionCount: run.sections.count)
      let answer =
        Frame.welcome(welcome).encoded() + Frame.logged(logged).encoded(ends: true) + LogEntry.sections(of: run)
      let effects = client.receive(answer)
      if id == head.id {
        #expect(effects.contains(.deliver([.run(run, id: id)], through: log.state.cursor)))
      } else {
        #expect(effects.last == .failed(.violation(WireError(.rollback, "the log does not lead to its chain hash"))))
        #expect(!effects.contains { if case .deliver = $0 { true } else { false } })
      }
    }
  }

  @Test func `a book or a name that is not there is an error with its own code`() throws {
    let (book, log, _) = try Self.published()
    let other = try TestBook(nonce: 9)
    for (asked, code) in [
      (SyncRequest.Book.named(.of("elsewhere")), ErrorCode.noSuchBook), (.known(other.id, nil), .noSuchBook),
      (.create(.of("visit"), other.id), .nameTaken),
    ] {
      var exchange = Exchange(
        SyncRequest(
          book: asked, device: book.authors[0].device, outgoing: [], vector: VersionVector()), with: log)
      exchange.run()
      #expect(exchange.failure == .refused(WireError(code), last: nil))
    }
  }

  @Test func `any cut of the bytes gives the same exchange`() throws {
    var (book, log, cursor) = try Self.published()
    book.addAuthor()
    let base = book.heads
    for number in 0..<20 {
      try book.type("theirs \(number) ", by: 1, on: number == 0 ? base : nil)
      log.submit([try book.run(1, from: number)])
    }
    try book.type("ours ", by: 0)
    let request = Self.request(book, 0, cursor, [try book.run(0, from: 3)])
    var whole = Exchange(request, with: log)
    whole.run()
    #expect(whole.report != nil)
    var bytewise = Exchange(request, with: log)
    bytewise.run(cut: { _ in 1 })
    #expect(bytewise.report == whole.report)
    #expect(bytewise.up == whole.up)
    #expect(bytewise.down == whole.down)
    #expect(bytewise.deliveries == whole.deliveries)
    try forAll(100) { random in
      var cut = Exchange(request, with: log)
      cut.run(cut: { Int.random(in: 1...$0, using: &random) })
      try #require(cut.report == whole.report)
      try #require(cut.up == whole.up)
      try #require(cut.down == whole.down)
    }
  }
}

extension BookState {
  var cursor: Cursor { Cursor(epoch: epoch, position: position, chain: chain) }
}
