import Glibc
package import LogStore
package import Logging
import ServiceLifecycle
import Signing
package import SyncServer
import SyncProtocol
import UnixSignals

/// What a server of books does. Prints nothing.
package enum BookServer {
  /// Serves the books of a folder until it is told to stop (SIGTERM, SIGINT), or until its disk cannot be trusted.
  ///
  /// `ready` is called once, when clients can connect. Addresses that others can reach are refused unless `insecure`:
  /// nothing is encrypted yet, and nobody is asked who they are.
  package static func serve(
    data: String, listen: ListenAddress, insecure: Bool, limits: ServerLimits = ServerLimits(), logger: Logger,
    ready: @escaping @Sendable (ListenAddress) -> Void
  ) async throws(ServeError) {
    guard insecure || listen.isLoopback else { throw .notLoopback(listen) }
    umask(0o077)
    let folder = try DataFolder(data, holder: "valised, process \(getpid())")
    let store: SQLiteLogStore
    do throws(StoreError) {
      store = try SQLiteLogStore(path: folder.store, newEpoch: newEpoch, now: now)
    } catch { throw .store(error, path: folder.store) }
    let server: SyncServer
    do throws(ServerError) {
      server = try await SyncServer.start(
        host: listen.host, port: listen.port, store: store, cryptography: Signing.cryptography, limits: limits,
        logger: logger)
    } catch { throw ServeError(error, path: folder.store) }
    let address = ListenAddress(host: listen.host, port: server.port)
    folder.write("valised, process \(getpid()), valise://\(address)")
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: Serving(server: server, ready: { ready(address) }),
            successTerminationBehavior: .gracefullyShutdownGroup)
        ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    do { try await group.run() } catch {
      // After a failed commit nothing is to be waited for: the sooner the process ends, the better.
      if let error = error as? ServerError { throw ServeError(error, path: folder.store) }
      if !(error is CancellationError) { throw .stopped("\(error)") }
    }
    await server.stop()
    do throws(StoreError) { try store.close() } catch { throw .store(error, path: folder.store) }
    // The lock is held to the very end.
    withExtendedLifetime(folder) {}
  }

  private static func newEpoch() -> Epoch {
    var random = SystemRandomNumberGenerator()
    while true {
      let bytes = (0..<Epoch.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      if let epoch = Epoch(bytes) { return epoch }
    }
  }

  /// Seconds since 1970.
  private static func now() -> Int64 { Int64(time(nil)) }
}

/// Why a server does not start, or why it ended.
package enum ServeError: Error, Equatable, Sendable {
  /// Others could reach that address.
  case notLoopback(ListenAddress)
  /// The folder cannot be used: what was being done, and the system's number for it.
  case dataFolder(path: String, doing: String, errno: Int32)
  /// Another server has the folder.
  case locked(path: String, holder: String)
  case cannotListen(ListenAddress, why: String)
  /// The store cannot be used, or a commit failed and the process has to end.
  case store(StoreError, path: String)
  case stopped(String)
  /// The folder holds no books.
  case noBooks(path: String)
  /// Where a backup was to go, something is already.
  case targetIsThere(path: String)

  init(_ error: ServerError, path: String) {
    switch error {
    case .store(let error): self = .store(error, path: path)
    case .cannotListen(let host, let port, let why):
      self = .cannotListen(ListenAddress(host: host, port: port), why: why)
    }
  }
}

/// The server as a service: runs until the group shuts down, and then takes its leave.
private struct Serving: Service {
  let server: SyncServer
  let ready: @Sendable () -> Void

  func run() async throws {
    try await withGracefulShutdownHandler {
      ready()
      try await server.run()
    } onGracefulShutdown: {
      Task { await server.stop() }
    }
  }
}
