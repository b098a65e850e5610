import Bytes

/// A TCP segment out of a capture.
package struct CapturedSegment: Equatable, Sendable {
  /// Of the packet in the file, from 1, as Wireshark counts.
  package let packet: Int
  /// Nanoseconds since 1970.
  package let time: Int64
  package let from: CaptureEnd
  package let to: CaptureEnd
  let sequence: UInt32
  /// SYN: the first of its end.
  let isFirst: Bool
  /// ACK: it answers something.
  let isAnswer: Bool
  let payload: [UInt8]
}

/// An end of a connection: an address of 4 or 16 bytes, and a port.
package struct CaptureEnd: Hashable, Sendable {
  package let address: [UInt8]
  package let port: UInt16
}

/// Reads the packets of a pcap file, in either byte order; everything that is no TCP is passed over.
package struct PcapReader {
  private let bytes: [UInt8]
  private let isBig: Bool
  private let hasNanoseconds: Bool
  private let link: UInt32
  private var offset = Pcap.headerByteCount
  private var number = 0

  package init(_ bytes: [UInt8]) throws(CaptureError) {
    if bytes.starts(with: [0x0a, 0x0d, 0x0d, 0x0a]) { throw CaptureError(what: .pcapng, offset: 0) }
    guard bytes.count >= Pcap.headerByteCount else { throw CaptureError(what: .notPcap, offset: bytes.count) }
    switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
    case (0xa1, 0xb2, 0xc3, 0xd4): (isBig, hasNanoseconds) = (true, false)
    case (0xa1, 0xb2, 0x3c, 0x4d): (isBig, hasNanoseconds) = (true, true)
    case (0xd4, 0xc3, 0xb2, 0xa1): (isBig, hasNanoseconds) = (false, false)
    case (0x4d, 0x3c, 0xb2, 0xa1): (isBig, hasNanoseconds) = (false, true)
    default: throw CaptureError(what: .notPcap, offset: 0)
    }
    self.bytes = bytes
    link = Self.number(bytes[20..<24], isBig) & 0xffff
    guard Link(link) != nil else { throw CaptureError(what: .unknownLink(link), offset: 20) }
  }

  /// The next TCP segment; nil at the end of the file.
  package mutating func next() throws(CaptureError) -> CapturedSegment? {
    while offset < bytes.count {
      guard bytes.count - offset >= Pcap.packetHeaderByteCount else {
        throw CaptureError(what: .truncated, offset: offset)
      }
      let seconds = Int64(field(0))
      let fraction = Int64(field(4))
      let count = Int(field(8))
      let start = offset + Pcap.packetHeaderByteCount
      guard count <= Pcap.packetLimit, count <= bytes.count - start else {
        throw CaptureError(what: .truncated, offset: offset)
      }
      offset = start + count
      number += 1
      let time = seconds * 1_000_000_000 + (hasNanoseconds ? fraction : fraction * 1_000)
      if let segment = segment(bytes[start..<offset], at: time) { return segment }
    }
    return nil
  }

  private func field(_ place: Int) -> UInt32 { Self.number(bytes[(offset + place)..<(offset + place + 4)], isBig) }

  private static func number(_ bytes: ArraySlice<UInt8>, _ isBig: Bool) -> UInt32 {
    isBig
      ? bytes.reduce(0) { $0 << 8 | UInt32($1) } : bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func segment(_ packet: ArraySlice<UInt8>, at time: Int64) -> CapturedSegment? {
    guard let ip = Link(link)?.payload(of: packet), let (addresses, tcp) = Self.tcp(in: ip), tcp.count >= 20 else {
      return nil
    }
    let start = tcp.startIndex
    let head = Int(tcp[start + 12] >> 4) * 4
    guard head >= 20, head <= tcp.count else { return nil }
    func port(_ place: Int) -> UInt16 { UInt16(tcp[start + place]) << 8 | UInt16(tcp[start + place + 1]) }
    return CapturedSegment(
      packet: number, time: time, from: CaptureEnd(address: addresses.from, port: port(0)),
      to: CaptureEnd(address: addresses.to, port: port(2)),
      sequence: Self.number(tcp[(start + 4)..<(start + 8)], true), isFirst: tcp[start + 13] & 0x02 != 0,
      isAnswer: tcp[start + 13] & 0x10 != 0,
      payload: Array(tcp.dropFirst(head)))
  }

  /// Addresses and TCP segment of an IP packet that is whole; nil for anything else.
  private static func tcp(
    in ip: ArraySlice<UInt8>
  ) -> (addresses: (from: [UInt8], to: [UInt8]), tcp: ArraySlice<UInt8>)? {
    guard let first = ip.first else { return nil }
    let start = ip.startIndex
    switch first >> 4 {
    case 4:
      let head = Int(first & 0x0f) * 4
      guard head >= 20, ip.count >= head, ip[start + 9] == 6 else { return nil }
      let isFragment = ip[start + 6] & 0x3f != 0 || ip[start + 7] != 0
      guard !isFragment else { return nil }
      let said = Int(ip[start + 2]) << 8 | Int(ip[start + 3])
      // A packet that the network card cuts up later says 0.
      let total = said == 0 ? ip.count : said
      guard total >= head, total <= ip.count else { return nil }
      let addresses = (Array(ip[(start + 12)..<(start + 16)]), Array(ip[(start + 16)..<(start + 20)]))
      return (addresses, ip[(start + head)..<(start + total)])
    case 6:
      guard ip.count >= 40, ip[start + 6] == 6 else { return nil }
      let said = Int(ip[start + 4]) << 8 | Int(ip[start + 5])
      let total = said == 0 ? ip.count : 40 + said
      guard total <= ip.count else { return nil }
      let addresses = (Array(ip[(start + 8)..<(start + 24)]), Array(ip[(start + 24)..<(start + 40)]))
      return (addresses, ip[(start + 40)..<(start + total)])
    default: return nil
    }
  }
}

/// What stands before the IP packet, by the kind of network.
private enum Link {
  case none
  /// Four bytes.
  case loopback
  case ethernet
  /// Linux's `any`, in both versions.
  case cooked
  case cooked2

  init?(_ number: UInt32) {
    switch number {
    case 12, 14, Pcap.rawIP, 228, 229: self = .none
    case 0, 108: self = .loopback
    case 1: self = .ethernet
    case 113: self = .cooked
    case 276: self = .cooked2
    default: return nil
    }
  }

  func payload(of packet: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    switch self {
    case .none: return packet
    case .loopback: return packet.count > 4 ? packet.dropFirst(4) : nil
    case .cooked: return packet.count > 16 ? packet.dropFirst(16) : nil
    case .cooked2: return packet.count > 20 ? packet.dropFirst(20) : nil
    case .ethernet:
      var rest = packet.dropFirst(12)
      // Tags of virtual networks stand before the type.
      while rest.count > 6, rest.starts(with: [0x81, 0x00]) { rest = rest.dropFirst(4) }
      let isIP = rest.starts(with: [0x08, 0x00]) || rest.starts(with: [0x86, 0xdd])
      return isIP ? rest.dropFirst(2) : nil
    }
  }
}
