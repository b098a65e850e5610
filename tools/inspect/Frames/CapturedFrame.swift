import Bytes
import Capture
import SyncProtocol

/// A frame of a captured connection.
struct CapturedFrame: Sendable {
  /// Among the connections of the capture, from 1.
  let connection: Int
  let side: CaptureSide
  /// In what the end said, of its first byte.
  let offset: Int
  /// Of the packet that brought its last byte, from 1.
  let packet: Int
  /// Nanoseconds since 1970.
  let time: Int64
  let content: Content

  enum Content: Sendable {
    case preamble
    case frame(FrameType, flags: UInt8, payload: [UInt8], Decoded)
  }

  enum Decoded: Sendable {
    case known(Frame)
    /// A type that may be skipped.
    case ignorable
    case refused(WireError)
  }
}

/// What keeps the rest of a direction from being read as frames.
struct FrameStop: Sendable {
  let connection: Int
  let side: CaptureSide
  /// In what the end said.
  let offset: Int
  let words: String
}

/// The frames of all connections of a capture, in the order of their packets.
struct CapturedFrames: Sendable {
  private(set) var frames: [CapturedFrame] = []
  private(set) var stops: [FrameStop] = []
  /// Connections that are none of Valise's.
  private(set) var others = 0
  let count: Int

  init(_ connections: [CapturedConnection]) {
    let own = connections.filter { Self.isOwn($0) }
    count = own.count
    others = connections.count - own.count
    for (number, connection) in own.enumerated() {
      for side in [CaptureSide.client, .server] {
        var cutter = FrameCutter(connection: number + 1, side: side, connection.stream(of: side))
        while let frame = cutter.next() { frames.append(frame) }
        if let stop = cutter.stop { stops.append(stop) }
      }
    }
    let ordered = frames.enumerated().sorted { ($0.element.packet, $0.offset) < ($1.element.packet, $1.offset) }
    frames = ordered.map(\.element)
  }

  /// The client of a connection of Valise's says so in its first bytes.
  private static func isOwn(_ connection: CapturedConnection) -> Bool {
    let said = connection.sent.bytes.prefix(Preamble.magic.count)
    return !said.isEmpty && Preamble.magic.starts(with: said)
  }
}

/// Cuts what one end said into frames, and goes on behind a frame that breaks a rule as long as its length can be believed.
struct FrameCutter {
  private let connection: Int
  private let side: CaptureSide
  private let stream: CapturedStream
  private var offset = 0
  private(set) var stop: FrameStop?

  init(connection: Int, side: CaptureSide, _ stream: CapturedStream) {
    self.connection = connection
    self.side = side
    self.stream = stream
  }

  mutating func next() -> CapturedFrame? {
    guard stop == nil, offset < stream.bytes.count else {
      if stop == nil, stream.isBroken { end("bytes are missing from the capture here") }
      return nil
    }
    let rest = stream.bytes.count - offset
    if side == .client, offset == 0 {
      guard rest >= Preamble.bytes.count else { return endWithin("the preamble") }
      return frame(Preamble.bytes.count, .preamble)
    }
    guard rest >= FrameHeader.byteCount else { return endWithin("a frame's header") }
    let length = stream.bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    let type = FrameType(rawValue: stream.bytes[offset + 4])
    let flags = stream.bytes[offset + 5]
    guard length <= type.payloadLimit ?? SyncLimits.ignoredFrame else {
      return end("\(type.name) announces \(length) bytes, more than it may have")
    }
    guard rest - FrameHeader.byteCount >= length else { return endWithin(type.name) }
    let start = offset + FrameHeader.byteCount
    let payload = Array(stream.bytes[start..<start + length])
    return frame(
      FrameHeader.byteCount + length, .frame(type, flags: flags, payload: payload, decoded(type, flags, payload)))
  }

  private func decoded(_ type: FrameType, _ flags: UInt8, _ payload: [UInt8]) -> CapturedFrame.Decoded {
    guard type.isKnown || type == .received else {
      return type.isCritical ? .refused(WireError(.unknownFrame, type.name)) : .ignorable
    }
    guard flags == 0 || (flags == FrameHeader.end && type.mayEnd) else {
      return .refused(WireError(.badEncoding, "\(type.name): flags \(flags)"))
    }
    do { return .known(try Frame(type, payload: payload)) } catch { return .refused(error) }
  }

  private mutating func frame(_ count: Int, _ content: CapturedFrame.Content) -> CapturedFrame? {
    guard let arrival = stream.arrival(of: offset + count - 1) else { return nil }
    defer { offset += count }
    return CapturedFrame(
      connection: connection, side: side, offset: offset, packet: arrival.packet, time: arrival.time, content: content)
  }

  /// The stream ends in the middle of something: because the capture has a gap, or because nothing came after.
  private mutating func endWithin(_ what: String) -> CapturedFrame? {
    end(stream.isBroken ? "\(what) is not whole: bytes are missing from the capture" : "\(what) is not whole")
  }

  @discardableResult private mutating func end(_ words: String) -> CapturedFrame? {
    stop = FrameStop(connection: connection, side: side, offset: offset, words: words)
    return nil
  }
}
