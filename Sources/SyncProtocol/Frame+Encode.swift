import Bytes
import Formats
import History

/// The eight bytes that a connection begins with: a byte that no text has, `VALI`, a line end that text mode would
/// break, and the version of the framing.
package enum Preamble {
  package static let magic: [UInt8] = [0x89, 0x56, 0x41, 0x4c, 0x49, 0x0d, 0x0a]
  package static let framing: UInt8 = 1
  package static let bytes = magic + [framing]
}

/// The six bytes before each payload.
package enum FrameHeader {
  package static let byteCount = 6
  /// Flag: the sender's flight or answer ends with this frame.
  package static let end: UInt8 = 1
}

extension Frame {
  /// Header and payload. `ends` only with types that may end a flight.
  package func encoded(ends: Bool = false) -> [UInt8] {
    precondition(!ends || type.mayEnd, "no flight ends with this type")
    var payload = ByteWriter()
    encodePayload(into: &payload)
    var out: [UInt8] = []
    out.reserveCapacity(FrameHeader.byteCount + payload.count)
    UInt32(clamping: payload.count).appendBigEndian(to: &out)
    out.append(type.rawValue)
    out.append(ends ? FrameHeader.end : 0)
    out.append(contentsOf: payload.bytes)
    return out
  }

  private func encodePayload(into writer: inout ByteWriter) {
    switch self {
    case .hello(let hello): hello.encode(into: &writer)
    case .open(let opening): opening.encode(into: &writer)
    case .welcome(let welcome): welcome.encode(into: &writer)
    case .run(let head): head.encode(into: &writer)
    case .section(let section): writer.put(section)
    case .logged(let head): head.encode(into: &writer)
    case .own(let run):
      writer.put(varint: run.first)
      writer.put(varint: UInt64(run.count) << 1 | (run.id == nil ? 0 : 1))
      if let id = run.id { writer.put(id.digest) }
    case .ack(let ack):
      writer.put(ack.epoch.bytes)
      writer.put(varint: ack.position.rawValue)
      writer.put(ack.chain.bytes)
      writer.put(ack.head)
    case .vector(let vector):
      writer.put(count: vector.counts.count)
      for entry in vector.counts {
        writer.put(entry.device.bytes)
        writer.put(varint: entry.count)
      }
    case .reached(let position, let chain):
      writer.put(varint: position.rawValue)
      writer.put(chain.digest)
    case .notify(let place), .follow(let place), .kept(let place):
      writer.put(varint: place.position.rawValue)
      writer.put(place.chain.bytes)
    case .received(let received): writer.put(received)
    case .credit(let bytes): writer.put(count: bytes)
    case .ping(let bytes), .pong(let bytes): writer.put(bytes)
    case .error(let error):
      writer.put(varint: UInt64(error.code.rawValue))
      writer.put(byte: error.retryAfter == nil ? 0 : 1)
      if let retryAfter = error.retryAfter { writer.put(varint: UInt64(retryAfter)) }
      writer.put(text: error.detail)
    case .goodbye(let retryAfter): writer.put(varint: UInt64(retryAfter))
    }
  }
}

extension Hello {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.put(versions)
    writer.put(varint: features.rawValue)
    writer.put(device.bytes)
    writer.put(window: window)
    if mark > 0 {
      writer.put(varint: ExtensionTag.received)
      writer.put(count: Int(clamping: mark).varintLength)
      writer.put(varint: mark)
    }
  }
}

extension Opening {
  fileprivate func encode(into writer: inout ByteWriter) {
    switch self {
    case .known(let book, nil):
      writer.put(byte: 0)
      writer.put(book.digest)
    case .known(let book, let cursor?):
      writer.put(byte: 1)
      writer.put(book.digest)
      writer.put(cursor.epoch.bytes)
      writer.put(varint: cursor.position.rawValue)
      writer.put(cursor.chain.bytes)
    case .named(let name):
      writer.put(byte: 2)
      writer.put(text: name.text)
    case .create(let name, let book):
      writer.put(byte: 3)
      writer.put(text: name.text)
      writer.put(book.digest)
    }
  }
}

extension Welcome {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.put(varint: version)
    writer.put(varint: features.rawValue)
    writer.put(byte: standing.rawValue | (book == nil ? 0 : Self.namesBook))
    writer.put(epoch.bytes)
    writer.put(varint: position.rawValue)
    writer.put(chain.bytes)
    writer.put(last)
    if let book { writer.put(book.digest) }
    writer.put(window: window)
    if let received {
      var inner = ByteWriter()
      inner.put(received)
      writer.put(varint: ExtensionTag.received)
      writer.put(count: inner.count)
      writer.put(inner.bytes)
    }
  }

  /// Bit of the standing byte: the book's id follows.
  static let namesBook: UInt8 = 4
}

extension RunHead {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.put(varint: first)
    writer.put(varint: UInt64(count) << 1 | (device == nil ? 0 : 1))
    if let device { writer.put(device.bytes) }
    writer.put(signature.bytes)
    writer.put(count: sectionCount)
  }
}

extension LoggedHead {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.put(device.bytes)
    writer.put(varint: first)
    writer.put(count: count)
    writer.put(signature.bytes)
    writer.put(id.digest)
    writer.put(count: sectionCount)
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ versions: WireVersions) {
    put(varint: versions.oldest)
    put(varint: versions.newest)
  }

  /// How many changes, and the id of the last; just 0 for nothing.
  fileprivate mutating func put(_ head: DeviceHead?) {
    put(varint: head.map { $0.seq + 1 } ?? 0)
    if let head { put(head.id.digest) }
  }

  fileprivate mutating func put(_ received: Received) {
    put(varint: received.mark)
    put(count: received.laptops.count)
    for laptop in received.laptops {
      put(laptop.device.bytes)
      put(varint: laptop.changes)
    }
  }

  /// The extension that announces a window, unless it is the usual one.
  fileprivate mutating func put(window: Int) {
    guard window != SyncLimits.window else { return }
    put(varint: ExtensionTag.window)
    put(count: window.varintLength)
    put(count: window)
  }
}

/// What may follow the fixed part of HELLO, WELCOME and ACK: tag, length, bytes, tags ascending. Below 0x80 critical,
/// from there on ignorable, like frames.
enum ExtensionTag {
  static let window: UInt64 = 1
  static let firstIgnorable: UInt64 = 0x80
  /// In HELLO the mark from which on the client asks for news of other laptops, in WELCOME the news.
  static let received: UInt64 = 0x80
}

extension UInt32 {
  package func appendBigEndian(to out: inout [UInt8]) {
    for shift in stride(from: UInt32(24), through: 0, by: -8) {
      out.append(UInt8(truncatingIfNeeded: self >> shift))
    }
  }
}
