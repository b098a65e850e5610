import Bytes
import Formats
import History
import PropertyTesting
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// Whatever frames a client sends, in whatever order: a second, independent account of what a server takes.
@Suite struct ServerSequenceTests {
  enum Symbol: CaseIterable {
    case hello, open, openEnd, openOther, openNone, run, runEnd, section, vector, vectorEnd
    case welcome, logged, own, ack, reached
    case credit, ping, pong, error, goodbye, ignorable, critical
    case notify, follow, kept, received
  }

  /// What a server should make of a sequence.
  enum Place: Equatable {
    case hello
    case open
    case flight
    case inRun(ends: Bool)
    case void
    case rest
    /// Closed, and whether with a word of why.
    case closed(told: Bool)

    func after(_ symbol: Symbol) -> Place {
      switch (self, symbol) {
      case (.closed, _): self
      case (_, .ping), (_, .pong), (_, .ignorable), (_, .received): self
      case (_, .error), (_, .goodbye): .closed(told: false)
      case (.hello, .hello): .open
      case (.open, .open): .flight
      case (.open, .openEnd): .rest
      case (.open, .openOther): .void
      case (.flight, .run), (.rest, .run): .inRun(ends: false)
      case (.flight, .runEnd), (.rest, .runEnd): .inRun(ends: true)
      case (.inRun(let ends), .section): ends ? .rest : .flight
      case (.void, .run), (.void, .runEnd), (.void, .section): .void
      case (.void, .vector): .flight
      case (.void, .vectorEnd): .rest
      case (.flight, .credit), (.inRun, .credit), (.void, .credit), (.rest, .credit): self
      default: .closed(told: true)
      }
    }
  }

  struct World {
    var log: TestLog
    let bytes: [Symbol: [UInt8]]

    init() throws {
      let book = try TestBook()
      let run = try book.run(0)
      let signature = try #require(run.signature)
      let head = try #require(book.head(of: 0))
      log = TestLog(of: book.id)
      log.submit([run])
      let chain = ChainHash(head.id.digest)
      let announced = Frame.run(
        RunHead(device: run.device, first: 0, count: run.count, signature: signature, sectionCount: 1))
      let claim = CursorClaim(epoch: .numbered(9), position: .zero, chain: chain.prefix)
      let welcome = Welcome(
        version: 1, features: [], standing: .continues, epoch: .numbered(1), position: .zero, chain: chain.prefix,
        last: nil, book: nil)
      bytes = [
        .hello: Frame.hello(Hello(device: DeviceID(number: 1))).encoded(),
        .open: Frame.open(.known(book.id, nil)).encoded(),
        .openEnd: Frame.open(.known(book.id, nil)).encoded(ends: true),
        .openOther: Frame.open(.known(book.id, claim)).encoded(),
        .openNone: Frame.open(.named(.of("nowhere"))).encoded(),
        .run: announced.encoded(), .runEnd: announced.encoded(ends: true),
        .section: LogEntry.sections(of: run),
        .vector: Frame.vector(VersionVector()).encoded(), .vectorEnd: Frame.vector(VersionVector()).encoded(ends: true),
        .welcome: Frame.welcome(welcome).encoded(),
        .logged: Frame.logged(
          LoggedHead(device: run.device, first: 0, count: 1, signature: signature, id: head.id, sectionCount: 1)
        ).encoded(),
        .own: Frame.own(OwnRun(first: 0, count: 1, id: nil)).encoded(),
        .ack: Frame.ack(Ack(epoch: .numbered(1), position: .zero, chain: chain.prefix, head: nil)).encoded(),
        .reached: Frame.reached(.zero, chain).encoded(), .credit: Frame.credit(100).encoded(),
        .ping: Frame.ping([1]).encoded(), .pong: Frame.pong([]).encoded(),
        .error: Frame.error(WireError(.unavailable)).encoded(), .goodbye: Frame.goodbye(retryAfter: 0).encoded(),
        .ignorable: [0, 0, 0, 2, 0x80, 0, 1, 2], .critical: [0, 0, 0, 0, 0x33, 0],
        .notify: Frame.notify(log.state.place).encoded(), .follow: Frame.follow(log.state.place).encoded(ends: true),
        .kept: Frame.kept(log.state.place).encoded(),
        .received: Frame.received(try #require(Received(mark: 1, laptops: []))).encoded(),
      ]
    }

    /// Hands a symbol to the session, and all answers that follow; true when an error frame went out.
    func step(_ session: inout ServerSession, _ log: inout TestLog, _ symbol: Symbol) throws -> Bool {
      var told = false
      session.flushed()
      var effects = session.receive(try #require(bytes[symbol]))
      while !effects.isEmpty {
        let effect = effects.removeFirst()
        if case .send(let bytes) = effect, bytes.count > 5, bytes[4] == FrameType.error.rawValue { told = true }
        effects += log.answer(effect, to: &session)
      }
      return told
    }

    var start: ServerSession {
      var session = ServerSession()
      _ = session.receive(Preamble.bytes)
      return session
    }

    func check(_ session: ServerSession, _ place: Place, told: Bool, _ path: [Symbol]) throws {
      if case .closed(let shouldTell) = place {
        try #require(session.isClosed && told == shouldTell, "\(path)")
      } else {
        try #require(!session.isClosed && !told, "\(path)")
        try #require(session.isIdle == [.hello, .open, .rest].contains(place), "\(path)")
      }
    }
  }

  @Test func `all sequences of up to four frames are taken or refused as they should be`() throws {
    let world = try World()
    var sequences = 0
    func walk(_ session: ServerSession, _ log: TestLog, _ place: Place, _ path: [Symbol]) throws {
      for symbol in Symbol.allCases {
        var (session, log) = (session, log)
        let path = path + [symbol]
        let told = try world.step(&session, &log, symbol)
        let next = place.after(symbol)
        sequences += 1
        try world.check(session, next, told: told, path)
        if case .closed = next {
          // Closed for good: no frame brings it back.
          var closed = session
          for symbol in Symbol.allCases { try #require(!(try world.step(&closed, &log, symbol)) && closed.isClosed) }
        } else if path.count < 4 {
          try walk(session, log, next, path)
        }
      }
    }
    try walk(world.start, world.log, .hello, [])
    print("\(sequences) sequences of client frames")
    #expect(sequences > 1_000)
  }

  @Test func `random longer sequences too`() throws {
    let world = try World()
    try forAll(3_000) { random in
      var (session, log) = (world.start, world.log)
      var place = Place.hello
      var path: [Symbol] = [.hello, [.open, .openEnd, .openOther][random.below(3)]]
      for _ in 0..<random.below(12) {
        // Mostly what is due, so that the sequences get somewhere.
        let due = Symbol.allCases.filter { symbol in
          let next = path.reduce(Place.hello) { $0.after($1) }.after(symbol)
          if case .closed = next { return false } else { return true }
        }
        path.append(random.oneIn(8) || due.isEmpty ? Symbol.allCases[random.below(26)] : due[random.below(due.count)])
      }
      for (index, symbol) in path.enumerated() {
        let wasClosed = session.isClosed
        let told = try world.step(&session, &log, symbol)
        place = place.after(symbol)
        if wasClosed { try #require(!told) } else { try world.check(session, place, told: told, Array(path[...index])) }
      }
    }
  }
}
