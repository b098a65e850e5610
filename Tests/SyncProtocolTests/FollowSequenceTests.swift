import Bytes
import Formats
import History
import PropertyTesting
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// Whatever comes to peers that follow, in whatever order: a second, independent account of what each takes.
@Suite struct FollowSequenceTests {
  // MARK: The server

  enum ServerSymbol: CaseIterable {
    /// No frame: the log grows by somebody else's run.
    case grow
    case follow, followElsewhere, followWithoutEnd, kept, keptElsewhere
    case run, runEnd, section, credit, ping, pong, ignorable, received
    case notify, hello, open, vector, ack, logged, own, reached, welcome, goodbye, error, critical
  }

  /// A server of which a client has asked for all up to `place`, of a log that ends at `head`.
  struct ServerModel {
    enum State: Equatable { case rest, flight, inRun(ends: Bool), closed(told: Bool) }
    var state = State.rest
    var place: UInt64
    var head: UInt64
    var notified: UInt64?
    var told = 0
    var kept: UInt64
    /// Whether the client's own run is in the log.
    var hasOwn = false

    mutating func take(_ symbol: ServerSymbol) {
      switch (state, symbol) {
      case (.closed, .grow): head += 1
      case (.closed, _), (_, .ping), (_, .pong), (_, .ignorable), (_, .received), (_, .credit): break
      case (_, .grow):
        head += 1
        notify()
      case (_, .goodbye), (_, .error): state = .closed(told: false)
      case (.rest, .follow) where notified != nil:
        kept = max(kept, place)
        place = notified ?? place
        notified = nil
        notify()
      case (.rest, .kept): kept = max(kept, place)
      case (.rest, .run), (.rest, .runEnd):
        notified = nil
        state = .inRun(ends: symbol == .runEnd)
      case (.flight, .run): state = .inRun(ends: false)
      case (.flight, .runEnd): state = .inRun(ends: true)
      case (.inRun(let ends), .section):
        if !hasOwn { head += 1 }
        hasOwn = true
        state = ends ? .rest : .flight
        if ends {
          place = head
          notify()
        }
      default: state = .closed(told: true)
      }
    }

    mutating func notify() {
      guard state == .rest, notified == nil, head > place else { return }
      notified = head
      told += 1
    }
  }

  struct ServerWorld {
    var session = ServerSession()
    var log: TestLog
    var book: TestBook
    let own: PackedRun
    let start: UInt64
    let device: DeviceID

    init() throws {
      book = try TestBook()
      log = TestLog(of: book.id)
      log.submit([try book.run(0)])
      let founded = book.heads
      book.addAuthor()
      device = book.authors[1].device
      try book.type("mine ", by: 1, on: founded)
      own = try book.run(1)
      start = log.state.position.rawValue
      let cursor = CursorClaim(epoch: log.state.epoch, position: log.state.position, chain: log.state.chain.prefix)
      let hello = Hello(features: [.following, .received], device: device)
      _ = serve(
        session.receive(
          Preamble.bytes + Frame.hello(hello).encoded() + Frame.open(.known(book.id, cursor)).encoded(ends: true)))
    }

    /// The log's place at a position.
    func place(_ position: UInt64) -> LogPlace {
      let entry = log.entries[Int(position) - 1]
      return LogPlace(position: entry.position, chain: entry.chain.prefix)
    }

    /// What the session sends, everything that it asks for answered.
    mutating func serve(_ effects: [ServerSession.Effect]) -> [Message] {
      var bytes: [UInt8] = []
      var effects = effects
      while !effects.isEmpty {
        let effect = effects.removeFirst()
        if case .send(let more) = effect { bytes += more }
        let before = log.state
        effects += log.answer(effect, to: &session)
        if log.state != before { effects += session.grew(to: log.state) }
      }
      return (try? FrameTests.read(bytes)) ?? []
    }

    mutating func take(_ symbol: ServerSymbol, _ model: ServerModel) throws -> [Message] {
      session.flushed()
      guard symbol != .grow else {
        try book.type("theirs ", by: 0, on: [book.authors[0].chain[book.authors[0].chain.count - 1].id])
        log.submit([try book.run(0, from: book.authors[0].chain.count - 1)])
        return serve(session.grew(to: log.state))
      }
      let signature = try #require(own.signature)
      let run = Frame.run(RunHead(device: nil, first: 0, count: 1, signature: signature, sectionCount: 1))
      let (here, chain) = (place(model.place), log.state.chain)
      let elsewhere = LogPlace(position: here.position.next, chain: here.chain)
      let bytes: [UInt8] =
        switch symbol {
        case .grow: []
        case .follow: Frame.follow(here).encoded(ends: true)
        case .followElsewhere: Frame.follow(elsewhere).encoded(ends: true)
        case .followWithoutEnd: Frame.follow(here).encoded()
        case .kept: Frame.kept(here).encoded()
        case .keptElsewhere: Frame.kept(elsewhere).encoded()
        case .run: run.encoded()
        case .runEnd: run.encoded(ends: true)
        case .section: LogEntry.sections(of: own)
        case .credit: Frame.credit(1).encoded()
        case .ping: Frame.ping([1]).encoded()
        case .pong: Frame.pong([]).encoded()
        case .ignorable: [0, 0, 0, 1, 0x8a, 9, 9]
        case .received: [0, 0, 0, 1, 0x80, 0, 9]
        case .notify: Frame.notify(elsewhere).encoded()
        case .hello: Frame.hello(Hello(device: device)).encoded()
        case .open: Frame.open(.known(book.id, nil)).encoded(ends: true)
        case .vector: Frame.vector(VersionVector()).encoded(ends: true)
        case .ack:
          Frame.ack(Ack(epoch: .numbered(1), position: .zero, chain: here.chain, head: nil)).encoded()
        case .logged:
          Frame.logged(
            LoggedHead(
              device: device, first: 0, count: 1, signature: signature, id: ChangeID(.zero), sectionCount: 1)
          ).encoded()
        case .own: Frame.own(OwnRun(first: 0, count: 1, id: nil)).encoded()
        case .reached: Frame.reached(.zero, chain).encoded()
        case .welcome: [0, 0, 0, 0, FrameType.welcome.rawValue, 0]
        case .goodbye: Frame.goodbye(retryAfter: 0).encoded()
        case .error: Frame.error(WireError(.unavailable)).encoded()
        case .critical: [0, 0, 0, 0, 0x33, 0]
        }
      return serve(session.receive(bytes))
    }
  }

  private func step(
    _ world: inout ServerWorld, _ model: inout ServerModel, _ symbol: ServerSymbol, _ path: [ServerSymbol]
  ) throws {
    let before = model
    let sent = try world.take(symbol, model)
    model.take(symbol)
    let told = sent.count { if case .notify = $0.frame { true } else { false } }
    try #require(told == model.told - before.told, "\(path)")
    for message in sent {
      if case .notify(let place) = message.frame { try #require(place == world.place(model.head), "\(path)") }
    }
    let errs = sent.contains { if case .error = $0.frame { true } else { false } }
    if case .closed(let shouldTell) = model.state {
      try #require(world.session.isClosed && errs == (shouldTell && before.state != model.state), "\(path)")
    } else {
      try #require(!world.session.isClosed && !errs, "\(path)")
      try #require(world.session.isIdle == (model.state == .rest), "\(path)")
    }
    try #require(world.log.kept[world.device]?.rawValue ?? 0 == model.kept, "\(path)")
  }

  @Test func `a server takes or refuses every sequence of up to four frames of a client that follows`() throws {
    let world = try ServerWorld()
    var sequences = 0
    func walk(_ world: ServerWorld, _ model: ServerModel, _ path: [ServerSymbol]) throws {
      for symbol in ServerSymbol.allCases {
        var (world, model) = (world, model)
        try step(&world, &model, symbol, path + [symbol])
        sequences += 1
        if case .closed = model.state { continue }
        if path.count < 3 { try walk(world, model, path + [symbol]) }
      }
    }
    try walk(world, ServerModel(place: world.start, head: world.start, kept: world.start), [])
    print("\(sequences) sequences of a client that follows")
    #expect(sequences > 10_000)
  }

  @Test func `and every longer one`() throws {
    let start = try ServerWorld()
    try forAll(1_000) { random in
      var world = start
      var model = ServerModel(place: world.start, head: world.start, kept: world.start)
      var path: [ServerSymbol] = []
      for _ in 0..<(5 + random.below(20)) {
        let due = ServerSymbol.allCases.filter { symbol in
          var next = model
          next.take(symbol)
          if case .closed = next.state { return false } else { return true }
        }
        let isAny = due.isEmpty || random.oneIn(30)
        path.append(isAny ? ServerSymbol.allCases[random.below(26)] : due[random.below(due.count)])
        try step(&world, &model, path[path.count - 1], path)
      }
    }
  }
}
