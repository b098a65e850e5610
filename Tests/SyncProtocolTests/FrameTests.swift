import Bytes
import Formats
import History
import PropertyTesting
import SyncProtocol
import SyncTesting
import Testing

@Suite struct FrameTests {
  /// One frame of every type, and of every shape that a type has.
  static func samples() throws -> [Frame] {
    let book = try TestBook()
    let run = try book.run(0)
    let signature = try #require(run.signature)
    let head = try #require(book.head(of: 0))
    let device = book.authors[0].device
    let chain = ChainHash(head.id.digest)
    let claim = CursorClaim(epoch: .numbered(3), position: .zero.next, chain: chain.prefix)
    let versions = try #require(WireVersions(oldest: 1, newest: 300))
    let vector = try #require(VersionVector([.init(device: device, count: 70_000)]))
    let welcome = Welcome(
      version: 1, features: [], standing: .continues, epoch: .numbered(1), position: .zero.next,
      chain: chain.prefix, last: head, book: nil)
    var named = welcome
    named.book = book.id
    named.last = nil
    named.standing = .rollback
    named.window = 2 << 20
    return [
      .hello(Hello(device: device)),
      .hello(Hello(versions: versions, features: Features(rawValue: 1 << 40), device: device, window: 70_000)),
      .open(.known(book.id, nil)), .open(.known(book.id, claim)), .open(.named(.of("visit-2021"))),
      .open(.create(.of("v"), book.id)), .welcome(welcome), .welcome(named),
      .run(RunHead(device: nil, first: 9, count: 1, signature: signature, sectionCount: 1)),
      .run(RunHead(device: device, first: 0, count: 65_536, signature: signature, sectionCount: 4096)),
      .section(run.sections[0]),
      .logged(
        LoggedHead(device: device, first: 3, count: 2, signature: signature, id: head.id, sectionCount: 2)),
      .own(OwnRun(first: 0, count: 2, id: nil)), .own(OwnRun(first: 1 << 40, count: 2, id: head.id)),
      .ack(Ack(epoch: .numbered(1), position: .zero.next, chain: chain.prefix, head: head)),
      .ack(Ack(epoch: .numbered(1), position: .zero, chain: chain.prefix, head: nil)),
      .vector(VersionVector()), .vector(vector), .reached(.zero.next, chain), .credit(1), .credit(16 << 20),
      .ping([]), .ping([1, 2, 3, 4, 5, 6, 7, 8]), .pong([9]),
      .error(WireError(.equivocation, "00000000:3")), .error(WireError(.diskFull, retryAfter: 60_000)),
      .goodbye(retryAfter: 0), .goodbye(retryAfter: .max),
    ]
  }

  static func read(_ bytes: [UInt8]) throws(WireError) -> [Message] {
    var reader = FrameReader(ceiling: SyncLimits.sectionFrame)
    reader.append(bytes)
    var messages: [Message] = []
    while let message = try reader.next() { messages.append(message) }
    return messages
  }

  @Test func `every frame reads as it was written`() throws {
    for frame in try Self.samples() {
      for ends in [false, true] where !ends || frame.type.mayEnd {
        let bytes = frame.encoded(ends: ends)
        #expect(try Self.read(bytes) == [Message(frame, ends: ends, payloadCount: bytes.count - 6)])
      }
    }
  }

  @Test func `a frame that is cut short, or goes on, is refused`() throws {
    for frame in try Self.samples() {
      let payload = Array(frame.encoded().dropFirst(6))
      guard frame.type != .ping, frame.type != .pong, !Self.hasWindow(frame) else { continue }
      for count in 0..<payload.count {
        #expect(throws: WireError.self) { try Frame(frame.type, payload: Array(payload.prefix(count))) }
      }
      #expect(throws: WireError.self) { try Frame(frame.type, payload: payload + [0]) }
    }
  }

  /// An extension that is cut off whole leaves a frame without it.
  private static func hasWindow(_ frame: Frame) -> Bool {
    switch frame {
    case .hello(let hello): hello.window != SyncLimits.window
    case .welcome(let welcome): welcome.window != SyncLimits.window
    default: false
    }
  }

  @Test func `one wrong bit in a section is found`() throws {
    let section = Frame.section(try TestBook().run(0).sections[0])
    let payload = Array(section.encoded().dropFirst(6))
    for index in payload.indices {
      for bit in 0..<8 {
        var wrong = payload
        wrong[index] ^= 1 << UInt8(bit)
        // The kind is no business of the wire's: it is judged with the run.
        if index == 0 { continue }
        #expect(throws: WireError.self) { try Frame(.section, payload: wrong) }
      }
    }
  }

  @Test func `random bytes never pass for more than they are`() throws {
    let samples = try Self.samples()
    try forAll(2_000) { random in
      var bytes = samples[random.below(samples.count)].encoded()
      for _ in 0...random.below(4) {
        switch random.below(3) {
        case 0: bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: random.below(bytes.count + 1))
        default: if bytes.count > 1 { bytes.remove(at: random.below(bytes.count)) }
        }
      }
      guard let messages = try? Self.read(bytes) else { return }
      // What is accepted has one spelling: it is written again as it came.
      var again: [UInt8] = []
      for message in messages { again += message.frame.encoded(ends: message.ends) }
      let isSkipped = bytes.count >= 6 && bytes[4] >= 0x80
      try #require(isSkipped || bytes.starts(with: again) || Self.hasExtensions(messages))
    }
  }

  /// Unknown ignorable extensions are dropped on reading.
  private static func hasExtensions(_ messages: [Message]) -> Bool {
    messages.contains { message in
      switch message.frame {
      case .hello, .welcome, .ack: true
      default: false
      }
    }
  }

  @Test func `a length over the type's limit is refused before the payload is awaited`() throws {
    for (type, limit) in [
      (FrameType.hello, 4_096), (.section, (1 << 20) + 64), (.ping, 8), (.credit, 4_096), (.vector, 106_512),
      (FrameType(rawValue: 0x9a), 65_536),
    ] {
      #expect(type.payloadLimit == limit)
      var header: [UInt8] = []
      UInt32(limit + 1).appendBigEndian(to: &header)
      header += [type.rawValue, 0]
      #expect(throws: WireError(.tooLarge, "\(type.name): \(limit + 1) bytes")) { try Self.read(header) }
    }
  }

  @Test func `a critical type that nobody knows is refused, an ignorable one skipped whatever it holds`() throws {
    let ping = Frame.ping([1]).encoded()
    for raw in UInt8.min...UInt8.max where !FrameType(rawValue: raw).isKnown {
      let unknown: [UInt8] = [0, 0, 0, 3, raw, 0xff, 1, 2, 3]
      if raw < 0x80 {
        #expect(throws: WireError(.unknownFrame, FrameType(rawValue: raw).name)) { try Self.read(unknown + ping) }
      } else {
        #expect(try Self.read(unknown + ping).map(\.frame) == [.ping([1])])
      }
    }
  }

  @Test func `only frames that may end a flight carry the flag, and no other flag is allowed`() throws {
    for frame in try Self.samples() {
      var bytes = frame.encoded()
      for flags in 1...UInt8.max where !(flags == 1 && frame.type.mayEnd) {
        bytes[5] = flags
        #expect(throws: WireError.self) { try Self.read(bytes) }
      }
    }
  }

  @Test func `names keep the rule of names`() {
    for good in ["a", "2021", "Prague-visit_2021.b", ExactText(String(repeating: "x", count: 100))] {
      #expect(BookName(good) != nil)
    }
    for bad in ["", "-a", ".", "a/b", "a b", "é", "a\n", ExactText(String(repeating: "x", count: 101))] {
      #expect(BookName(bad) == nil)
    }
  }

  @Test func `a cursor is kept whole and read back`() throws {
    let cursor = Cursor(epoch: .numbered(2), position: .zero.next, chain: ChainHash(.zero))
    #expect(try Cursor(bytes: cursor.bytes) == cursor)
    #expect(throws: DecodingError.self) { try Cursor(bytes: cursor.bytes + [0]) }
  }
}
