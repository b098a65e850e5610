import Bytes
import Formats
import History
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// Peers of other versions, older and newer ones made up.
@Suite struct VersionTests {
  private static func versions(_ oldest: UInt64, _ newest: UInt64) throws -> WireVersions {
    try #require(WireVersions(oldest: oldest, newest: newest))
  }

  private static func exchange(client: WireVersions, server: WireVersions) throws -> Exchange {
    let (book, log, cursor) = try ExchangeTests.published()
    var request = ExchangeTests.request(book, 0, cursor)
    request.versions = client
    var exchange = Exchange(request, with: log, server: ServerSession(versions: server))
    exchange.run()
    return exchange
  }

  @Test func `two peers speak the newest version that both know`() throws {
    for (client, server) in [((1, 1), (1, 3)), ((1, 3), (1, 1)), ((1, 2), (1, 2)), ((2, 5), (1, 3))]
      as [((UInt64, UInt64), (UInt64, UInt64))]
    {
      let exchange = try Self.exchange(
        client: try Self.versions(client.0, client.1), server: try Self.versions(server.0, server.1))
      #expect(exchange.report != nil)
      guard case .welcome(let welcome) = try FrameTests.read(exchange.down).first?.frame else {
        Issue.record("no WELCOME")
        continue
      }
      #expect(welcome.version == min(client.1, server.1))
    }
  }

  @Test func `peers without a common version part with an error that names the server's`() throws {
    for (client, server) in [((2, 3), (1, 1)), ((1, 1), (2, 3))] as [((UInt64, UInt64), (UInt64, UInt64))] {
      let exchange = try Self.exchange(
        client: try Self.versions(client.0, client.1), server: try Self.versions(server.0, server.1))
      let error = WireError(.version, "versions \(server.0) to \(server.1) are spoken here")
      #expect(exchange.failure == .refused(error, last: nil))
      #expect(exchange.serverError == error)
    }
  }

  /// HELLO of a newer program: unknown features, an ignorable extension, an ignorable frame before OPEN.
  private static func newer(_ book: TestBook, extensions: [UInt8]) -> [UInt8] {
    var payload = ByteWriter()
    payload.put(varint: 1)
    payload.put(varint: 7)
    payload.put(varint: 0xffff)
    payload.put(book.authors[0].device.bytes)
    payload.put(extensions)
    var bytes = Preamble.bytes
    UInt32(payload.count).appendBigEndian(to: &bytes)
    bytes += [FrameType.hello.rawValue, 0] + payload.bytes
    bytes += [0, 0, 0, 1, 0x8a, 0xff, 0]
    return bytes + Frame.open(.known(book.id, nil)).encoded(ends: true)
  }

  @Test func `a newer laptop's ignorable extensions, frames and features are passed over`() throws {
    let (book, log, _) = try ExchangeTests.published()
    var session = ServerSession()
    var log2 = log
    var down: [UInt8] = []
    func serve(_ effects: [ServerSession.Effect]) {
      for effect in effects {
        if case .send(let bytes) = effect { down += bytes }
        serve(log2.answer(effect, to: &session))
      }
    }
    serve(session.receive(Self.newer(book, extensions: [0x81, 1, 3, 9, 9, 9])))
    guard case .welcome(let welcome) = try FrameTests.read(down).first?.frame else {
      Issue.record("no WELCOME")
      return
    }
    #expect(welcome.version == 1)
    #expect(welcome.features == .current)
    #expect(session.isIdle)
  }

  @Test func `a newer laptop's critical extension is refused, and named`() throws {
    let (book, _, _) = try ExchangeTests.published()
    var session = ServerSession()
    let effects = session.receive(Self.newer(book, extensions: [2, 0]))
    #expect(effects.last == .close(WireError(.feature, "HELLO: extension 2 is not known here")))
  }

  @Test func `a server that chooses what was not offered is not followed`() throws {
    let (book, log, cursor) = try ExchangeTests.published()
    for (version, features) in [(2, []), (1, .following)] as [(UInt64, Features)] {
      var client = ClientSession(ExchangeTests.request(book, 0, cursor), hash: Signing.hash)
      _ = client.start()
      let welcome = Welcome(
        version: version, features: features, standing: .continues, epoch: log.state.epoch,
        position: log.state.position, chain: log.state.chain.prefix, last: book.head(of: 0), book: nil)
      let effects = client.receive(Frame.welcome(welcome).encoded(ends: true))
      guard case .failed(.violation(let error)) = effects.last else {
        Issue.record("followed")
        return
      }
      #expect(error.code == (version == 2 ? .version : .feature))
    }
  }
}
