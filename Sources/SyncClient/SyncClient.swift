import Bytes
package import History
import NIOCore
import NIOPosix
import Signing
package import Formats
package import SyncProtocol

/// Where a server is.
package struct ServerAddress: Hashable, Sendable {
  package let host: String
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }
}

/// Whoever takes what an exchange brings; its methods are called one at a time, in order.
package protocol SyncReceiver: Sendable {
  /// The server knows the book; before any page. `last` is this device's last change there.
  func opened(_ book: BookID, _ epoch: Epoch, last: DeviceHead?) async throws
  /// This device's changes up to here are on the server's disk.
  func acknowledged(_ head: DeviceHead) async throws
  /// Whole runs in the log's order. Return when they are kept; with a cursor, the log is then followed up to it.
  func deliver(_ page: [Delivery], through cursor: Cursor?) async throws
  /// Every run that somebody with this vector lacks, each after those it was made on, all signed.
  func lookUp(beyond vector: VersionVector) async throws -> [PackedRun]
  /// News of what other laptops have kept; comes only when the request asks for it.
  func received(_ news: Received) async throws
}

extension SyncReceiver {
  package func received(_ news: Received) async throws {}
}

/// How long a laptop waits.
package struct SyncTimeouts: Equatable, Sendable {
  /// Until there is a connection, the host's name included.
  package var connect: Duration
  /// Until the server says WELCOME.
  package var welcome: Duration
  /// Without a byte from the server, until it is asked for a sign of life.
  package var quiet: Duration
  /// Without a byte from the server, until the exchange is given up.
  package var dead: Duration

  package init(
    connect: Duration = .milliseconds(2_000), welcome: Duration = .seconds(10), quiet: Duration = .seconds(20),
    dead: Duration = .seconds(45)
  ) {
    self.connect = connect
    self.welcome = welcome
    self.quiet = quiet
    self.dead = dead
  }
}

/// A laptop's exchange with a server over TCP.
package enum SyncClient {
  /// One exchange on a connection of its own: sends what the request holds, hands on what comes, and returns once all
  /// of it is kept and acknowledged.
  ///
  /// Whatever it throws, everything delivered before is whole and stays; a later exchange goes on from there.
  package static func exchange(
    with address: ServerAddress, _ request: SyncRequest, receiver: some SyncReceiver,
    timeouts: SyncTimeouts = SyncTimeouts(), tap: (any WireTap)? = nil
  ) async throws(SyncFailure) -> SyncReport {
    let line = try await SyncLine.open(to: address, request, timeouts: timeouts, tap: tap)
    defer { line.close() }
    for await event in line.events {
      switch event {
      case .finished(let report), .effect(.rested(let report)): return report
      case .failed(let failure): throw failure
      case .effect(let effect):
        do { try await perform(effect, receiver, line) } catch { throw .receiver(error) }
      }
    }
    throw .interrupted
  }

  private static func perform(
    _ effect: ClientSession.Effect, _ receiver: some SyncReceiver, _ line: SyncLine
  ) async throws {
    switch effect {
    case .opened(let book, let epoch, let last): try await receiver.opened(book, epoch, last: last)
    case .acknowledged(let head): try await receiver.acknowledged(head)
    case .deliver(let page, let cursor):
      try await receiver.deliver(page, through: cursor)
      line.delivered()
    case .lookUp(let vector):
      line.supply(try await receiver.lookUp(beyond: vector))
    case .received(let news): try await receiver.received(news)
    case .send, .rested, .finished, .failed: break
    }
  }
}
