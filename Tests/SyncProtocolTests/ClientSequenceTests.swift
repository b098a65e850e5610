import Bytes
import Formats
import History
import PropertyTesting
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// Whatever frames a server sends, in whatever order: a second, independent account of what a laptop takes.
///
/// The laptop has a cursor at position 1, sends one run, and the server has one run of somebody else's besides.
@Suite struct ClientSequenceTests {
  enum Symbol: CaseIterable {
    case welcome, welcomeEnd, welcomeOther, vector, vectorEnd, ack, ackEnd, logged, loggedEnd, section, own, ownEnd
    case reached, reachedEnd
    case hello, open, run, credit, ping, pong, error, goodbye, ignorable, critical
    case notify, follow, kept, received
  }

  enum Place: Equatable {
    case welcome
    case vector
    case ack(chained: Bool)
    /// Runs are due: how many positions the log is behind the ack, when chained.
    case runs(chained: Bool, missing: Int)
    case inRun(ends: Bool, chained: Bool, missing: Int)
    case finished
    case failed

    func after(_ symbol: Symbol) -> Place {
      switch (self, symbol) {
      case (.finished, _), (.failed, _): self
      case (_, .ping), (_, .pong), (_, .ignorable), (_, .credit), (_, .received): self
      case (.welcome, .welcome): .ack(chained: true)
      case (.welcome, .welcomeOther): .vector
      case (.vector, .vectorEnd): .ack(chained: false)
      case (.ack(let chained), .ack): .runs(chained: chained, missing: 2)
      case (.runs(let chained, let missing), .logged) where !chained || missing > 0:
        .inRun(ends: false, chained: chained, missing: missing)
      case (.runs(true, let missing), .loggedEnd) where missing > 0:
        .inRun(ends: true, chained: true, missing: missing)
      // By vector only REACHED ends an answer; that shows once the run is whole.
      case (.runs(false, _), .loggedEnd): .inRun(ends: true, chained: false, missing: 0)
      case (.runs(true, 0), .logged), (.runs(true, 0), .loggedEnd): .inRun(ends: false, chained: true, missing: 0)
      case (.inRun(false, let chained, let missing), .section):
        chained && missing == 0 ? .failed : .runs(chained: chained, missing: missing - 1)
      case (.inRun(true, true, 1), .section): .finished
      case (.runs(true, let missing), .own) where missing > 0: .runs(chained: true, missing: missing - 1)
      case (.runs(true, 1), .ownEnd): .finished
      case (.runs(false, _), .reachedEnd): .finished
      default: .failed
      }
    }
  }

  struct World {
    let request: SyncRequest
    let outgoing: PackedRun
    let bytes: [Symbol: [UInt8]]

    /// The order in which the log has the two runs decides which chain hash is right: theirs first, then ours.
    init() throws {
      var book = try TestBook()
      var log = TestLog(of: book.id)
      log.submit([try book.run(0)])
      let cursor = Cursor(epoch: log.state.epoch, position: log.state.position, chain: log.state.chain)
      book.addAuthor()
      let base = book.heads
      try book.type("theirs ", by: 1, on: base)
      let theirs = try book.run(1)
      try book.type("ours ", by: 0, on: base)
      outgoing = try book.run(0, from: 1)
      let before = log.state
      log.submit([theirs, outgoing])
      let after = log.state
      request = SyncRequest(
        book: .known(book.id, cursor), device: book.authors[0].device, outgoing: [outgoing], vector: book.vector)
      let signature = try #require(theirs.signature)
      let head = try #require(book.head(of: 0))
      func welcome(_ standing: Welcome.Standing) -> Frame {
        .welcome(
          Welcome(
            version: 1, features: [], standing: standing, epoch: before.epoch, position: before.position,
            chain: before.chain.prefix, last: nil, book: nil))
      }
      let logged = Frame.logged(
        LoggedHead(
          device: theirs.device, first: 0, count: 1, signature: signature,
          id: try #require(book.head(of: 1)).id, sectionCount: 1))
      let own = Frame.own(OwnRun(first: 1, count: 1, id: nil))
      let ack = Frame.ack(
        Ack(epoch: after.epoch, position: after.position, chain: after.chain.prefix, head: head))
      let reached = Frame.reached(after.position, after.chain)
      bytes = [
        .welcome: welcome(.continues).encoded(), .welcomeEnd: welcome(.continues).encoded(ends: true),
        .welcomeOther: welcome(.rollback).encoded(), .vector: Frame.vector(VersionVector()).encoded(),
        .vectorEnd: Frame.vector(VersionVector()).encoded(ends: true), .ack: ack.encoded(),
        .ackEnd: ack.encoded(ends: true), .logged: logged.encoded(), .loggedEnd: logged.encoded(ends: true),
        .section: LogEntry.sections(of: theirs), .own: own.encoded(), .ownEnd: own.encoded(ends: true),
        .reached: reached.encoded(), .reachedEnd: reached.encoded(ends: true),
        .hello: Frame.hello(Hello(device: DeviceID(number: 1))).encoded(),
        .open: Frame.open(.known(book.id, nil)).encoded(),
        .run: Frame.run(
          RunHead(device: nil, first: 0, count: 1, signature: signature, sectionCount: 1)
        ).encoded(), .credit: Frame.credit(100).encoded(), .ping: Frame.ping([1]).encoded(),
        .pong: Frame.pong([]).encoded(), .error: Frame.error(WireError(.unavailable)).encoded(),
        .goodbye: Frame.goodbye(retryAfter: 0).encoded(), .ignorable: [0, 0, 0, 2, 0x80, 0, 1, 2],
        .critical: [0, 0, 0, 0, 0x33, 0], .notify: Frame.notify(after.place).encoded(),
        .follow: Frame.follow(before.place).encoded(ends: true), .kept: Frame.kept(before.place).encoded(),
        .received: Frame.received(try #require(Received(mark: 1, laptops: []))).encoded(),
      ]
    }

    var start: ClientSession {
      var session = ClientSession(request, hash: Signing.hash)
      _ = session.start()
      return session
    }

    /// Hands a symbol to the session, keeps all pages at once, and says how it ended, if it did.
    func step(_ session: inout ClientSession, _ symbol: Symbol) throws -> Place? {
      session.flushed()
      var ended: Place?
      var effects = session.receive(try #require(bytes[symbol]))
      while !effects.isEmpty {
        switch effects.removeFirst() {
        case .finished: ended = .finished
        case .failed: ended = .failed
        case .deliver: effects += session.delivered()
        case .lookUp: effects += session.supply([outgoing])
        case .rested, .received: Issue.record("nobody follows, or asks for news")
        case .send, .opened, .acknowledged: break
        }
      }
      return ended
    }
  }

  @Test func `all sequences of up to four frames are taken or refused as they should be`() throws {
    let world = try World()
    var sequences = 0
    func walk(_ session: ClientSession, _ place: Place, _ path: [Symbol]) throws {
      for symbol in Symbol.allCases {
        var session = session
        let path = path + [symbol]
        let ended = try world.step(&session, symbol)
        sequences += 1
        let next = place.after(symbol)
        // OWN before the other's run gives another chain hash: it shows at the end.
        switch next {
        case .finished where path.filter({ $0 == .own || $0 == .ownEnd }).count == 1 && path.last != .section:
          try #require(ended == .finished, "\(path)")
        case .finished where path.last == .reachedEnd: try #require(ended == .finished, "\(path)")
        case .finished, .failed: try #require(ended == .failed, "\(path)")
        default: try #require(ended == nil, "\(path)")
        }
        if let _ = ended {
          try #require(session.isClosed)
          for symbol in Symbol.allCases { try #require(try world.step(&session, symbol) == nil) }
        } else if path.count < 4 {
          try walk(session, next, path)
        }
      }
    }
    try walk(world.start, .welcome, [])
    print("\(sequences) sequences of server frames")
    #expect(sequences > 1_000)
  }

  @Test func `the answer that is right is taken, whatever harmless frames stand between`() throws {
    let world = try World()
    try forAll(500) { random in
      var session = world.start
      var ended: Place?
      let answer: [Symbol] =
        random.oneIn(2)
        ? [.welcome, .ack, .logged, .section, .ownEnd]
        : [.welcomeOther, .vectorEnd, .ack, .logged, .section, .logged, .section, .reachedEnd]
      for symbol in answer {
        for _ in 0..<random.below(3) {
          ended = try world.step(&session, [.ping, .pong, .ignorable, .credit][random.below(4)]) ?? ended
        }
        try #require(ended == nil)
        ended = try world.step(&session, symbol)
      }
      try #require(ended == .finished)
    }
  }
}
