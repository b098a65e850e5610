package import Formats
package import History
import Signing
package import SyncProtocol

/// One exchange between two sessions, without a socket: bytes are carried over in pieces until nobody has more to say.
package struct Exchange: Sendable {
  package var client: ClientSession
  package var server: ServerSession
  package var log: TestLog
  /// What the laptop has, for the case that the server's vector asks.
  package var beyond: @Sendable (VersionVector) -> [PackedRun] = { _ in [] }

  package private(set) var up: [UInt8] = []
  package private(set) var down: [UInt8] = []
  package private(set) var pages: [(deliveries: [Delivery], through: Cursor?)] = []
  package private(set) var report: SyncReport?
  package private(set) var failure: SessionFailure?
  package private(set) var acknowledged: DeviceHead?
  package private(set) var serverError: WireError?
  package private(set) var turns = 0
  package private(set) var news: [Received] = []

  package init(_ request: SyncRequest, with log: TestLog, server: ServerSession = ServerSession()) {
    client = ClientSession(request, hash: Signing.hash)
    self.server = server
    self.log = log
  }

  package var deliveries: [Delivery] { pages.flatMap(\.deliveries) }
  package var runs: [PackedRun] {
    deliveries.compactMap { if case .run(let run, _) = $0 { run } else { nil } }
  }

  /// Runs until the client is done, handing bytes on in pieces as `cut` says (all that is there, by default).
  package mutating func run(cut: (Int) -> Int = { $0 }) {
    var toServer: [UInt8] = []
    var toClient: [UInt8] = []
    perform(client.start(), &toServer)
    while !toServer.isEmpty || !toClient.isEmpty {
      turns += 1
      if !toServer.isEmpty {
        let piece = Array(toServer.prefix(max(1, cut(toServer.count))))
        toServer.removeFirst(piece.count)
        up += piece
        serve(server.receive(piece), &toClient)
      }
      if !toClient.isEmpty {
        let piece = Array(toClient.prefix(max(1, cut(toClient.count))))
        toClient.removeFirst(piece.count)
        down += piece
        perform(client.receive(piece), &toServer)
      }
      client.flushed()
      server.flushed()
    }
  }

  private mutating func perform(_ effects: [ClientSession.Effect], _ toServer: inout [UInt8]) {
    for effect in effects {
      switch effect {
      case .send(let bytes): toServer += bytes
      case .opened: break
      case .acknowledged(let head): acknowledged = head
      case .deliver(let page, let through):
        pages.append((page, through))
        perform(client.delivered(), &toServer)
      case .lookUp(let vector): perform(client.supply(beyond(vector)), &toServer)
      case .received(let received): news.append(received)
      case .rested(let report), .finished(let report): self.report = report
      case .failed(let failure): self.failure = failure
      }
    }
  }

  private mutating func serve(_ effects: [ServerSession.Effect], _ toClient: inout [UInt8]) {
    for effect in effects {
      if case .send(let bytes) = effect { toClient += bytes }
      if case .close(let error) = effect { serverError = error }
      serve(log.answer(effect, to: &server), &toClient)
    }
  }
}
