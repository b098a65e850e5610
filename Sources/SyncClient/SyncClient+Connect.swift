import Glibc
import NIOCore
import NIOPosix
import SyncProtocol

extension SyncClient {
  /// A connection, or why there is none; given up after `limit` wherever it hangs, be it in asking for the name.
  static func connect(
    to address: ServerAddress, within limit: Duration, tap: (any WireTap)?,
    handler: @escaping @Sendable () -> ClientHandler
  ) async throws(SyncFailure) -> any Channel {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let result = loop.makePromise(of: (any Channel).self)
    let deadline = loop.scheduleTask(in: TimeAmount(limit)) {
      result.fail(ChannelError.connectTimeout(TimeAmount(limit)))
    }
    ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connectTimeout(TimeAmount(limit))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tap { try channel.pipeline.syncOperations.addHandler(WireTapHandler(tap, port: address.port)) }
          try channel.pipeline.syncOperations.addHandler(handler())
        }
      }
      .connect(host: address.host, port: address.port)
      .whenComplete { outcome in
        deadline.cancel()
        switch outcome {
        case .success(let channel):
          result.futureResult.whenFailure { _ in channel.close(promise: nil) }
          result.succeed(channel)
        case .failure(let error): result.fail(error)
        }
      }
    do { return try await result.futureResult.get() } catch { throw .unreachable(reason(error)) }
  }

  private static func reason(_ error: any Error) -> SyncFailure.Unreachable {
    switch error {
    case let error as NIOConnectionError:
      if error.connectionErrors.contains(where: { isRefusal($0.error) }) { return .refused }
      return error.connectionErrors.isEmpty ? .nameNotFound : .noAnswer
    default: return isRefusal(error) ? .refused : .noAnswer
    }
  }

  private static func isRefusal(_ error: any Error) -> Bool { (error as? IOError)?.errnoCode == ECONNREFUSED }
}

extension TimeAmount {
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
