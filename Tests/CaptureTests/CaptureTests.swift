import Bytes
import Capture
import PropertyTesting
import Testing

/// Connections written to a pcap file, and read back out of it, whatever the network did to the packets.
@Suite struct CaptureTests {
  @Test func `what both ends said comes back, cut as it may be`() throws {
    try forAll(60) { random in
      let talk = Talk(using: &random)
      let (connections, error) = try CapturedConnection.all(in: PcapWriter.header + talk.packets.flatMap { $0 })
      #expect(error == nil)
      #expect(connections.count == 1)
      #expect(connections.first?.sent.bytes == talk.sent)
      #expect(connections.first?.received.bytes == talk.received)
    }
  }

  @Test func `packets that come twice, or in another order, change nothing`() throws {
    try forAll(60) { random in
      let talk = Talk(using: &random)
      var packets = talk.packets
      for _ in 0..<6 {
        packets.insert(packets[3 + random.below(packets.count - 3)], at: 3 + random.below(packets.count - 3))
      }
      for _ in 0..<6 { packets.swapAt(3 + random.below(packets.count - 3), 3 + random.below(packets.count - 3)) }
      let (connections, _) = try CapturedConnection.all(in: PcapWriter.header + packets.flatMap { $0 })
      #expect(connections.count == 1)
      #expect(connections.first?.sent.bytes == talk.sent)
      #expect(connections.first?.received.bytes == talk.received)
      #expect(connections.first?.sent.isBroken == false)
    }
  }

  @Test func `a packet that was not captured ends what its end said there, and no more`() throws {
    var writer = PcapWriter(connection: 1, serverPort: 7420)
    var packets = [writer.opened(at: 0)]
    for word in ["one ", "two ", "three "] { packets.append(writer.sent(Array(word.utf8), by: .client, at: 1)) }
    packets.append(writer.sent(Array("answer".utf8), by: .server, at: 2))
    packets.remove(at: 2)
    let found = try CapturedConnection.all(in: PcapWriter.header + packets.flatMap { $0 }).connections
    let connection = try #require(found.first)
    #expect(connection.sent.bytes == Array("one ".utf8))
    #expect(connection.sent.isBroken)
    #expect(connection.received.bytes == Array("answer".utf8))
  }

  @Test func `two ends that meet again have two connections`() throws {
    var bytes = PcapWriter.header
    for word in ["first", "second"] {
      var writer = PcapWriter(connection: 1, serverPort: 7420)
      bytes +=
        writer.opened(at: 0) + writer.sent(Array(word.utf8), by: .client, at: 1) + writer.closed(by: .client, at: 2)
    }
    let found = try CapturedConnection.all(in: bytes).connections
    #expect(found.map(\.sent.bytes) == [Array("first".utf8), Array("second".utf8)])
  }

  @Test func `each byte knows the packet that brought it`() throws {
    var writer = PcapWriter(connection: 1, serverPort: 7420)
    let bytes =
      PcapWriter.header + writer.opened(at: 5) + writer.sent([1, 2, 3], by: .client, at: 7)
      + writer.sent([4], by: .client, at: 9_000_000_001)
    let stream = try #require(try CapturedConnection.all(in: bytes).connections.first?.sent)
    #expect(stream.arrival(of: 0) == CapturedStream.Arrival(end: 3, packet: 4, time: 7))
    #expect(stream.arrival(of: 3) == CapturedStream.Arrival(end: 4, packet: 5, time: 9_000_000_001))
    #expect(stream.arrival(of: 4) == nil)
  }

  @Test func `a capture that stops in a packet gives what came before, and says where it stops`() throws {
    var writer = PcapWriter(connection: 1, serverPort: 7420)
    let whole = PcapWriter.header + writer.opened(at: 0) + writer.sent([1, 2, 3], by: .client, at: 1)
    let last = writer.sent([4, 5, 6], by: .client, at: 2)
    for cut in 1..<last.count {
      let (connections, error) = try CapturedConnection.all(in: whole + last.prefix(cut))
      #expect(connections.first?.sent.bytes == [1, 2, 3])
      #expect(error == CaptureError(what: .truncated, offset: whole.count))
    }
  }

  @Test func `what is no capture is refused`() {
    #expect(throws: CaptureError(what: .notPcap, offset: 0)) {
      try CapturedConnection.all(in: Array(repeating: 7, count: 60))
    }
    #expect(throws: CaptureError(what: .notPcap, offset: 3)) { try CapturedConnection.all(in: [1, 2, 3]) }
    let newer: [UInt8] = [0x0a, 0x0d, 0x0d, 0x0a]
    #expect(throws: CaptureError(what: .pcapng, offset: 0)) { try CapturedConnection.all(in: newer) }
    let radio = Array(PcapWriter.header.prefix(20)) + [0, 0, 0, 105]
    #expect(throws: CaptureError(what: .unknownLink(105), offset: 20)) { try CapturedConnection.all(in: radio) }
  }

  @Test func `no bytes trap the reader`() throws {
    try forAll(300) { random in
      var writer = PcapWriter(connection: 1, serverPort: 7420)
      var bytes = PcapWriter.header + writer.opened(at: 0) + writer.sent(random.bytes(40), by: .client, at: 1)
      for _ in 0..<1 + random.below(8) { bytes[4 + random.below(bytes.count - 4)] = UInt8(random.below(256)) }
      _ = try? CapturedConnection.all(in: bytes)
    }
  }

  /// A conversation, and the packets that carried it.
  private struct Talk {
    var packets: [[UInt8]] = []
    var sent: [UInt8] = []
    var received: [UInt8] = []

    init(using random: inout SeededRandom) {
      var writer = PcapWriter(connection: UInt16(random.below(70)), serverPort: 7420)
      packets = writer.opened(at: 0).cut(into: 56)
      for time in 1..<12 {
        let bytes = random.bytes(1 + random.below(random.oneIn(8) ? 150_000 : 300))
        let isClient = random.oneIn(2)
        if isClient { sent += bytes } else { received += bytes }
        packets.append(writer.sent(bytes, by: isClient ? .client : .server, at: Int64(time) * 1_000))
      }
    }
  }
}

extension [UInt8] {
  fileprivate func cut(into count: Int) -> [[UInt8]] {
    stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
  }
}
