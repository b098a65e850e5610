import Bytes
import Formats
import History
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// Credit: who may send how much, and what a side may have to keep.
@Suite struct FlowTests {
  /// A section of a MiB that deflate would not make shorter.
  private static let section = PackedSection(
    kind: 1, rawCount: 1 << 20, isDeflated: false, packed: [UInt8](repeating: 7, count: 1 << 20))

  private static func head(_ sections: Int, _ signature: Signature) -> [UInt8] {
    Frame.run(
      RunHead(device: nil, first: 0, count: 1, signature: signature, sectionCount: sections)
    ).encoded()
  }

  private static func opened(_ book: TestBook) -> ServerSession {
    var session = ServerSession()
    _ = session.receive(
      Preamble.bytes + Frame.hello(Hello(device: DeviceID(number: 1))).encoded()
        + Frame.open(.known(book.id, nil)).encoded())
    return session
  }

  private static func error(in effects: [ServerSession.Effect]) -> WireError? {
    for effect in effects { if case .close(let error?) = effect { return error } }
    return nil
  }

  @Test func `before the book is found a client has one window, and a frame that overdraws it`() throws {
    let book = try TestBook()
    let signature = try #require(try book.run(0).signature)
    var session = Self.opened(book)
    let section = Frame.section(Self.section).encoded()
    #expect(session.receive(Self.head(4, signature)).isEmpty)
    #expect(session.receive(section).isEmpty)
    #expect(Self.error(in: session.receive(section))?.code == .flow)
  }

  @Test func `a store that does not keep up stops the client, and bounds what is held`() throws {
    let book = try TestBook()
    let signature = try #require(try book.run(0).signature)
    var session = Self.opened(book)
    let log = TestLog(of: book.id)
    _ = session.opened(.book(log.state, last: nil, .onChain))
    // Nobody ever decides: the client may send until its credit is used up.
    let piece = Self.head(1, signature) + Frame.section(Self.section).encoded()
    var credit = SyncLimits.window
    var sent = 0
    while credit > 0 {
      credit -= piece.count
      sent += 1
      for effect in session.receive(piece) {
        if case .send(let bytes) = effect, bytes[4] == FrameType.credit.rawValue {
          guard case .credit(let more) = try Frame(.credit, payload: Array(bytes.dropFirst(6))) else { continue }
          credit += more
        }
      }
      #expect(!session.isClosed)
      #expect(session.heldBytes <= SyncLimits.runBytes + 3 * SyncLimits.window)
    }
    #expect(sent < 5)
    #expect(Self.error(in: session.receive(piece))?.code == .flow)
  }

  @Test func `a long run gets through a small window, and one that is too long does not`() throws {
    let book = try TestBook()
    let signature = try #require(try book.run(0).signature)
    var session = Self.opened(book)
    _ = session.opened(.book(TestLog(of: book.id).state, last: nil, .onChain))
    let section = Frame.section(Self.section).encoded()
    _ = session.receive(Self.head(30, signature))
    var count = 0
    while !session.isClosed {
      let effects = session.receive(section)
      count += 1
      if let error = Self.error(in: effects) { #expect(error.code == .overLimit) }
      #expect(session.heldBytes <= SyncLimits.runBytes + 3 * SyncLimits.window)
    }
    #expect(count == 16)
  }

  @Test func `a laptop that takes its time stops the server, and nothing is lost`() throws {
    var book = try TestBook()
    var log = TestLog(of: book.id)
    log.submit([try book.run(0)])
    for number in 1...40 {
      try book.type((0..<9_000).map { "\(($0 &* 7_919 &+ number) % 10_007) " }.joined(), by: 0)
      log.submit([try book.run(0, from: number)])
    }
    let request = SyncRequest(
      book: .known(book.id, nil), device: DeviceID(number: 1), outgoing: [], vector: VersionVector(),
      window: SyncLimits.smallestWindow)
    var client = ClientSession(request, hash: Signing.hash)
    var server = ServerSession()
    var toClient: [UInt8] = []
    func serve(_ effects: [ServerSession.Effect]) {
      for effect in effects {
        if case .send(let bytes) = effect { toClient += bytes }
        serve(log.answer(effect, to: &server))
      }
    }
    var delivered = 0
    var isWaiting = false
    func perform(_ effects: [ClientSession.Effect]) {
      for effect in effects {
        switch effect {
        case .send(let bytes): serve(server.receive(bytes))
        case .deliver(let page, _):
          delivered += page.count
          isWaiting = true
        default: break
        }
      }
    }
    perform(client.start())
    var most = 0
    while !client.isClosed {
      if toClient.isEmpty {
        // Only now is the page taken: the server had to stop by itself.
        try #require(isWaiting)
        isWaiting = false
        perform(client.delivered())
      } else {
        let bytes = toClient
        toClient = []
        perform(client.receive(bytes))
      }
      most = max(most, client.heldBytes)
    }
    #expect(delivered == 41)
    print("at most \(most) bytes held")
    #expect(most < 3 * SyncLimits.smallestWindow)
  }

  @Test func `pings that nobody reads the answers of end the connection`() throws {
    var session = Self.opened(try TestBook())
    for _ in 0..<SyncLimits.unsentReplies { #expect(session.receive(Frame.ping([1]).encoded()).count == 1) }
    var patient = session
    #expect(Self.error(in: session.receive(Frame.ping([1]).encoded()))?.code == .flow)
    patient.flushed()
    #expect(Self.error(in: patient.receive(Frame.ping([1]).encoded())) == nil)
  }
}
