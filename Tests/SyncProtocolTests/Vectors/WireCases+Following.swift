import Bytes
import Formats
import History
import Signing
import SyncProtocol
import SyncTesting

// Following a book while connected, and what other laptops have kept.

extension WireCases {
  private typealias Make = WireCases

  mutating func following() throws {
    receivedFrames()
    followingFlights()
    try followingAnswers()
  }

  private mutating func receivedFrames() {
    let (one, other) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
    let usual: [UInt8] = [1, 1, 4] + device.bytes
    let welcome = WireVector.payload(.welcome(welcome()))
    func news(_ payload: [UInt8]) -> [UInt8] {
      Make.raw(.welcome, welcome + [0x80, 0x01] + Make.varint(UInt64(payload.count)) + payload)
    }
    frame("W54-mark-300", .hello(Hello(features: .received, device: device, mark: 300)))
    frame("W54-mark-0", Make.raw(.hello, usual + [0x80, 0x01, 1, 0]), "BAD_ENCODING")
    frame(
      "W54-mark-above-2-to-the-62", Make.raw(.hello, usual + [0x80, 0x01, 9] + Make.varint((1 << 62) + 1)),
      "BAD_ENCODING")
    frame("W54-mark-and-more", Make.raw(.hello, usual + [0x80, 0x01, 2, 1, 1]), "BAD_ENCODING")
    frame("W54-news", news([9, 2] + one + [3] + other + [0]))
    frame("W54-news-of-nobody", news([1, 0]))
    frame("W54-news-without-mark", news([0, 0]), "BAD_ENCODING")
    frame("W54-descending", news([9, 2] + other + [3] + one + [0]), "BAD_ENCODING")
    frame("W54-the-same-twice", news([9, 2] + one + [3] + one + [4]), "BAD_ENCODING")
    frame("W54-cut-short", news([9, 2] + one + [3]), "BAD_ENCODING")
    frame("W54-151-laptops", news([9] + Make.varint(151)), "BAD_ENCODING")
  }

  /// A server's log whose chain hashes are all zero, as the reader of flights makes it up.
  private func zero(_ position: UInt64) -> LogPlace {
    let zero = ChainPrefix([UInt8](repeating: 0, count: ChainPrefix.byteCount))
    return LogPlace(position: Position(position) ?? .zero, chain: zero ?? chain.prefix)
  }

  private mutating func followingFlights() {
    let device = device
    let hello = { (features: Features) in Frame.hello(Hello(features: features, device: device)).encoded() }
    let both = hello([.following, .received])
    let follow = { (place: LogPlace) in Frame.follow(place).encoded(ends: true) }
    let kept = { (place: LogPlace) in Frame.kept(place).encoded() }
    flight("W50-W51-W52-W53-follows", growth: 1, [both, openOnly, follow(zero(1)), kept(zero(2)), follow(zero(2))])
    flight("W50-W52-W53-a-flight-between", growth: 1, [both, openOnly, runFrame(ends: true), section, follow(zero(2))])
    flight("W50-a-server-that-cannot", growth: 1, [hello(Features(rawValue: 0x78)), openOnly])
    flight("W53-without-following", [hello(.received), openOnly, kept(zero(1))])
    flight("W52-not-agreed", growth: 1, [hello(.received), openOnly, follow(zero(1))], "WRONG_ORDER")
    flight("W52-nothing-to-ask-for", [both, openOnly, follow(zero(1))], "WRONG_ORDER")
    flight("W52-another-position", growth: 1, [both, openOnly, follow(zero(2))], "WRONG_ORDER")
    flight(
      "W52-another-chain", growth: 1,
      [both, openOnly, follow(LogPlace(position: zero(1).position, chain: chain.prefix))], "WRONG_ORDER")
    flight("W52-without-end", growth: 1, [both, openOnly, Frame.follow(zero(1)).encoded()], "WRONG_ORDER")
    flight("W52-in-a-flight", growth: 1, [both, open, follow(zero(1))], "WRONG_ORDER")
    flight("W53-not-agreed", growth: 1, [hello(.following), openOnly, kept(zero(1))], "WRONG_ORDER")
    flight("W53-beyond-what-was-delivered", growth: 1, [both, openOnly, kept(zero(2))], "WRONG_ORDER")
    flight("W53-in-a-flight", [both, open, kept(zero(1))], "WRONG_ORDER")
    flight("W36-notify", [both, openOnly, Frame.notify(zero(2)).encoded()], "WRONG_ORDER")
  }

  private mutating func followingAnswers() throws {
    var log = TestLog(of: book.id)
    log.submit([run])
    let first = log.state
    var both = book
    both.addAuthor()
    try both.type("theirs ", by: 1, on: book.heads)
    let theirs = try both.run(1)
    log.submit([theirs])
    let second = log.state
    try both.type("ours ", by: 0)
    log.submit([try both.run(0, from: 2)])
    let third = log.state
    guard let signature = theirs.signature, let theirHead = both.head(of: 1), let ourHead = both.head(of: 0) else {
      return
    }
    var idle = WireVector.Context()
    idle.book = book.id
    idle.device = device
    idle.made = 3
    idle.cursor = Cursor(epoch: first.epoch, position: first.position, chain: first.chain)
    idle.features = [.following, .received]
    var sending = idle
    sending.later = 1
    var unasked = idle
    unasked.features = []

    let sections = LogEntry.sections(of: theirs)
    let logged = Frame.logged(
      LoggedHead(
        device: theirs.device, first: 0, count: 1, signature: signature, id: theirHead.id, sectionCount: 1)
    ).encoded(ends: true)
    let own = Frame.own(OwnRun(first: 2, count: 1, id: nil)).encoded(ends: true)
    let ack = Frame.ack(Ack(epoch: third.epoch, position: third.position, chain: third.chain.prefix, head: ourHead))
    let early = Frame.ack(Ack(epoch: first.epoch, position: first.position, chain: first.chain.prefix, head: nil))
    let notify = { (state: BookState) in Frame.notify(state.place).encoded() }
    var agreed = welcome(.continues, at: 1, chain: first.chain)
    agreed.features = [.following, .received]
    let start = Frame.welcome(agreed).encoded(ends: true)
    guard let news = Received(mark: 7, laptops: [Received.Laptop(device: theirs.device, changes: 2)]) else { return }
    let received = Frame.received(news).encoded()
    agreed.received = news
    let told = Frame.welcome(agreed).encoded(ends: true)

    answer("W50-W51-notify-then-diff", idle, [start, notify(second), logged, sections])
    answer(
      "W30-W50-W51-it-crosses-a-flight", sending, [start, notify(second), ack.encoded(), logged.dropEnd, sections, own])
    answer("W54-told-by-welcome-and-later", idle, [told, received, notify(second), received, logged, sections])
    answer(
      "W6-W54-skipped-by-whoever-did-not-ask", unasked,
      [
        Frame.received(news).encoded(),
        Frame.welcome(welcome(.continues, at: 1, chain: first.chain)).encoded(ends: true),
      ])
    answer(
      "W54-descending-and-agreed", idle,
      [
        start, Make.raw(.received, [9, 2] + [UInt8](repeating: 2, count: 16) + [0] + [UInt8](repeating: 1, count: 17)),
      ],
      "BAD_ENCODING")
    var unable = welcome(.continues, at: 1, chain: first.chain)
    unable.features = .received
    answer("W50-a-server-that-cannot-follow", idle, [Frame.welcome(unable).encoded(ends: true)])
    answer("W50-before-welcome", idle, [notify(second)], "WRONG_ORDER")
    answer("W50-in-an-answer", idle, [start, notify(second), logged, notify(third)], "WRONG_ORDER")
    answer("W50-after-the-ack", sending, [start, ack.encoded(), notify(second)], "WRONG_ORDER")
    answer(
      "W50-not-agreed", unasked,
      [
        Frame.welcome(welcome(.continues, at: 2, chain: second.chain)).encoded(), notify(second),
      ], "WRONG_ORDER")
    answer("W51-nothing-new", idle, [start, notify(first)], "WRONG_ORDER")
    answer("W51-twice", sending, [start, notify(second), notify(third)], "WRONG_ORDER")
    answer("W30-before-notify", sending, [start, notify(second), early.encoded()], "WRONG_ORDER")
    answer("W43-not-what-notify-said", idle, [start, notify(third), logged, sections], "ROLLBACK")
    answer("W46-follow", idle, [start, Frame.follow(first.place).encoded(ends: true)], "WRONG_ORDER")
    answer("W46-kept", idle, [start, Frame.kept(first.place).encoded()], "WRONG_ORDER")
  }
}

extension [UInt8] {
  /// The frame without its end flag.
  fileprivate var dropEnd: [UInt8] {
    var bytes = self
    bytes[5] = 0
    return bytes
  }
}
