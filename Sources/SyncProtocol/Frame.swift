package import Bytes
package import Formats
package import History

/// One message on the wire: length (4 bytes, big-endian, of the payload), type (1), flags (1), payload.
package enum Frame: Equatable, Sendable {
  /// The client's first frame: who it is and what it speaks.
  case hello(Hello)
  /// The client asks for a book.
  case open(Opening)
  /// The server's first frame: what it chose, and where the book's log stands.
  case welcome(Welcome)
  /// A run that the server may lack; its sections follow.
  case run(RunHead)
  /// A section of the run announced last, whole.
  case section(PackedSection)
  /// A run of the log that the client lacks; its sections follow.
  case logged(LoggedHead)
  /// A run of the log that the asker wrote itself.
  case own(OwnRun)
  /// The server has everything up to here on its disk.
  case ack(Ack)
  /// How many changes of each device the sender has; only after a cursor that does not match.
  case vector(VersionVector)
  /// Where an answer by vector ends: the log's position and its whole chain hash.
  case reached(Position, ChainHash)
  /// The book's log has grown to here.
  case notify(LogPlace)
  /// The client has kept everything up to here, and asks for what NOTIFY told of.
  case follow(LogPlace)
  /// The client has kept everything up to here.
  case kept(LogPlace)
  /// How far other laptops have come.
  case received(Received)
  /// The receiver of this frame may send so many bytes more.
  case credit(Int)
  case ping([UInt8])
  case pong([UInt8])
  /// Why the sender closes the connection now.
  case error(WireError)
  /// The sender closes in good order; after so many milliseconds it can be asked again.
  case goodbye(retryAfter: UInt32)

  package var type: FrameType {
    switch self {
    case .hello: .hello
    case .open: .open
    case .welcome: .welcome
    case .run: .run
    case .section: .section
    case .logged: .logged
    case .own: .own
    case .ack: .ack
    case .vector: .vector
    case .reached: .reached
    case .notify: .notify
    case .follow: .follow
    case .kept: .kept
    case .received: .received
    case .credit: .credit
    case .ping: .ping
    case .pong: .pong
    case .error: .error
    case .goodbye: .goodbye
    }
  }
}

/// A frame, and whether its sender's flight or answer ends with it (with its sections, when it announces some).
package struct Message: Equatable, Sendable {
  package let frame: Frame
  package let ends: Bool
  /// Bytes of the payload.
  package let payloadCount: Int

  package init(_ frame: Frame, ends: Bool, payloadCount: Int) {
    self.frame = frame
    self.ends = ends
    self.payloadCount = payloadCount
  }
}

/// The wire versions that somebody speaks, all between two included.
package struct WireVersions: Hashable, Sendable {
  package let oldest: UInt64
  package let newest: UInt64

  /// Nil unless the versions ascend, from 1 on.
  package init?(oldest: UInt64, newest: UInt64) {
    guard oldest >= 1, oldest <= newest else { return nil }
    self.oldest = oldest
    self.newest = newest
  }

  private init(only version: UInt64) {
    oldest = version
    newest = version
  }

  /// What this program speaks.
  package static let current = WireVersions(only: 1)

  /// The newest version that both speak.
  package func common(with other: WireVersions) -> UInt64? {
    let version = min(newest, other.newest)
    return version >= max(oldest, other.oldest) ? version : nil
  }

  package func contains(_ version: UInt64) -> Bool { (oldest...newest).contains(version) }
}

/// Optional abilities, a bit each. Both sides have a feature when WELCOME names it, which it may only if HELLO did.
package struct Features: OptionSet, Hashable, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The connection stays open after an answer, and the server tells when the book's log has grown.
  package static let following = Features(rawValue: 1)
  /// Reserved: acks carry receipts.
  package static let receipts = Features(rawValue: 2)
  /// The client says what it has kept, and is told what other laptops have.
  package static let received = Features(rawValue: 4)
  /// What this program can do beyond the version.
  package static let current: Features = [.following, .received]
}

/// Who a client is, and what it speaks.
package struct Hello: Equatable, Sendable {
  package var versions: WireVersions
  package var features: Features
  /// The asker: its own runs come back to it as numbers only.
  package var device: DeviceID
  /// Bytes that the client takes before it grants more.
  package var window: Int
  /// The mark of what was last told of other laptops; 0 for none.
  package var mark: UInt64

  package init(
    versions: WireVersions = .current, features: Features = [], device: DeviceID, window: Int = SyncLimits.window,
    mark: UInt64 = 0
  ) {
    self.versions = versions
    self.features = features
    self.device = device
    self.window = window
    self.mark = mark
  }
}

/// Which book, and what to do when it is not there.
package enum Opening: Equatable, Sendable {
  /// A book known by its id, followed up to the cursor; without one, from the start of the log.
  case known(BookID, CursorClaim?)
  /// A book known by the server's name for it only: a laptop joins.
  case named(BookName)
  /// A book that the server shall call so from now on.
  case create(BookName, BookID)
}

/// What a server chose, where the book's log stands, and how the asker stands to it.
package struct Welcome: Equatable, Sendable {
  /// How the asker's cursor stands to the log.
  package enum Standing: UInt8, Sendable {
    /// On it, or there was none: the answer goes on from there.
    case continues = 0
    /// It is of another epoch: vectors decide what each side lacks.
    case otherEpoch = 1
    /// It is of this epoch but not on this chain: the server lost or changed what it had acknowledged.
    case rollback = 2
  }

  package var version: UInt64
  package var features: Features
  package var standing: Standing
  package var epoch: Epoch
  /// The last position of the book's log.
  package var position: Position
  package var chain: ChainPrefix
  /// The asker's last change in this book, as far as the server knows.
  package var last: DeviceHead?
  /// The book's id, when the asker knows its name only.
  package var book: BookID?
  /// Bytes that the server takes before it grants more.
  package var window: Int
  /// News of other laptops, when there is some and the client asked.
  package var received: Received?

  package init(
    version: UInt64, features: Features, standing: Standing, epoch: Epoch, position: Position, chain: ChainPrefix,
    last: DeviceHead?, book: BookID?, window: Int = SyncLimits.window, received: Received? = nil
  ) {
    self.version = version
    self.features = features
    self.standing = standing
    self.epoch = epoch
    self.position = position
    self.chain = chain
    self.last = last
    self.book = book
    self.window = window
    self.received = received
  }
}

/// What a run says about itself before its sections come. Always signed on the wire.
package struct RunHead: Equatable, Sendable {
  /// Nil: the device that said HELLO.
  package let device: DeviceID?
  package let first: UInt64
  package let count: Int
  package let signature: Signature
  package let sectionCount: Int

  package init(device: DeviceID?, first: UInt64, count: Int, signature: Signature, sectionCount: Int) {
    self.device = device
    self.first = first
    self.count = count
    self.signature = signature
    self.sectionCount = sectionCount
  }
}

/// A run of the log on its way to a laptop: its head, and the id of its last change, which the chain hash needs.
package struct LoggedHead: Equatable, Sendable {
  package let device: DeviceID
  package let first: UInt64
  package let count: Int
  package let signature: Signature
  /// What the server says the last change's id is; replaying the run proves it.
  package let id: ChangeID
  package let sectionCount: Int

  package init(
    device: DeviceID, first: UInt64, count: Int, signature: Signature, id: ChangeID, sectionCount: Int
  ) {
    self.device = device
    self.first = first
    self.count = count
    self.signature = signature
    self.id = id
    self.sectionCount = sectionCount
  }
}

/// A run of the asker's own at the next position of the log.
package struct OwnRun: Equatable, Sendable {
  package let first: UInt64
  package let count: Int
  /// The id of its last change; nil when that is the change that the ack (or, without one, WELCOME) names.
  package let id: ChangeID?

  package init(first: UInt64, count: Int, id: ChangeID?) {
    self.first = first
    self.count = count
    self.id = id
  }
}

/// Everything up to `position` is on the server's disk, and with it the asker's changes up to `head`.
package struct Ack: Equatable, Sendable {
  package let epoch: Epoch
  package let position: Position
  package let chain: ChainPrefix
  /// Nil: the server has nothing of the asker's.
  package let head: DeviceHead?

  package init(epoch: Epoch, position: Position, chain: ChainPrefix, head: DeviceHead?) {
    self.epoch = epoch
    self.position = position
    self.chain = chain
    self.head = head
  }
}
