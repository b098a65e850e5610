package import Bytes
package import History

/// A place in a book's log: the runs have positions 1, 2, 3, …; 0 is the log before its first run.
package struct Position: Hashable, Comparable, Sendable {
  package let rawValue: UInt64

  /// Nil above `SyncLimits.position`.
  package init?(_ rawValue: UInt64) {
    guard rawValue <= SyncLimits.position else { return nil }
    self.rawValue = rawValue
  }

  private init(unchecked rawValue: UInt64) { self.rawValue = rawValue }

  package static let zero = Position(unchecked: 0)
  /// The position after this one.
  package var next: Position { Position(unchecked: min(rawValue + 1, SyncLimits.position)) }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One life of a server's log: 16 random bytes, new whenever acknowledged entries may be gone.
package struct Epoch: Hashable, Sendable {
  package static let byteCount = 16
  package let bytes: [UInt8]

  /// Nil unless there are exactly 16 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}

/// What ties a position to everything before it: SHA-256(hash before ‖ kind ‖ id of the run's last change).
package struct ChainHash: Hashable, Sendable {
  /// The kind of a log entry that is a run; membership and checkpoints will have others.
  package static let runKind: UInt8 = 1
  package static let domain = Array("valise book".utf8)
  package let digest: Digest

  package init(_ digest: Digest) { self.digest = digest }

  /// The chain hash of position 0.
  package static func start(of book: BookID, hash: ([UInt8]) -> Digest) -> ChainHash {
    ChainHash(hash(domain + book.digest.bytes))
  }

  /// The chain hash of the next position, which holds a run that ends with this change.
  package func next(_ id: ChangeID, hash: ([UInt8]) -> Digest) -> ChainHash {
    var writer = ByteWriter(reserving: 65)
    writer.put(digest)
    writer.put(byte: Self.runKind)
    writer.put(id.digest)
    return ChainHash(hash(writer.bytes))
  }

  /// What travels of it.
  package var prefix: ChainPrefix { ChainPrefix(of: self) }
}

/// The first 16 bytes of a chain hash.
package struct ChainPrefix: Hashable, Sendable {
  package static let byteCount = 16
  package let bytes: [UInt8]

  /// Nil unless there are exactly 16 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  fileprivate init(of chain: ChainHash) { bytes = Array(chain.digest.bytes.prefix(Self.byteCount)) }
}

/// How far a laptop has followed a book's log. Kept whole on the laptop; `claim` travels.
package struct Cursor: Hashable, Sendable {
  package let epoch: Epoch
  package let position: Position
  package let chain: ChainHash

  package init(epoch: Epoch, position: Position, chain: ChainHash) {
    self.epoch = epoch
    self.position = position
    self.chain = chain
  }

  package var claim: CursorClaim { CursorClaim(epoch: epoch, position: position, chain: chain.prefix) }

  /// Epoch, position, chain hash: for a laptop's store.
  package var bytes: [UInt8] {
    var writer = ByteWriter(reserving: 58)
    writer.put(epoch.bytes)
    writer.put(varint: position.rawValue)
    writer.put(chain.digest)
    return writer.bytes
  }

  /// Reads what `bytes` wrote.
  package init(bytes: [UInt8]) throws(DecodingError) {
    var reader = ByteReader(bytes)
    epoch = try reader.epoch()
    position = try reader.position()
    chain = ChainHash(try reader.digest())
    try reader.finish()
  }
}

/// A cursor as it travels: with the first half of the chain hash, which is enough to compare.
package struct CursorClaim: Hashable, Sendable {
  package let epoch: Epoch
  package let position: Position
  package let chain: ChainPrefix

  package init(epoch: Epoch, position: Position, chain: ChainPrefix) {
    self.epoch = epoch
    self.position = position
    self.chain = chain
  }
}

/// The last change of a device that somebody has: its seq, and its id.
package struct DeviceHead: Hashable, Sendable {
  package let seq: UInt64
  package let id: ChangeID

  package init(seq: UInt64, id: ChangeID) {
    self.seq = seq
    self.id = id
  }
}

/// What a server calls a book: 1 to 100 ASCII letters, digits, `.`, `_` and `-`, the first a letter or digit.
///
/// A label of that server only, compared byte for byte; it never becomes a path.
package struct BookName: Hashable, Comparable, Sendable {
  package static let byteLimit = 100
  package let text: ExactText

  /// Nil when the text breaks the rule.
  package init?(_ text: ExactText) {
    guard (1...Self.byteLimit).contains(text.bytes.count), let first = text.bytes.first, Self.isAlphanumeric(first),
      text.bytes.allSatisfy({ Self.isAlphanumeric($0) || Array("._-".utf8).contains($0) })
    else { return nil }
    self.text = text
  }

  /// Nil when the text breaks the rule.
  package init?(_ text: String) { self.init(ExactText(text)) }

  package var string: String { text.string }
  package static func < (a: Self, b: Self) -> Bool { a.text < b.text }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

extension ByteReader {
  mutating func epoch() throws(DecodingError) -> Epoch {
    let start = offset
    guard let epoch = Epoch(try take(Epoch.byteCount)) else { throw .truncated(at: start, missing: 0) }
    return epoch
  }

  mutating func position() throws(DecodingError) -> Position {
    let start = offset
    let value = try varint()
    guard let position = Position(value) else { throw .outOfRange(at: start, found: value) }
    return position
  }

  mutating func chainPrefix() throws(DecodingError) -> ChainPrefix {
    let start = offset
    guard let prefix = ChainPrefix(try take(ChainPrefix.byteCount)) else { throw .truncated(at: start, missing: 0) }
    return prefix
  }
}
