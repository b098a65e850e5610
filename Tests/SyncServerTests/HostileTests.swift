import Bytes
import Deflate
import Formats
import History
import LogStore
import PropertyTesting
import Signing
import SyncClient
import SyncProtocol
import SyncServer
import SyncTesting
import Testing

/// Whatever a stranger sends: a typed error, that connection closed, nobody else disturbed, nothing lost.
@Suite struct HostileTests {
  static let hello = Preamble.bytes + Frame.hello(Hello(device: DeviceID(number: 9))).encoded()

  /// The error that a server answers with before it closes; nil when it closes without a word.
  static func error(from bytes: [UInt8]) throws -> WireError? {
    var reader = FrameReader(ceiling: SyncLimits.sectionFrame)
    reader.append(bytes)
    while let message = try reader.next() {
      if case .error(let error) = message.frame { return error }
    }
    return nil
  }

  private static func header(_ length: UInt32, _ type: UInt8, _ flags: UInt8 = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    length.appendBigEndian(to: &bytes)
    return bytes + [type, flags]
  }

  /// What a stranger says, and the code of the answer.
  static func cases(_ book: TestBook) throws -> [(what: String, bytes: [UInt8], code: ErrorCode)] {
    let open = Frame.open(.known(book.id, nil)).encoded()
    let run = try book.run(0)
    let signature = try #require(run.signature)
    func head(_ sections: Int, first: UInt64 = 0, count: Int = 1, device: DeviceID? = nil) -> [UInt8] {
      Frame.run(
        RunHead(device: device, first: first, count: count, signature: signature, sectionCount: sections)
      ).encoded(ends: true)
    }
    let bomb = PackedSection(
      kind: run.sections[0].kind, rawCount: 1 << 20, isDeflated: true,
      packed: Deflate.pack([UInt8](repeating: 0, count: 1 << 20)))
    let liar = PackedSection(kind: run.sections[0].kind, rawCount: 1 << 20, isDeflated: true, packed: [3, 0])
    var wrongSum = Frame.section(run.sections[0]).encoded()
    wrongSum[wrongSum.count - 1] ^= 1
    let device = book.authors[0].device
    return [
      ("another protocol", Array("GET / HTTP/1.1\r\n\r\n".utf8), .badMagic),
      ("a later framing", Preamble.magic + [2], .version),
      ("no HELLO", Preamble.bytes + open, .wrongOrder),
      ("a long frame before HELLO", Preamble.bytes + header(5_000, 0x11), .tooLarge),
      ("HELLO twice", hello + Frame.hello(Hello(device: device)).encoded(), .wrongOrder),
      ("a run before OPEN", hello + head(1), .wrongOrder),
      ("an unknown critical frame", hello + header(0, 0x33), .unknownFrame),
      ("a reserved frame", hello + header(0, 0x05), .unknownFrame),
      ("an oversized section", hello + open + head(1) + header((1 << 20) + 65, 0x11), .tooLarge),
      ("4 GiB", hello + open + header(.max, 0x11), .tooLarge),
      ("a bad flag", hello + header(0, 0x21, 1), .badEncoding),
      ("a cut OPEN", hello + header(3, 0x02) + [1, 2, 3], .badEncoding),
      ("no such book", hello + Frame.open(.named(.of("nowhere"))).encoded(ends: true), .noSuchBook),
      ("a section without a run", hello + open + Frame.section(run.sections[0]).encoded(), .wrongOrder),
      ("a wrong checksum", hello + open + head(1) + wrongSum, .badChecksum),
      ("a bomb", hello + open + head(1, first: 1, device: device) + Frame.section(bomb).encoded(), .badRun),
      ("a false length", hello + open + head(1, first: 1, device: device) + Frame.section(liar).encoded(), .badRun),
      ("a gap", hello + open + head(1, first: 99, device: device) + Frame.section(run.sections[0]).encoded(), .gap),
      (
        "somebody else's changes", hello + open + head(1) + Frame.section(run.sections[0]).encoded(), .uncertified
      ),
      ("credit without end", hello + open + [UInt8](Frame.credit(16 << 20).encoded()), .flow),
      ("a vector that nobody asked for", hello + open + Frame.vector(VersionVector()).encoded(ends: true), .wrongOrder),
      ("a server's frame", hello + open + Frame.own(OwnRun(first: 0, count: 1, id: nil)).encoded(), .wrongOrder),
      (
        "a version of the future",
        Preamble.bytes + header(19, 0x01) + [2, 9, 0] + [UInt8](repeating: 1, count: 16), .version
      ),
      (
        "an unknown critical extension",
        Preamble.bytes + header(21, 0x01) + [1, 1, 0] + [UInt8](repeating: 1, count: 16) + [2, 0], .feature
      ),
    ]
  }

  @Test func `each gets its error, is closed, and disturbs nobody`() async throws {
    let server = try await TestServer.start()
    let book = try TestBook()
    let published = try await server.publish(book)
    let state = try await server.store.states(of: [book.id])
    let port = server.server.port
    for (what, bytes, code) in try Self.cases(book) {
      let stranger = try RawClient(port: port)
      stranger.send(bytes)
      let error = try Self.error(from: stranger.receiveAll())
      #expect(error?.code == code, "\(what): \(error.map { "\($0.code.name) \($0.detail)" } ?? "no error")")
      #expect((error?.detail.utf8.count ?? 0) <= 256)
    }
    #expect(try await server.store.states(of: [book.id]) == state)
    let after = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(book.id, published.cursor), device: book.authors[0].device, outgoing: [], vector: book.vector),
      receiver: Laptop())
    #expect(after.cursor == published.cursor)
    await server.server.stop()
  }

  @Test func `noise of any kind ends that connection only`() async throws {
    let server = try await TestServer.start()
    let book = try TestBook()
    let published = try await server.publish(book)
    let good = Self.hello + Frame.open(.known(book.id, nil)).encoded() + Frame.ping([]).encoded()
    let port = server.server.port
    try forAll(60) { random in
      let stranger = try RawClient(port: port)
      var bytes = good
      for _ in 0...random.below(8) { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
      bytes += random.bytes(random.below(3_000))
      stranger.send(bytes)
      stranger.send(Frame.goodbye(retryAfter: 0).encoded())
    }
    let after = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .known(book.id, published.cursor), device: book.authors[0].device, outgoing: [], vector: book.vector),
      receiver: Laptop())
    #expect(after.cursor == published.cursor)
    await server.server.stop()
  }

  @Test func `who says nothing, or stops in the middle, is given up in time`() async throws {
    var limits = ServerLimits()
    limits.handshake = .milliseconds(200)
    limits.quiet = .milliseconds(300)
    limits.dead = .milliseconds(700)
    let server = try await TestServer.start(limits: limits)
    let book = try TestBook()
    _ = try await server.publish(book)
    let silent = try RawClient(port: server.server.port)
    #expect(try Self.error(from: silent.receiveAll())?.code == .timedOut)
    let stuck = try RawClient(port: server.server.port)
    stuck.send(Self.hello + Frame.open(.known(book.id, nil)).encoded() + [0, 0])
    let answer = try stuck.receiveAll()
    #expect(try Self.error(from: answer)?.code == .timedOut)
    // It was asked for a sign of life before.
    #expect(answer.contains(0x21))
    await server.server.stop()
  }

  @Test func `more connections than the server takes are told so, and those it has go on`() async throws {
    var limits = ServerLimits()
    limits.connections = 3
    let server = try await TestServer.start(limits: limits)
    let book = try TestBook()
    let port = server.server.port
    var held: [RawClient] = []
    for _ in 0..<3 {
      let client = try RawClient(port: port)
      client.send(Self.hello + Frame.ping([1]).encoded())
      #expect(try client.receive() == Frame.pong([1]).encoded())
      held.append(client)
    }
    let fourth = try RawClient(port: port)
    #expect(try Self.error(from: fourth.receiveAll()) == WireError(.connections, retryAfter: 1_000))
    held[0].send(Frame.ping([2]).encoded())
    #expect(try held[0].receive() == Frame.pong([2]).encoded())
    held.removeAll()
    while true {
      do {
        _ = try await server.publish(book)
        break
      } catch SyncFailure.refused(let error) where error.code == .connections {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    await server.server.stop()
  }
}
