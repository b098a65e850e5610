import Bytes
import Formats
import History
import PropertyTesting
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// Whatever a server sends to a laptop that follows, in whatever order.
@Suite struct FollowAnswerSequenceTests {
  enum Symbol: CaseIterable {
    /// No frame: the laptop sends a run of its own, if it rests.
    case send
    case notify, notifyFar, notifyOld
    case logged, loggedEnd, section, own, ownEnd, ack, ackEnd, ackOld
    case received, ping, pong, credit, ignorable
    case follow, kept, welcome, vector, reached, hello, open, run, goodbye, error, critical
  }

  /// A laptop that has followed the log up to `place`. Runs due end at `goal`.
  struct Model: Equatable {
    enum State: Equatable { case rest, ack, runs(goal: UInt64), inRun(goal: UInt64, ends: Bool), failed }
    var state = State.rest
    var place: UInt64 = 1
    var notified: UInt64?
    var rests = 0
    var follows = 0
    var keeps = 0
    /// Whether others' runs came that were not said to be kept.
    var owes = false

    mutating func take(_ symbol: Symbol) {
      switch (state, symbol) {
      case (.failed, _), (_, .ping), (_, .pong), (_, .credit), (_, .ignorable), (_, .received): break
      case (.rest, .send): state = .ack
      case (_, .send): break
      case (.rest, .notify), (.rest, .notifyFar), (.ack, .notify), (.ack, .notifyFar):
        if notified != nil { return state = .failed }
        notified = place + (symbol == .notify ? 1 : 2)
        if state == .rest { follow() }
      // An ack names two positions more: somebody else's run, and the laptop's own.
      case (.ack, .ack): (state, notified) = (.runs(goal: place + 2), nil)
      case (.runs(let goal), .logged): state = .inRun(goal: goal, ends: false)
      case (.runs(let goal), .loggedEnd): state = .inRun(goal: goal, ends: true)
      // That there are too many shows once the run is whole.
      case (.inRun(let goal, let ends), .section) where place < goal:
        place += 1
        owes = true
        state = .runs(goal: goal)
        if ends { end(goal) }
      case (.runs(let goal), .own) where place < goal: place += 1
      case (.runs(let goal), .ownEnd) where place < goal:
        place += 1
        end(goal)
      default: state = .failed
      }
    }

    private mutating func end(_ goal: UInt64) {
      guard place == goal else { return state = .failed }
      state = .rest
      rests += 1
      if owes { keeps += 1 }
      owes = false
      if notified != nil { follow() }
    }

    private mutating func follow() {
      follows += 1
      state = .runs(goal: notified ?? place)
      notified = nil
    }
  }

  /// The log is the same for all: at each position a run with a made-up id, whose it is said as it comes.
  struct World {
    var session: ClientSession
    let run: PackedRun
    let book: BookID
    let vector: VersionVector
    let places: [LogPlace]
    let ids: [ChangeID]

    init() throws {
      let book = try TestBook()
      run = try book.run(0)
      self.book = book.id
      var chains = [ChainHash.start(of: book.id, hash: Signing.hash)]
      ids = (0..<60).map { ChangeID(Signing.hash([UInt8($0)])) }
      for id in ids { chains.append(chains[chains.count - 1].next(id, hash: Signing.hash)) }
      places = try chains.enumerated().map { number, chain in
        LogPlace(position: try #require(Position(UInt64(number))), chain: chain.prefix)
      }
      vector = VersionVector([VersionVector.Entry(device: run.device, count: 99)]) ?? VersionVector()
      let cursor = Cursor(epoch: .numbered(1), position: places[1].position, chain: chains[1])
      var request = SyncRequest(book: .known(book.id, cursor), device: run.device, outgoing: [], vector: vector)
      request.follows = true
      request.mark = 0
      session = ClientSession(request, hash: Signing.hash)
      _ = session.start()
      _ = session.receive(
        Frame.welcome(
          Welcome(
            version: 1, features: [.following, .received], standing: .continues, epoch: .numbered(1),
            position: places[1].position, chain: places[1].chain, last: nil, book: nil)
        ).encoded(ends: true))
    }

    /// The ends of what was sent: rests, FOLLOWs, KEPTs, and whether it failed.
    mutating func take(_ symbol: Symbol, _ model: Model) throws -> Model {
      session.flushed()
      var outcome = Model()
      var effects =
        symbol == .send ? session.send([run], vector: vector) : session.receive(try bytes(symbol, model))
      while !effects.isEmpty {
        switch effects.removeFirst() {
        case .send(let bytes):
          for message in (try? FrameTests.read(bytes)) ?? [] {
            if case .follow(let place) = message.frame {
              outcome.follows += 1
              outcome.place = place.position.rawValue
            }
            if case .kept(let place) = message.frame {
              outcome.keeps += 1
              outcome.place = place.position.rawValue
            }
          }
        case .deliver: effects = session.delivered() + effects
        case .rested(let report):
          outcome.rests += 1
          outcome.place = report.cursor?.position.rawValue ?? 0
        case .failed: outcome.state = .failed
        case .opened, .acknowledged, .received, .finished, .lookUp: break
        }
      }
      return outcome
    }

    private func bytes(_ symbol: Symbol, _ model: Model) throws -> [UInt8] {
      let here = Int(model.place)
      let signature = try #require(run.signature)
      // What is due next in any case: the id of the next position.
      let logged = Frame.logged(
        LoggedHead(
          device: DeviceID(number: 8), first: 0, count: 1, signature: signature, id: ids[here], sectionCount: 1))
      let own = Frame.own(OwnRun(first: 0, count: 1, id: ids[here]))
      func ack(_ position: Int) -> Frame {
        .ack(Ack(epoch: .numbered(1), position: places[position].position, chain: places[position].chain, head: nil))
      }
      return switch symbol {
      case .send: []
      case .notify: Frame.notify(places[here + 1]).encoded()
      case .notifyFar: Frame.notify(places[here + 2]).encoded()
      case .notifyOld: Frame.notify(places[here]).encoded()
      case .logged: logged.encoded()
      case .loggedEnd: logged.encoded(ends: true)
      case .section: Frame.section(run.sections[0]).encoded()
      case .own: own.encoded()
      case .ownEnd: own.encoded(ends: true)
      case .ack: ack(here + 2).encoded()
      case .ackEnd: ack(here + 2).encoded(ends: true)
      case .ackOld: ack(here - 1).encoded()
      case .received: Frame.received(try #require(Received(mark: 1, laptops: []))).encoded()
      case .ping: Frame.ping([1]).encoded()
      case .pong: Frame.pong([]).encoded()
      case .credit: Frame.credit(1).encoded()
      case .ignorable: [0, 0, 0, 1, 0x8a, 9, 9]
      case .follow: Frame.follow(places[here]).encoded(ends: true)
      case .kept: Frame.kept(places[here]).encoded()
      case .welcome:
        Frame.welcome(
          Welcome(
            version: 1, features: [], standing: .continues, epoch: .numbered(1), position: .zero,
            chain: places[0].chain, last: nil, book: nil)
        ).encoded(ends: true)
      case .vector: Frame.vector(VersionVector()).encoded(ends: true)
      case .reached: Frame.reached(places[here].position, .start(of: book, hash: Signing.hash)).encoded(ends: true)
      case .hello: Frame.hello(Hello(device: run.device)).encoded()
      case .open: Frame.open(.known(book, nil)).encoded()
      case .run: Frame.run(RunHead(device: nil, first: 0, count: 1, signature: signature, sectionCount: 1)).encoded()
      case .goodbye: Frame.goodbye(retryAfter: 0).encoded()
      case .error: Frame.error(WireError(.unavailable)).encoded()
      case .critical: [0, 0, 0, 0, 0x33, 0]
      }
    }
  }

  private func step(_ world: inout World, _ model: inout Model, _ symbol: Symbol, _ path: [Symbol]) throws {
    let before = model
    let outcome = try world.take(symbol, model)
    model.take(symbol)
    try #require(world.session.isClosed == (model.state == .failed), "\(path)")
    try #require((outcome.state == .failed) == (model.state == .failed && before.state != .failed), "\(path)")
    try #require(outcome.rests == model.rests - before.rests, "\(path)")
    try #require(outcome.follows == model.follows - before.follows, "\(path)")
    try #require(outcome.keeps == model.keeps - before.keeps, "\(path)")
    if outcome.rests + outcome.follows + outcome.keeps > 0 {
      try #require(outcome.place == model.place, "\(path)")
    }
  }

  @Test func `a laptop that follows takes or refuses every sequence of up to four frames`() throws {
    var sequences = 0
    func walk(_ world: World, _ model: Model, _ path: [Symbol]) throws {
      for symbol in Symbol.allCases {
        var (world, model) = (world, model)
        try step(&world, &model, symbol, path + [symbol])
        sequences += 1
        if model.state != .failed, path.count < 3 { try walk(world, model, path + [symbol]) }
      }
    }
    try walk(try World(), Model(), [])
    print("\(sequences) sequences to a laptop that follows")
    #expect(sequences > 10_000)
  }

  @Test func `and every longer one`() throws {
    let start = try World()
    try forAll(1_500) { random in
      var (world, model, path) = (start, Model(), [Symbol]())
      for _ in 0..<(5 + random.below(20)) {
        let due = Symbol.allCases.filter { symbol in
          var next = model
          next.take(symbol)
          return next.state != .failed
        }
        let isAny = due.isEmpty || random.oneIn(30)
        path.append(isAny ? Symbol.allCases[random.below(28)] : due[random.below(due.count)])
        try step(&world, &model, path[path.count - 1], path)
      }
    }
  }
}
