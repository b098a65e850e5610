package import Bytes
import Glibc
package import LogStore
package import Logging
import NIOCore
import NIOPosix
import SyncProtocol
import Synchronization

/// A server on one address: takes connections until it is told to stop, or until its store cannot be trusted any more.
package final class SyncServer: Sendable {
  private let listener: any Channel
  private let connections: Connections
  private let books: Books
  private let limits: ServerLimits
  private let poison: AsyncStream<StoreError>
  private let onPoison: AsyncStream<StoreError>.Continuation
  /// The port it listens on, chosen by the system when 0 was asked for.
  package let port: Int

  /// Opens the store and listens.
  package static func start(
    host: String, port: Int, store: any LogStore, cryptography: Cryptography, limits: ServerLimits = ServerLimits(),
    logger: Logger
  ) async throws(ServerError) -> SyncServer {
    let standing: StoreStanding
    do { standing = try await store.open() } catch { throw .store(error) }
    let (poison, onPoison) = AsyncStream.makeStream(of: StoreError.self)
    let books = Books(
      store, epoch: standing.epoch, cryptography: cryptography, received: limits.received, logger: logger
    ) { onPoison.yield($0) }
    let connections = Connections(limit: limits.connections)
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          var logger = logger
          logger[metadataKey: "connection"] = "\(connections.nextNumber())"
          let handler = ServerHandler(ServerSession(window: limits.window), books, limits, logger)
          try channel.pipeline.syncOperations.addHandler(handler)
          if !connections.add(channel) {
            let error = WireError(.connections, retryAfter: 1_000)
            channel.eventLoop.execute {
              channel.triggerUserOutboundEvent(ServerHandler.Command.end(error), promise: nil)
            }
          }
        }
      }
    do {
      let listener = try await bootstrap.bind(host: host, port: port).get()
      logger.info(
        "listening", metadata: ["port": "\(listener.localAddress?.port ?? 0)", "epoch": "\(standing.epochNumber)"])
      return SyncServer(listener, connections, books, limits, poison, onPoison)
    } catch { throw .cannotListen(host: host, port: port, why: reason(error)) }
  }

  private static func reason(_ error: any Error) -> String {
    guard let number = (error as? IOError)?.errnoCode, let text = unsafe strerror(number) else { return "\(error)" }
    return unsafe String(cString: text)
  }

  private init(
    _ listener: any Channel, _ connections: Connections, _ books: Books, _ limits: ServerLimits,
    _ poison: AsyncStream<StoreError>, _ onPoison: AsyncStream<StoreError>.Continuation
  ) {
    self.listener = listener
    self.connections = connections
    self.books = books
    self.limits = limits
    self.poison = poison
    self.onPoison = onPoison
    port = listener.localAddress?.port ?? 0
  }

  /// Returns once `stop` was called; throws when a commit failed and the process has to end.
  package func run() async throws(ServerError) {
    for await error in poison { throw .store(error) }
  }

  /// Takes no more connections, lets what is under way come to its end for a while, and closes.
  package func stop() async {
    try? await listener.close().get()
    for channel in connections.all {
      channel.triggerUserOutboundEvent(ServerHandler.Command.leave, promise: nil)
    }
    let deadline = ContinuousClock.now + limits.farewell
    while !connections.all.isEmpty, ContinuousClock.now < deadline {
      try? await Task.sleep(for: .milliseconds(10))
    }
    for channel in connections.all { channel.close(promise: nil) }
    await books.settle()
    onPoison.finish()
  }
}

/// Why a server does not run, or no longer.
package enum ServerError: Error, Equatable, Sendable {
  case store(StoreError)
  case cannotListen(host: String, port: Int, why: String)
}

/// The connections that are open.
private final class Connections: Sendable {
  private let limit: Int
  private let open = Mutex<[ObjectIdentifier: any Channel]>([:])
  private let numbers = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  func nextNumber() -> Int { numbers.add(1, ordering: .relaxed).newValue }

  var all: [any Channel] { open.withLock { Array($0.values) } }

  /// False when there are as many as may be; the connection is counted until it is closed all the same.
  func add(_ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(channel)
    let isWithin = open.withLock { open in
      open[id] = channel
      return open.count <= limit
    }
    channel.closeFuture.whenComplete { _ in self.open.withLock { $0[id] = nil } }
    return isWithin
  }
}
