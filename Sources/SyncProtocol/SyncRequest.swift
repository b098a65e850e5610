package import Formats
package import History

/// What a laptop wants of one exchange with a server.
package struct SyncRequest: Sendable {
  /// Which book, and how the laptop knows it.
  package enum Book: Equatable, Sendable {
    /// By its id, followed up to the cursor; without one, from the start of the log.
    case known(BookID, Cursor?)
    /// By the server's name for it: join.
    case named(BookName)
    /// The server shall take it under this name: publish. Asked again, the answer is the same.
    case create(BookName, BookID)
  }

  package var book: Book
  package var device: DeviceID
  /// The runs that the server lacks, as far as the laptop knows: each after those it was made on, all signed.
  package var outgoing: [PackedRun]
  /// Everything that the laptop has and may send.
  package var vector: VersionVector
  package var versions: WireVersions
  package var window: Int
  /// Bytes after which what came is handed on, to be kept.
  package var page = SyncLimits.page
  /// Stay connected once all is exchanged, as far as the server can do that: hear when the log grows, send what is made.
  package var follows = false
  /// The mark from which on to ask for news of other laptops, 0 for all; nil asks for none.
  package var mark: UInt64?

  /// A run without a signature is a caller's mistake.
  package init(
    book: Book, device: DeviceID, outgoing: [PackedRun], vector: VersionVector, versions: WireVersions = .current,
    window: Int = SyncLimits.window
  ) {
    precondition(outgoing.allSatisfy { $0.signature != nil }, "nothing unsigned is sent")
    self.book = book
    self.device = device
    self.outgoing = outgoing
    self.vector = vector
    self.versions = versions
    self.window = window
  }
}

/// A run of the log, as it comes to a laptop.
package enum Delivery: Equatable, Sendable {
  /// Another device's run. `id` is what the server says its last change is called, and what the chain hash was computed
  /// with: whoever replays the run compares.
  case run(PackedRun, id: ChangeID)
  /// A run of this laptop's own device: changes `first ..< first + count`, the last with this id.
  case own(first: UInt64, count: Int, id: ChangeID)
}

/// What an exchange came to.
package struct SyncReport: Equatable, Sendable {
  /// What became of the server's log since the laptop was there last.
  package enum News: Equatable, Sendable {
    case none
    /// The log has begun another life; both sides compared vectors and sent what the other lacked.
    case newEpoch
    /// The server had lost or changed entries of the same life; compared and sent as with a new epoch, and to be told.
    case rollback
  }

  package var book: BookID
  package var epoch: Epoch
  /// How far the laptop has followed the log now.
  package var cursor: Cursor?
  /// The last change of this device that is on the server's disk, by its ack; nil when none was due.
  package var acknowledged: DeviceHead?
  /// The last change of this device that the server had when the exchange began.
  package var serverLast: DeviceHead?
  package var news: News
  /// Changes that went up and came down, own ones that came as numbers not counted.
  package var changesUp: Int
  package var changesDown: Int
  /// Bytes at the socket; filled in by whoever owns one.
  package var bytesUp: Int
  package var bytesDown: Int
  /// Flights that waited for an answer, the connection's own not counted.
  package var roundTrips: Int
  /// What both sides can do beyond the version.
  package var features: Features
}

/// Why an exchange ended without a report. What the server acknowledged before stays acknowledged.
package enum SyncFailure: Error, Sendable {
  /// No connection came about.
  case unreachable(Unreachable)
  /// The connection ended, or stayed silent, in the middle.
  case interrupted
  /// Nothing came for too long.
  case timedOut
  /// The server has no book of that id or name.
  case noSuchBook
  /// The server has another book under that name.
  case nameTaken
  /// The server has this very book under another name.
  case otherName(String)
  /// The server has changes of this device that this laptop does not know, or others under the same numbers: another
  /// copy of the laptop wrote them. `last` is the device's last change there, when the server said it.
  case equivocation(last: DeviceHead?)
  /// The server refuses for another reason; its detail is untrusted text.
  case refused(WireError)
  /// The server broke the protocol.
  case violation(WireError)
  /// Whoever was to take the runs, or to supply them, failed.
  case receiver(any Error)

  package enum Unreachable: Equatable, Sendable {
    /// The host's name is not known, or nobody could be asked.
    case nameNotFound
    /// Nobody listens there.
    case refused
    /// There is no way to that host, or no answer within the time for connecting.
    case noAnswer
  }

  /// The failure that a server's error frame means to a laptop.
  package init(_ error: WireError, last: DeviceHead?) {
    switch error.code {
    case .noSuchBook: self = .noSuchBook
    case .nameTaken: self = .nameTaken
    case .otherName: self = .otherName(error.detail)
    case .equivocation: self = .equivocation(last: last)
    default: self = .refused(error)
    }
  }
}
