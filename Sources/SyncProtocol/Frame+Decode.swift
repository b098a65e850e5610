import Bytes
import Formats
import History

extension Frame {
  /// Reads a payload of a known type. Everything that the type does not allow is refused.
  package init(_ type: FrameType, payload: [UInt8]) throws(WireError) {
    var reader = ByteReader(payload)
    if type == .section {
      do {
        self = .section(try reader.section(index: 0))
        try reader.layoutFinish()
      } catch { throw WireError(error, in: type) }
      return
    }
    var unknown: UInt64?
    do {
      self = try Self.small(type, from: &reader, unknown: &unknown)
      try reader.finish()
    } catch { throw WireError(.badEncoding, "\(type.name): \(error.name) at \(error.offset)") }
    if let unknown { throw WireError(.feature, "\(type.name): extension \(unknown) is not known here") }
  }

  /// Every type but sections. `unknown` becomes the first critical extension that this version does not know.
  private static func small(
    _ type: FrameType, from reader: inout ByteReader, unknown: inout UInt64?
  ) throws(DecodingError) -> Frame {
    switch type {
    case .hello: return .hello(try Hello(from: &reader, unknown: &unknown))
    case .open: return .open(try Opening(from: &reader))
    case .welcome: return .welcome(try Welcome(from: &reader, unknown: &unknown))
    case .run: return .run(try RunHead(from: &reader))
    case .logged: return .logged(try LoggedHead(from: &reader))
    case .own: return .own(try OwnRun(from: &reader))
    case .ack: return .ack(try Ack(from: &reader, unknown: &unknown))
    case .vector: return .vector(try reader.vector())
    case .reached: return .reached(try reader.position(), ChainHash(try reader.digest()))
    case .notify: return .notify(try reader.place())
    case .follow: return .follow(try reader.place())
    case .kept: return .kept(try reader.place())
    case .received: return .received(try reader.received())
    case .credit: return .credit(try reader.count(limit: SyncLimits.largestWindow, from: 1))
    case .ping: return .ping(try reader.take(reader.remaining))
    case .pong: return .pong(try reader.take(reader.remaining))
    case .error: return .error(try WireError(from: &reader))
    case .goodbye: return .goodbye(retryAfter: UInt32(try reader.count(limit: Int(UInt32.max))))
    default: throw .outOfRange(at: 0, found: UInt64(type.rawValue))
    }
  }
}

extension WireError {
  /// How a section's error is told.
  init(_ error: FormatError, in type: FrameType) {
    switch error {
    case .checksum: self.init(.badChecksum, type.name)
    case .layout(let error): self.init(.badEncoding, "\(type.name): \(error.name) at \(error.offset)")
    default: self.init(.badEncoding, "\(type.name): \(error.name)")
    }
  }

  fileprivate init(from reader: inout ByteReader) throws(DecodingError) {
    let code = ErrorCode(rawValue: UInt16(try reader.count(limit: Int(UInt16.max))))
    let start = reader.offset
    let flags = try reader.byte()
    guard flags <= 1 else { throw .outOfRange(at: start, found: UInt64(flags)) }
    let retryAfter = flags == 1 ? UInt32(try reader.count(limit: Int(UInt32.max))) : nil
    self.init(code, try reader.text(limit: SyncLimits.detail), retryAfter: retryAfter)
  }
}

extension Hello {
  fileprivate init(from reader: inout ByteReader, unknown: inout UInt64?) throws(DecodingError) {
    let start = reader.offset
    let oldest = try reader.varint()
    let newest = try reader.varint()
    guard let versions = WireVersions(oldest: oldest, newest: newest) else {
      throw .outOfRange(at: start, found: oldest)
    }
    let features = Features(rawValue: try reader.varint())
    let device = try reader.device()
    let extensions = try reader.extensions(of: .hello, unknown: &unknown)
    self.init(
      versions: versions, features: features, device: device, window: extensions.window, mark: extensions.mark)
  }
}

extension Opening {
  fileprivate init(from reader: inout ByteReader) throws(DecodingError) {
    let start = reader.offset
    switch try reader.byte() {
    case 0: self = .known(BookID(try reader.digest()), nil)
    case 1:
      let book = BookID(try reader.digest())
      let epoch = try reader.epoch()
      let position = try reader.position()
      self = .known(book, CursorClaim(epoch: epoch, position: position, chain: try reader.chainPrefix()))
    case 2: self = .named(try reader.bookName())
    case 3:
      let name = try reader.bookName()
      self = .create(name, BookID(try reader.digest()))
    case let other: throw .outOfRange(at: start, found: UInt64(other))
    }
  }
}

extension Welcome {
  fileprivate init(from reader: inout ByteReader, unknown: inout UInt64?) throws(DecodingError) {
    let version = try reader.varint()
    let features = Features(rawValue: try reader.varint())
    let start = reader.offset
    let flags = try reader.byte()
    guard let standing = Standing(rawValue: flags & ~Self.namesBook) else {
      throw .outOfRange(at: start, found: UInt64(flags))
    }
    let epoch = try reader.epoch()
    let position = try reader.position()
    let chain = try reader.chainPrefix()
    let last = try reader.deviceHead()
    let book = flags & Self.namesBook != 0 ? BookID(try reader.digest()) : nil
    let extensions = try reader.extensions(of: .welcome, unknown: &unknown)
    self.init(
      version: version, features: features, standing: standing, epoch: epoch, position: position, chain: chain,
      last: last, book: book, window: extensions.window, received: extensions.received)
  }
}

extension RunHead {
  fileprivate init(from reader: inout ByteReader) throws(DecodingError) {
    let first = try reader.seq()
    let start = reader.offset
    let size = try reader.varint()
    let count = try reader.changeCount(size >> 1, at: start)
    let device = size & 1 == 1 ? try reader.device() : nil
    let signature = try reader.signature()
    self.init(
      device: device, first: first, count: count, signature: signature, sectionCount: try reader.sectionCount())
  }
}

extension LoggedHead {
  fileprivate init(from reader: inout ByteReader) throws(DecodingError) {
    let device = try reader.device()
    let first = try reader.seq()
    let start = reader.offset
    let count = try reader.changeCount(try reader.varint(), at: start)
    let signature = try reader.signature()
    let id = ChangeID(try reader.digest())
    self.init(
      device: device, first: first, count: count, signature: signature, id: id,
      sectionCount: try reader.sectionCount())
  }
}

extension OwnRun {
  fileprivate init(from reader: inout ByteReader) throws(DecodingError) {
    let first = try reader.seq()
    let start = reader.offset
    let size = try reader.varint()
    let count = try reader.changeCount(size >> 1, at: start)
    self.init(first: first, count: count, id: size & 1 == 1 ? ChangeID(try reader.digest()) : nil)
  }
}

extension Ack {
  fileprivate init(from reader: inout ByteReader, unknown: inout UInt64?) throws(DecodingError) {
    let epoch = try reader.epoch()
    let position = try reader.position()
    let chain = try reader.chainPrefix()
    let head = try reader.deviceHead()
    _ = try reader.extensions(of: .ack, unknown: &unknown)
    self.init(epoch: epoch, position: position, chain: chain, head: head)
  }
}

extension ByteReader {
  /// A varint between `minimum` and `limit`.
  fileprivate mutating func count(limit: Int, from minimum: Int) throws(DecodingError) -> Int {
    let start = offset
    let count = try count(limit: limit)
    guard count >= minimum else { throw .outOfRange(at: start, found: UInt64(count)) }
    return count
  }

  fileprivate mutating func device() throws(DecodingError) -> DeviceID {
    let start = offset
    guard let device = DeviceID(try take(DeviceID.byteCount)) else { throw .truncated(at: start, missing: 0) }
    return device
  }

  fileprivate mutating func signature() throws(DecodingError) -> Signature {
    let start = offset
    guard let signature = Signature(try take(Signature.byteCount)) else { throw .truncated(at: start, missing: 0) }
    return signature
  }

  fileprivate mutating func seq() throws(DecodingError) -> UInt64 {
    let start = offset
    let seq = try varint()
    guard seq <= FormatLimits.seq else { throw .outOfRange(at: start, found: seq) }
    return seq
  }

  fileprivate func changeCount(_ count: UInt64, at start: Int) throws(DecodingError) -> Int {
    guard count > 0 else { throw .outOfRange(at: start, found: count) }
    guard count <= UInt64(FormatLimits.changes) else {
      throw .tooLong(at: start, found: count, limit: FormatLimits.changes)
    }
    return Int(count)
  }

  fileprivate mutating func sectionCount() throws(DecodingError) -> Int {
    try count(limit: FormatLimits.sections, from: 1)
  }

  fileprivate mutating func deviceHead() throws(DecodingError) -> DeviceHead? {
    let start = offset
    let count = try varint()
    guard count <= FormatLimits.seq else { throw .outOfRange(at: start, found: count) }
    return count == 0 ? nil : DeviceHead(seq: count - 1, id: ChangeID(try digest()))
  }

  fileprivate mutating func bookName() throws(DecodingError) -> BookName {
    let start = offset
    guard let name = BookName(try exactText(limit: BookName.byteLimit)) else { throw .notCanonical(at: start) }
    return name
  }

  fileprivate mutating func vector() throws(DecodingError) -> VersionVector {
    let start = offset
    let count = try count(limit: SyncLimits.devices)
    var entries: [VersionVector.Entry] = []
    for _ in 0..<count {
      let device = try device()
      let at = offset
      let changes = try varint()
      guard (1...FormatLimits.seq).contains(changes) else { throw .outOfRange(at: at, found: changes) }
      entries.append(VersionVector.Entry(device: device, count: changes))
    }
    guard let vector = VersionVector(entries) else { throw .outOfOrder(at: start) }
    return vector
  }

  fileprivate mutating func place() throws(DecodingError) -> LogPlace {
    let position = try position()
    return LogPlace(position: position, chain: try chainPrefix())
  }

  fileprivate func layoutFinish() throws(FormatError) {
    do { try finish() } catch { throw .layout(error) }
  }
}
