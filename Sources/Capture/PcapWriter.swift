import Bytes

/// Makes a pcap file of what two ends of a connection said, as TCP would have carried it.
///
/// The packets are made up around the bytes: their addresses are those that are kept for examples (192.0.2.1 the laptop,
/// 192.0.2.2 the server), so that a capture names no machine; every segment arrives, in order and once.
package struct PcapWriter: Sendable {
  private let clientPort: UInt16
  private let serverPort: UInt16
  private var clientSequence: UInt32 = 1
  private var serverSequence: UInt32 = 1
  private var identification: UInt16 = 0

  /// Bytes of a segment; an IPv4 packet holds 65,535 with its headers.
  private static let segmentByteCount = 60_000
  private static let window: UInt16 = 65_535

  /// The file's header, once, before any packet.
  package static var header: [UInt8] {
    var writer = ByteWriter(reserving: Pcap.headerByteCount)
    writer.put(big: Pcap.magic)
    writer.put(big: UInt16(2))
    writer.put(big: UInt16(4))
    for value in [0, 0, 262_144, Pcap.rawIP] { writer.put(big: UInt32(value)) }
    return writer.bytes
  }

  /// A connection of its own in the file: `number` tells it from others, which have other ports.
  package init(connection number: UInt16, serverPort: UInt16) {
    clientPort = 49_152 + number % 16_384
    self.serverPort = serverPort
  }

  /// The packets of an opening: SYN, SYN and ACK, ACK. Times are nanoseconds since 1970.
  package mutating func opened(at time: Int64) -> [UInt8] {
    clientSequence = 0
    serverSequence = 0
    let first = packet(from: .client, [], flags: Flags.syn, at: time)
    clientSequence = 1
    let second = packet(from: .server, [], flags: Flags.syn | Flags.ack, at: time)
    serverSequence = 1
    return first + second + packet(from: .client, [], flags: Flags.ack, at: time)
  }

  /// Bytes that one end sent, cut into segments.
  package mutating func sent(_ bytes: [UInt8], by side: CaptureSide, at time: Int64) -> [UInt8] {
    var packets: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: Self.segmentByteCount) {
      let piece = Array(bytes[start..<min(start + Self.segmentByteCount, bytes.count)])
      packets += packet(from: side, piece, flags: Flags.ack | Flags.push, at: time)
      advance(side, by: UInt32(piece.count))
    }
    return packets
  }

  /// The end of the connection.
  package mutating func closed(by side: CaptureSide, at time: Int64) -> [UInt8] {
    let first = packet(from: side, [], flags: Flags.fin | Flags.ack, at: time)
    advance(side, by: 1)
    let second = packet(from: side.other, [], flags: Flags.fin | Flags.ack, at: time)
    advance(side.other, by: 1)
    return first + second + packet(from: side, [], flags: Flags.ack, at: time)
  }

  private enum Flags {
    static let fin: UInt8 = 1
    static let syn: UInt8 = 2
    static let push: UInt8 = 8
    static let ack: UInt8 = 16
  }

  private mutating func advance(_ side: CaptureSide, by count: UInt32) {
    if side == .client { clientSequence &+= count } else { serverSequence &+= count }
  }

  private mutating func packet(
    from side: CaptureSide, _ payload: [UInt8], flags: UInt8, at time: Int64
  ) -> [UInt8] {
    let isClient = side == .client
    let addresses = isClient ? Self.client + Self.server : Self.server + Self.client
    var tcp = ByteWriter(reserving: 20 + payload.count)
    tcp.put(big: isClient ? clientPort : serverPort)
    tcp.put(big: isClient ? serverPort : clientPort)
    tcp.put(big: isClient ? clientSequence : serverSequence)
    tcp.put(big: flags & Flags.ack == 0 ? 0 : isClient ? serverSequence : clientSequence)
    tcp.put(byte: 5 << 4)
    tcp.put(byte: flags)
    tcp.put(big: Self.window)
    tcp.put(big: UInt32(0))
    tcp.put(payload)
    var segment = tcp.bytes
    let pseudo = addresses + [0, 6] + Self.big(UInt16(segment.count))
    segment.replaceSubrange(16..<18, with: Self.big(Self.checksum(pseudo + segment)))
    var ip = ByteWriter(reserving: 20)
    ip.put(byte: 0x45)
    ip.put(byte: 0)
    ip.put(big: UInt16(20 + segment.count))
    identification &+= 1
    ip.put(big: identification)
    ip.put(big: UInt16(0x4000))
    ip.put(byte: 64)
    ip.put(byte: 6)
    ip.put(big: UInt16(0))
    ip.put(addresses)
    var header = ip.bytes
    header.replaceSubrange(10..<12, with: Self.big(Self.checksum(header)))
    var record = ByteWriter(reserving: 16 + header.count + segment.count)
    let seconds = max(0, time / 1_000_000_000)
    record.put(big: UInt32(truncatingIfNeeded: seconds))
    record.put(big: UInt32(truncatingIfNeeded: max(0, time) % 1_000_000_000))
    for _ in 0..<2 { record.put(big: UInt32(header.count + segment.count)) }
    return record.bytes + header + segment
  }

  private static let client: [UInt8] = [192, 0, 2, 1]
  private static let server: [UInt8] = [192, 0, 2, 2]

  private static func big(_ value: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }

  /// The sum of IP and TCP: RFC 1071.
  private static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      sum += index % 2 == 0 ? UInt32(byte) << 8 : UInt32(byte)
      if sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
