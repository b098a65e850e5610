import Bytes
import LogStore
import Logging
import Signing
import SyncClient
import SyncProtocol
import SyncServer
import SyncTesting

/// A real server on a port of the system's choosing.
struct TestServer: Sendable {
  let server: SyncServer
  let store: any LogStore

  static func start(
    _ store: any LogStore = MemoryLogStore(epoch: .numbered(1)), limits: ServerLimits = ServerLimits(),
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  ) async throws -> TestServer {
    let server = try await SyncServer.start(
      host: "127.0.0.1", port: 0, store: store, cryptography: Signing.cryptography, limits: limits, logger: logger)
    return TestServer(server: server, store: store)
  }

  var address: ServerAddress { ServerAddress(host: "127.0.0.1", port: server.port) }

  /// A book put there by its author; what the author's laptop holds then.
  func publish(_ book: TestBook, as name: BookName = .of("visit")) async throws -> SyncReport {
    try await SyncClient.exchange(
      with: address,
      SyncRequest(
        book: .create(name, book.id), device: book.authors[0].device, outgoing: [try book.run(0)],
        vector: book.vector),
      receiver: Laptop())
  }
}
