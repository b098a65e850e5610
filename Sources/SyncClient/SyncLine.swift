package import Formats
package import History
import NIOCore
import Signing
package import SyncProtocol

/// A laptop's connection to a server: what it brings, in order, and what the laptop says to that.
package struct SyncLine: Sendable {
  package enum Event: Sendable {
    /// Any of a session's orders but bytes and the end.
    case effect(ClientSession.Effect)
    /// All is exchanged, and nothing more will come.
    case finished(SyncReport)
    case failed(SyncFailure)
  }

  /// Ends after `finished` or `failed`. For one reader.
  package let events: AsyncStream<Event>
  private let channel: any Channel

  /// Connects, and sends the first flight.
  package static func open(
    to address: ServerAddress, _ request: SyncRequest, timeouts: SyncTimeouts, tap: (any WireTap)? = nil
  ) async throws(SyncFailure) -> SyncLine {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let channel = try await SyncClient.connect(to: address, within: timeouts.connect, tap: tap) {
      ClientHandler(ClientSession(request, hash: Signing.hash), timeouts, continuation)
    }
    return SyncLine(events: events, channel: channel)
  }

  /// The page that came last is kept.
  package func delivered() { say(.delivered) }

  /// The runs that were to be looked up.
  package func supply(_ runs: [PackedRun]) { say(.supply(runs)) }

  /// New runs of a laptop that follows; not sent while anything else is under way, which ends with another `rested`.
  package func send(_ runs: [PackedRun], vector: VersionVector) { say(.send(runs, vector)) }

  package func close() { channel.close(promise: nil) }

  private func say(_ answer: ClientHandler.Answer) { channel.triggerUserOutboundEvent(answer, promise: nil) }
}
