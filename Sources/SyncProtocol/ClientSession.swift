package import Bytes
package import Formats
package import History

/// A laptop's side of one exchange, without a socket: bytes and answers of the caller in, orders out.
///
/// The first flight goes out at once; the answer is checked against the chain hash as it comes, and handed on in pages
/// of whole runs. Closed unless a branch says otherwise.
package struct ClientSession: Sendable {
  /// What the caller has to do, in this order.
  package enum Effect: Equatable, Sendable {
    case send([UInt8])
    /// The server knows the book; before any page.
    case opened(BookID, Epoch, last: DeviceHead?)
    /// The device's changes up to here are on the server's disk. Moves no cursor.
    case acknowledged(DeviceHead)
    /// Take these runs, then say `delivered()`. With a cursor: once they are kept, the log is followed up to it.
    case deliver([Delivery], through: Cursor?)
    /// Look up every run that somebody with this vector lacks, then say `supply(_:)`.
    case lookUp(beyond: VersionVector)
    /// What other laptops have kept, as far as that is news.
    case received(Received)
    /// It went well so far, and goes on: `send(_:vector:)` may be said, and the server may have more.
    case rested(SyncReport)
    /// It went well; close.
    case finished(SyncReport)
    /// It did not; close.
    case failed(SessionFailure)
  }

  enum State {
    case idle
    case awaitingWelcome
    /// The cursor did not match; the server's vector is next.
    case awaitingVector
    /// The caller looks up runs. Nothing but connection frames may come.
    case awaitingRuns(byVector: Bool)
    case answering(Answer)
    /// The answer is complete; the caller still works on pages.
    case delivering
    /// All is kept, and the server tells when there is more.
    case resting
    case closed
  }

  /// What is still to come of an answer.
  struct Answer {
    /// Runs come without gaps, each chained to the one before; else by vector, and REACHED ends them.
    let isChained: Bool
    var awaitsAck: Bool
    var assembly: RunAssembly?
  }

  var request: SyncRequest
  let hash: @Sendable ([UInt8]) -> Digest
  var state = State.idle
  var reader = FrameReader(ceiling: SyncLimits.sectionFrame)
  var outflow = Outflow(window: SyncLimits.window)
  var inflow: Inflow
  var sender = RunSender()
  var pages: Pages
  var welcome: Welcome?
  var ack: Ack?
  /// Where the answer that is due must end: what WELCOME, NOTIFY or the ack said last.
  var target: LogPlace?
  /// The change of this device that the answer has named.
  var named: DeviceHead?
  /// What NOTIFY told of, until it is asked for or an ack covers it.
  var notified: LogPlace?
  /// Whether the server has answered a flight in full, so that it may have been at rest.
  var isAnswered = false
  /// Whether others' runs came that KEPT has not been said of.
  var owesKept = false
  /// The connection is gone; what it brought is still being kept.
  var isCutOff = false
  var report: SyncReport?
  /// How far the log was followed: position and whole chain hash.
  var place: (position: Position, chain: ChainHash)?
  var replies = 0

  package init(_ request: SyncRequest, hash: @escaping @Sendable ([UInt8]) -> Digest) {
    self.request = request
    self.hash = hash
    inflow = Inflow(window: request.window)
    pages = Pages(window: request.window, page: request.page)
  }

  package var isClosed: Bool { if case .closed = state { true } else { false } }

  /// What both sides can do beyond the version; nothing before WELCOME.
  var agreed: Features { welcome?.features ?? [] }

  /// Bytes of the server's that are kept here or wait to be taken. Never more than a run, two windows and a frame.
  package var heldBytes: Int {
    guard case .answering(let answer) = state else { return reader.waiting + inflow.backlog }
    return reader.waiting + inflow.backlog + (answer.assembly?.byteCount ?? 0)
  }

  /// The first flight: preamble, HELLO, OPEN, and as much of the runs as the first window holds.
  package mutating func start() -> [Effect] {
    guard case .idle = state else { return [] }
    state = .awaitingWelcome
    let hello = Hello(
      versions: request.versions, features: request.features, device: request.device, window: request.window,
      mark: request.mark ?? 0)
    var bytes = Preamble.bytes + Frame.hello(hello).encoded()
    bytes += Frame.open(opening).encoded(ends: request.outgoing.isEmpty)
    sender = RunSender(request.outgoing)
    bytes += sender.next(from: request.device, within: &outflow)
    return [.send(bytes)]
  }

  private var opening: Opening {
    switch request.book {
    case .known(let book, let cursor): .known(book, cursor?.claim)
    case .named(let name): .named(name)
    case .create(let name, let book): .create(name, book)
    }
  }

  /// Bytes from the server, in any pieces.
  package mutating func receive(_ bytes: [UInt8]) -> [Effect] {
    guard !isClosed else { return [] }
    reader.append(bytes)
    var effects: [Effect] = []
    do {
      while !isClosed, let message = try reader.next() { effects += try receive(message) }
    } catch { effects += violation(error) }
    return effects
  }

  /// The page delivered last is kept.
  package mutating func delivered() -> [Effect] {
    guard !isClosed, let bytes = pages.delivered() else { return [] }
    inflow.processed(bytes)
    if let next = pages.next() { return [next] + grant() }
    guard case .delivering = state else { return grant() }
    return concluded()
  }

  /// The runs that were to be looked up.
  package mutating func supply(_ runs: [PackedRun]) -> [Effect] {
    guard case .awaitingRuns(let byVector) = state else { return [] }
    if runs.isEmpty && !byVector { return finished() }
    precondition(runs.allSatisfy { $0.signature != nil }, "nothing unsigned is sent")
    var bytes: [UInt8] = []
    if byVector {
      guard request.vector.counts.count <= SyncLimits.devices else {
        return violation(WireError(.overLimit, "a book has at most \(SyncLimits.devices) devices"))
      }
      bytes = Frame.vector(request.vector).encoded(ends: runs.isEmpty)
    }
    report?.roundTrips += 1
    return flight(of: runs, after: bytes, isChained: !byVector)
  }

  mutating func flight(of runs: [PackedRun], after bytes: [UInt8] = [], isChained: Bool) -> [Effect] {
    sender = RunSender(runs)
    ack = nil
    state = .answering(Answer(isChained: isChained, awaitsAck: true))
    return [.send(bytes + sender.next(from: request.device, within: &outflow))]
  }

  /// Nothing has come for a while: asks for a sign of life.
  package mutating func quiet() -> [Effect] { isClosed ? [] : [.send(Frame.ping([]).encoded())] }

  /// The bytes sent so far have left.
  package mutating func flushed() { replies = 0 }

  /// The server closed the connection.
  package mutating func disconnected() -> [Effect] {
    guard !isClosed else { return [] }
    if case .delivering = state {
      isCutOff = true
      return []
    }
    state = .closed
    return [.failed(.interrupted)]
  }

  mutating func violation(_ error: WireError) -> [Effect] {
    state = .closed
    return [.send(Frame.error(error).encoded()), .failed(.violation(error))]
  }

  mutating func grant() -> [Effect] {
    if case .answering = state, let bytes = inflow.grant() { return [.send(Frame.credit(bytes).encoded())] }
    return []
  }
}

/// Why a session ended without a report, as far as it can know.
package enum SessionFailure: Equatable, Sendable {
  case interrupted
  /// The server's error, and the device's last change there, if it was said.
  case refused(WireError, last: DeviceHead?)
  /// The server knows more of this device than this laptop does.
  case deviceAhead(DeviceHead)
  case violation(WireError)
}
