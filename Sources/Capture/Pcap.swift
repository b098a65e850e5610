import Bytes

/// The pcap format, as tcpdump, tshark and Wireshark read and write it: a header, then packets with their times.
package enum Pcap {
  /// The first four bytes of a file whose times count nanoseconds, in the byte order that is written here.
  static let magic: UInt32 = 0xa1b2_3c4d
  /// Packets that begin with their IP header.
  static let rawIP: UInt32 = 101
  static let headerByteCount = 24
  static let packetHeaderByteCount = 16
  /// More than any packet that was ever captured.
  static let packetLimit = 1 << 20
}

/// Which of the two ends of a connection.
package enum CaptureSide: Sendable {
  /// Who opened it.
  case client
  case server

  package var other: CaptureSide { self == .client ? .server : .client }
}

/// Why bytes are no capture that can be read, and where.
package struct CaptureError: Error, Equatable, Sendable {
  package enum What: Equatable, Sendable {
    case notPcap
    /// The newer format of Wireshark.
    case pcapng
    /// Packets of a network that is not known here, by its number.
    case unknownLink(UInt32)
    /// The file ends in the middle of a packet, or a packet's head cannot be one.
    case truncated
  }

  package let what: What
  /// Bytes from the start of the file.
  package let offset: Int

  package init(what: What, offset: Int) {
    self.what = what
    self.offset = offset
  }
}

extension ByteWriter {
  mutating func put(big value: UInt32) {
    for shift in stride(from: UInt32(24), through: 0, by: -8) { put(byte: UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func put(big value: UInt16) {
    put(byte: UInt8(truncatingIfNeeded: value >> 8))
    put(byte: UInt8(truncatingIfNeeded: value))
  }
}
