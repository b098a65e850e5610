package import Formats
package import History
import Signing
package import SyncProtocol

/// One server and several laptops that stay connected to it, without a socket: bytes lie on the way until they are carried.
package struct Followers: Sendable {
  package struct Line: Sendable {
    package var client: ClientSession
    package var server: ServerSession
    package var toServer: [UInt8] = []
    package var toClient: [UInt8] = []
    package var deliveries: [Delivery] = []
    package var cursor: Cursor?
    package var rests: [SyncReport] = []
    package var news: [Received] = []
    package var failure: SessionFailure?
    package var serverError: WireError?
    /// Bytes carried each way.
    package var up = 0
    package var down = 0
    /// NOTIFYs sent, and those not yet followed by an answer.
    package var notified = 0
    package var outstanding = 0
    package var mostOutstanding = 0
  }

  package var log: TestLog
  package private(set) var lines: [Line] = []

  package init(_ log: TestLog) { self.log = log }

  /// A laptop connects; its first flight lies on the way.
  package mutating func connect(_ request: SyncRequest, server: ServerSession = ServerSession()) {
    lines.append(Line(client: ClientSession(request, hash: Signing.hash), server: server))
    perform(lines[lines.count - 1].client.start(), lines.count - 1)
  }

  /// A laptop sends new runs, if it rests.
  package mutating func send(_ runs: [PackedRun], vector: VersionVector, from line: Int) {
    perform(lines[line].client.send(runs, vector: vector), line)
  }

  /// Somebody else's runs come into the log, past these connections.
  package mutating func commit(_ runs: [PackedRun]) {
    let before = log.state
    log.submit(runs)
    if log.state != before { tell() }
  }

  /// Carries up to so many bytes one way; false when none lay there.
  @discardableResult
  package mutating func carry(_ count: Int, up: Bool, on line: Int) -> Bool {
    if up {
      let piece = Array(lines[line].toServer.prefix(count))
      guard !piece.isEmpty else { return false }
      lines[line].toServer.removeFirst(piece.count)
      lines[line].up += piece.count
      serve(lines[line].server.receive(piece), line)
      lines[line].server.flushed()
    } else {
      let piece = Array(lines[line].toClient.prefix(count))
      guard !piece.isEmpty else { return false }
      lines[line].toClient.removeFirst(piece.count)
      lines[line].down += piece.count
      perform(lines[line].client.receive(piece), line)
      lines[line].client.flushed()
    }
    return true
  }

  /// Carries all that lies on the way, and all that follows from it, but for the lines named.
  package mutating func settle(but stuck: Set<Int> = []) {
    var hasMoved = true
    while hasMoved {
      hasMoved = false
      for line in lines.indices where !stuck.contains(line) {
        if carry(.max, up: true, on: line) { hasMoved = true }
        if carry(.max, up: false, on: line) { hasMoved = true }
      }
    }
  }

  private mutating func tell() {
    for line in lines.indices { serve(lines[line].server.grew(to: log.state), line) }
  }

  private mutating func perform(_ effects: [ClientSession.Effect], _ line: Int) {
    for effect in effects {
      switch effect {
      case .send(let bytes): lines[line].toServer += bytes
      case .deliver(let page, let through):
        lines[line].deliveries += page
        if let through { lines[line].cursor = through }
        perform(lines[line].client.delivered(), line)
      case .lookUp: perform(lines[line].client.supply([]), line)
      case .rested(let report), .finished(let report): lines[line].rests.append(report)
      case .received(let news): lines[line].news.append(news)
      case .failed(let failure): lines[line].failure = failure
      case .opened, .acknowledged: break
      }
    }
  }

  private mutating func serve(_ effects: [ServerSession.Effect], _ line: Int) {
    for effect in effects {
      switch effect {
      case .send(let bytes):
        lines[line].toClient += bytes
        if bytes[4] == FrameType.notify.rawValue {
          lines[line].notified += 1
          lines[line].outstanding += 1
          lines[line].mostOutstanding = max(lines[line].mostOutstanding, lines[line].outstanding)
        } else if [FrameType.logged, .own, .ack].map(\.rawValue).contains(bytes[4]) {
          lines[line].outstanding = 0
        }
      case .close(let error): lines[line].serverError = error
      default: break
      }
      let before = log.state
      let more = log.answer(effect, to: &lines[line].server)
      serve(more, line)
      if log.state != before { tell() }
    }
  }
}
