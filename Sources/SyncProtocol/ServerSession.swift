package import Formats
package import History

/// A server's side of one connection, without a socket or a store: bytes and answers of the caller in, orders out.
///
/// One book a connection, any number of flights one after the other; each is answered after its runs are committed.
/// Closed unless a branch says otherwise.
package struct ServerSession: Sendable {
  /// What the caller has to do, in this order.
  package enum Effect: Equatable, Sendable {
    case send([UInt8])
    /// Find the book, then say `opened(_:)`.
    case open(Opening, DeviceID)
    /// Queue the run, then say `decided(_:)`, in the order of submission. Decided means committed, if accepted.
    case submit(PackedRun)
    /// Read how many changes of each device the book has, then say `counted(_:)`.
    case count
    /// Read where the book's log stands now, and this device's last change in it, then say `stands(_:last:)`.
    case stand(DeviceID)
    /// Read a page, then say `page(_:)`.
    case read(LogSelection)
    /// The device has kept the log up to here; nothing is to be answered.
    case kept(DeviceID, Position)
    /// Read the news of other laptops since this mark, then say `received(_:)`.
    case readReceived(by: DeviceID, after: UInt64)
    /// Close once everything sent has left; the error, if any, is for the log.
    case close(WireError?)
  }

  /// What became of an OPEN.
  package enum Opened: Equatable, Sendable {
    /// The book is there, or will be with its first run.
    case book(BookState, last: DeviceHead?, CursorCheck)
    case refused(WireError)
  }

  enum State {
    case awaitingPreamble
    case awaitingHello
    case awaitingOpen
    /// The caller looks for the book; the flight's first window may come in already.
    case opening(Opening, Flight)
    case taking(Flight)
    /// The flight is over; verdicts are still out, or the log's new standing.
    case deciding(Flight)
    case answering(Answer)
    /// All is answered; another flight may begin.
    case resting
    /// The cursor did not match: what comes is void until the client's vector. `told` once ours went out.
    case voided(told: Bool)
    case closed
  }

  /// What a client sends between two answers.
  struct Flight {
    /// What the client has, when the flight began with its vector.
    var vector: VersionVector?
    var assembly: RunAssembly?
    /// Whole runs that wait for the book to be found.
    var waiting: [PackedRun] = []
    var waitingBytes: [Int] = []
    var runs = 0
    var hasEnded = false
  }

  /// What is still to be sent of an answer.
  struct Answer {
    var selection: LogSelection
    let chain: ChainHash
    /// The asker's last change that the answer has named.
    let head: DeviceHead?
    /// What is left of the page; a slice, since it is taken from the front.
    var page: ArraySlice<LogEntry> = []
    /// Bytes of the first entry of the page that went out; nil before its head.
    var offset: Int?
    var next: Position?
    var isReading = true
  }

  let versions: WireVersions
  let features: Features
  let window: Int
  var state = State.awaitingPreamble
  var reader = FrameReader(ceiling: SyncLimits.handshakeFrame)
  var inflow: Inflow
  var outflow = Outflow(window: SyncLimits.window)
  /// The device of HELLO.
  package internal(set) var asker: DeviceID?
  var version: UInt64 = 0
  /// Section bytes of the runs submitted and not decided, in order.
  var undecided: [Int] = []
  /// How far the client has been answered, and in which epoch; `said` is where the last answer ended.
  var place = Position.zero
  var epoch: Epoch?
  var said: LogPlace?
  /// What both sides can do beyond the version.
  var agreed: Features = []
  /// The mark of what the client has been told of other laptops.
  var mark: UInt64 = 0
  var isReadingReceived = false
  /// Where the log stands, when it was heard to grow while the client follows, and what NOTIFY said of it last. Whatever
  /// the log does meanwhile, one NOTIFY is out at most.
  var grown: BookState?
  var notified: BookState?
  var replies = 0

  package init(
    versions: WireVersions = .current, features: Features = .current, window: Int = SyncLimits.window
  ) {
    self.versions = versions
    self.features = features
    self.window = window
    inflow = Inflow(window: window)
  }

  package var isClosed: Bool { if case .closed = state { true } else { false } }

  /// Whether the client has not asked for a book yet: the time for that is short.
  package var isHandshaking: Bool {
    switch state {
    case .awaitingPreamble, .awaitingHello, .awaitingOpen: true
    default: false
    }
  }

  /// Bytes of the client's that are kept here or wait for their verdict. Never more than a run, two windows and a frame.
  package var heldBytes: Int {
    let flight: Flight? =
      switch state {
      case .opening(_, let flight), .taking(let flight), .deciding(let flight): flight
      default: nil
      }
    return reader.waiting + inflow.backlog + (flight?.assembly?.byteCount ?? 0)
      + (flight?.waitingBytes.reduce(0, +) ?? 0)
  }

  /// Whether the client stays to hear when the log grows.
  package var isFollowing: Bool { !isClosed && agreed.contains(.following) }

  /// The mark from which on the client asks for news of other laptops; nil when it does not.
  package var askedMark: UInt64? { agreed.contains(.received) ? mark : nil }

  /// Whether nothing is under way: everything that was asked is answered.
  package var isIdle: Bool {
    if case .resting = state { return true }
    return isHandshaking || isClosed
  }

  /// Bytes from the client, in any pieces.
  package mutating func receive(_ bytes: [UInt8]) -> [Effect] {
    guard !isClosed else { return [] }
    reader.append(bytes)
    var effects: [Effect] = []
    do {
      if case .awaitingPreamble = state {
        guard try reader.preamble() else { return [] }
        state = .awaitingHello
      }
      while !isClosed, let message = try reader.next() { effects += try receive(message) }
    } catch { effects += fail(error) }
    return effects
  }

  /// Nothing has come for a while: asks for a sign of life.
  package mutating func quiet() -> [Effect] {
    isClosed || isHandshaking ? [] : [.send(Frame.ping([]).encoded())]
  }

  /// The bytes sent so far have left.
  package mutating func flushed() { replies = 0 }

  /// The caller has to end the connection, for a reason of its own.
  package mutating func end(_ error: WireError) -> [Effect] { isClosed ? [] : fail(error) }

  /// The server goes down in good order.
  package mutating func leave(retryAfter: UInt32) -> [Effect] {
    guard !isClosed else { return [] }
    state = .closed
    return [.send(Frame.goodbye(retryAfter: retryAfter).encoded()), .close(nil)]
  }

  /// The client closed the connection. Runs submitted before are decided all the same.
  package mutating func disconnected() { state = .closed }

  mutating func fail(_ error: WireError) -> [Effect] {
    state = .closed
    return [.send(Frame.error(error).encoded()), .close(error)]
  }

  mutating func grant() -> [Effect] {
    switch state {
    case .taking, .voided: inflow.grant().map { [.send(Frame.credit($0).encoded())] } ?? []
    default: []
    }
  }
}
