import Bytes
import Formats
import History

/// What the extensions say that this version knows.
struct Extensions {
  var window = SyncLimits.window
  /// Of HELLO.
  var mark: UInt64 = 0
  /// Of WELCOME.
  var received: Received?
}

extension ByteReader {
  /// The rest of the payload of HELLO, WELCOME or ACK. `unknown` becomes the first critical tag that is not known.
  mutating func extensions(of type: FrameType, unknown: inout UInt64?) throws(DecodingError) -> Extensions {
    var found = Extensions()
    var before: UInt64?
    while !isAtEnd {
      let start = offset
      let tag = try varint()
      if let before, before >= tag { throw .outOfOrder(at: start) }
      before = tag
      let bytes = try prefixed(limit: SyncLimits.handshakeFrame)
      var inner = ByteReader(bytes)
      do {
        switch (tag, type) {
        case (ExtensionTag.window, _): found.window = try inner.window()
        case (ExtensionTag.received, .hello): found.mark = try inner.mark()
        case (ExtensionTag.received, .welcome): found.received = try inner.received()
        default:
          if tag < ExtensionTag.firstIgnorable { unknown = unknown ?? tag }
          continue
        }
        try inner.finish()
      } catch { throw error.shifted(by: offset - bytes.count) }
    }
    return found
  }

  /// A window that is not the usual one.
  private mutating func window() throws(DecodingError) -> Int {
    let start = offset
    let window = try count(limit: SyncLimits.largestWindow)
    guard window >= SyncLimits.smallestWindow else { throw .outOfRange(at: start, found: UInt64(window)) }
    guard window != SyncLimits.window else { throw .notCanonical(at: start) }
    return window
  }

  private mutating func mark() throws(DecodingError) -> UInt64 {
    let start = offset
    let mark = try varint()
    guard (1...SyncLimits.position).contains(mark) else { throw .outOfRange(at: start, found: mark) }
    return mark
  }

  mutating func received() throws(DecodingError) -> Received {
    let start = offset
    let mark = try mark()
    var laptops: [Received.Laptop] = []
    for _ in 0..<(try count(limit: SyncLimits.laptopsTold)) {
      guard let device = DeviceID(try take(DeviceID.byteCount)) else { throw .truncated(at: offset, missing: 0) }
      laptops.append(Received.Laptop(device: device, changes: try varint()))
    }
    guard let received = Received(mark: mark, laptops: laptops) else { throw .outOfOrder(at: start) }
    return received
  }
}
