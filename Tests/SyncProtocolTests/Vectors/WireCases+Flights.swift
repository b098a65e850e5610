import Bytes
import Formats
import History
import Signing
import SyncProtocol
import SyncTesting

// All that one side sends, and what the other makes of it.

extension WireCases {
  private typealias Make = WireCases

  mutating func flights() {
    flight("W1-W2-preamble", [])
    all.append(WireVector(name: "W1-http", what: .flight, bytes: Array("GET / HTTP/1.1\r\n".utf8), expect: "BAD_MAGIC"))
    all.append(
      WireVector(
        name: "W1-line-end-in-text-mode", what: .flight, bytes: [0x89, 0x56, 0x41, 0x4c, 0x49, 0x0a, 0x01],
        expect: "BAD_MAGIC"))
    all.append(WireVector(name: "W2-framing-2", what: .flight, bytes: Preamble.magic + [2], expect: "VERSION"))
    flight("W4-a-long-frame-first", [Make.raw(.section, [], length: 4_097)], "TOO_LARGE")
    flight("W4-a-long-ignorable-frame-first", [Make.raw(FrameType(rawValue: 0x80), [], length: 4_097)], "TOO_LARGE")
    flight(
      "W4-a-long-frame-later",
      [hello, open, Make.raw(FrameType(rawValue: 0x80), [UInt8](repeating: 0, count: 4_097))])
    flight("W11-W34-W35-nothing-to-send", [hello, openOnly])
    flight("W11-a-newer-client", [Make.raw(.hello, [1, 9, 0x7f] + device.bytes), openOnly])
    flight("W11-a-client-too-new", [Make.raw(.hello, [2, 9, 0] + device.bytes), openOnly], "VERSION")
    flight("W34-no-hello", [openOnly], "WRONG_ORDER")
    flight("W34-hello-twice", [hello, hello], "WRONG_ORDER")
    flight("W34-hello-after-open", [hello, open, hello], "WRONG_ORDER")
    flight("W35-no-open", [hello, runFrame(ends: true), section], "WRONG_ORDER")
    flight("W35-open-twice", [hello, openOnly, openOnly], "WRONG_ORDER")
    flight("W26-W36-two-runs", [hello, open, runFrame(), section, runFrame(sections: 2, ends: true), section, section])
    flight(
      "W26-pings-between",
      [hello, open, runFrame(ends: true), Frame.ping([1]).encoded(), Frame.credit(9).encoded(), section])
    flight("W26-a-second-flight", [hello, openOnly, runFrame(ends: true), section])
    flight("W26-no-run", [hello, open, section], "WRONG_ORDER")
    flight("W26-no-section", [hello, open, runFrame(), runFrame()], "WRONG_ORDER")
    flight("W26-a-section-too-many", [hello, open, runFrame(), section, section], "WRONG_ORDER")
    flight("W26-a-section-after-the-end", [hello, open, runFrame(ends: true), section, section], "WRONG_ORDER")
    for (words, frame) in [
      ("ack", Frame.ack(Ack(epoch: .numbered(1), position: .zero, chain: chain.prefix, head: nil))),
      ("own", .own(OwnRun(first: 0, count: 1, id: nil))), ("reached", .reached(.zero, chain)),
      (
        "logged",
        .logged(LoggedHead(device: device, first: 0, count: 1, signature: signature, id: head.id, sectionCount: 1))
      ),
      ("welcome", .welcome(welcome())),
    ] {
      flight("W36-\(words)", [hello, open, frame.encoded()], "WRONG_ORDER")
    }
    flight("W37-W48-credit", [hello, openOnly, Frame.credit(100).encoded(), Frame.credit(15 << 20 - 100).encoded()])
    flight("W37-credit-before-open", [hello, Frame.credit(100).encoded()], "WRONG_ORDER")
    flight("W48-too-much", [hello, openOnly, Frame.credit(16 << 20).encoded()], "FLOW")
    let vector = Frame.vector(VersionVector())
    flight("W38-after-another-epoch", standing: 1, [hello, openOnly, vector.encoded(ends: true)])
    flight(
      "W38-void-and-cut-off", standing: 2,
      [hello, open, runFrame(sections: 9), section, vector.encoded(), runFrame(ends: true), section])
    flight("W38-cursor-goes-on", [hello, openOnly, vector.encoded(ends: true)], "WRONG_ORDER")
    flight("W38-twice", standing: 1, [hello, openOnly, vector.encoded(), vector.encoded(ends: true)], "WRONG_ORDER")
    flight(
      "W38-after-its-flight", standing: 1, [hello, openOnly, vector.encoded(ends: true), vector.encoded(ends: true)],
      "WRONG_ORDER")
  }

  func welcome(
    _ standing: Welcome.Standing = .continues, at position: UInt64 = 1, chain: ChainHash? = nil, book: BookID? = nil
  ) -> Welcome {
    Welcome(
      version: 1, features: [], standing: standing, epoch: .numbered(1), position: Position(position) ?? .zero,
      chain: (chain ?? self.chain).prefix, last: nil, book: book)
  }

  // swift-format-ignore: LineLength
  mutating func answers() throws {
    var log = TestLog(of: book.id)
    log.submit([run])
    let first = log.state
    let cursor = Cursor(epoch: first.epoch, position: first.position, chain: first.chain)
    var both = book
    both.addAuthor()
    try both.type("theirs ", by: 1, on: book.heads)
    let theirs = try both.run(1)
    try both.type("ours ", by: 0, on: book.heads)
    log.submit([theirs])
    let second = log.state
    log.submit([try both.run(0, from: 2)])
    let third = log.state
    guard let theirSignature = theirs.signature, let theirHead = both.head(of: 1), let ourHead = both.head(of: 0) else {
      return
    }

    var idle = WireVector.Context()
    idle.book = book.id
    idle.device = device
    idle.made = 2
    idle.cursor = cursor
    var sending = idle
    sending.made = 3
    sending.runs = 1
    sending.beyond = 1
    var joining = idle
    joining.byName = true
    joining.cursor = nil
    joining.device = DeviceID(number: 5)
    joining.made = 0

    let cases = self
    let welcome = { (standing: Welcome.Standing, state: BookState, book: BookID?) -> Welcome in
      cases.welcome(standing, at: state.position.rawValue, chain: state.chain, book: book)
    }
    let logged = Frame.logged(
      LoggedHead(
        device: theirs.device, first: 0, count: 1, signature: theirSignature, id: theirHead.id, sectionCount: 1))
    let sections = LogEntry.sections(of: theirs)
    let ack = Frame.ack(Ack(epoch: third.epoch, position: third.position, chain: third.chain.prefix, head: ourHead))
    let own = Frame.own(OwnRun(first: 2, count: 1, id: nil))
    let named = Frame.own(OwnRun(first: 2, count: 1, id: ourHead.id))
    let vector = Frame.vector(VersionVector()).encoded(ends: true)
    let reached = Frame.reached(third.position, third.chain).encoded(ends: true)
    let start = Frame.welcome(welcome(.continues, first, nil))

    answer("W39-W40-nothing-to-do", idle, [start.encoded(ends: true)])
    answer(
      "W40-W42-W43-W44-somebody-elses-run", idle,
      [Frame.welcome(welcome(.continues, second, nil)).encoded(), logged.encoded(ends: true), sections])
    answer(
      "W26-W30-W42-W43-W45-W46-both-sides", sending,
      [start.encoded(), ack.encoded(), logged.encoded(), sections, own.encoded(ends: true)])
    answer(
      "W29-id-said", sending, [start.encoded(), ack.encoded(), logged.encoded(), sections, named.encoded(ends: true)])
    answer(
      "W20-W22-join", joining,
      [
        Frame.welcome(welcome(.continues, first, book.id)).encoded(),
        Frame.logged(LoggedHead(device: device, first: 0, count: 2, signature: signature, id: head.id, sectionCount: 1))
          .encoded(ends: true), LogEntry.sections(of: run),
      ])
    for (words, standing) in [("other-epoch", Welcome.Standing.otherEpoch), ("rollback", .rollback)] {
      answer(
        "W21-W22-W33-W41-W45-\(words)", sending,
        [
          Frame.welcome(welcome(standing, first, nil)).encoded(), vector, ack.encoded(), logged.encoded(), sections,
          reached,
        ])
    }
    answer("W39-an-ack-first", sending, [ack.encoded()], "WRONG_ORDER")
    answer(
      "W39-twice", idle, [Frame.welcome(welcome(.continues, second, nil)).encoded(), start.encoded()], "WRONG_ORDER")
    answer("W40-end-though-a-run-was-sent", sending, [start.encoded(ends: true)], "WRONG_ORDER")
    answer(
      "W40-W43-end-though-a-position-is-left", idle,
      [Frame.welcome(welcome(.continues, second, nil)).encoded(ends: true)], "ROLLBACK")
    var unoffered = welcome(.continues, first, nil)
    unoffered.version = 2
    answer("W19-nothing-more-than-offered", idle, [start.encoded(ends: true)])
    answer("W19-version-2", idle, [Frame.welcome(unoffered).encoded(ends: true)], "VERSION")
    unoffered.version = 1
    unoffered.features = .receipts
    answer("W19-a-feature", idle, [Frame.welcome(unoffered).encoded(ends: true)], "FEATURE")
    answer(
      "W20-id-not-asked-for", idle, [Frame.welcome(welcome(.continues, first, book.id)).encoded(ends: true)],
      "BAD_ENCODING")
    answer("W20-id-left-out", joining, [Frame.welcome(welcome(.continues, first, nil)).encoded()], "BAD_ENCODING")
    var elsewhere = welcome(.continues, first, nil)
    elsewhere.epoch = .numbered(2)
    answer("W21-another-epoch-goes-on", idle, [Frame.welcome(elsewhere).encoded(ends: true)], "BAD_ENCODING")
    answer("W22-no-cursor", joining, [Frame.welcome(welcome(.rollback, first, book.id)).encoded()], "WRONG_ORDER")
    let bare = Frame.own(OwnRun(first: 1, count: 1, id: nil))
    answer("W29-id-of-another-change", sending, [start.encoded(), ack.encoded(), bare.encoded()], "BAD_ENCODING")
    answer(
      "W29-nothing-named", idle, [Frame.welcome(welcome(.continues, second, nil)).encoded(), own.encoded(ends: true)],
      "BAD_ENCODING")
    let otherEpoch = Frame.ack(
      Ack(epoch: .numbered(2), position: third.position, chain: third.chain.prefix, head: ourHead))
    answer("W30-another-epoch", sending, [start.encoded(), otherEpoch.encoded()], "WRONG_ORDER")
    let before = Frame.ack(Ack(epoch: .numbered(1), position: .zero, chain: chain.prefix, head: ourHead))
    answer("W30-before-welcome", sending, [start.encoded(), before.encoded()], "WRONG_ORDER")
    let mismatch = Frame.welcome(welcome(.otherEpoch, first, nil)).encoded()
    answer(
      "W33-another-position", sending,
      [mismatch, vector, ack.encoded(), Frame.reached(second.position, third.chain).encoded(ends: true)], "WRONG_ORDER")
    answer(
      "W33-another-chain", sending,
      [mismatch, vector, ack.encoded(), Frame.reached(third.position, second.chain).encoded(ends: true)], "WRONG_ORDER")
    answer("W41-no-vector", sending, [mismatch, ack.encoded()], "WRONG_ORDER")
    answer("W41-vector-without-end", sending, [mismatch, Frame.vector(VersionVector()).encoded()], "WRONG_ORDER")
    answer(
      "W41-end-of-welcome", idle, [Frame.welcome(welcome(.otherEpoch, first, nil)).encoded(ends: true)], "WRONG_ORDER")
    answer("W42-no-ack", sending, [start.encoded(), logged.encoded()], "WRONG_ORDER")
    answer(
      "W42-no-flight", idle, [Frame.welcome(welcome(.continues, second, nil)).encoded(), ack.encoded()], "WRONG_ORDER")
    answer("W42-twice", sending, [start.encoded(), ack.encoded(), ack.encoded()], "WRONG_ORDER")
    answer(
      "W43-another-order", sending,
      [start.encoded(), ack.encoded(), own.encoded(), logged.encoded(ends: true), sections], "ROLLBACK")
    answer("W43-a-run-left-out", sending, [start.encoded(), ack.encoded(), own.encoded(ends: true)], "ROLLBACK")
    answer(
      "W44-a-run-too-many", sending,
      [start.encoded(), ack.encoded(), logged.encoded(), sections, own.encoded(), named.encoded()], "WRONG_ORDER")
    answer(
      "W45-end-of-a-run", sending, [mismatch, vector, ack.encoded(), logged.encoded(ends: true), sections],
      "WRONG_ORDER")
    answer("W45-reached-though-chained", sending, [start.encoded(), ack.encoded(), reached], "WRONG_ORDER")
    answer("W45-own-by-vector", sending, [mismatch, vector, ack.encoded(), own.encoded()], "WRONG_ORDER")
    answer("W46-hello", idle, [hello], "WRONG_ORDER")
    answer("W46-open", idle, [openOnly], "WRONG_ORDER")
    answer("W46-run", sending, [start.encoded(), ack.encoded(), runFrame()], "WRONG_ORDER")
    answer(
      "W26-a-section-missing", sending, [start.encoded(), ack.encoded(), logged.encoded(), own.encoded()], "WRONG_ORDER"
    )
  }
}
