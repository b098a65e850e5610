import LogStore
import Logging
import Signing
import SyncProtocol
import SyncServer
import Testing

/// A server of one test's own, on a port of loopback, with its log in memory.
enum OwnServer {
  static func running<Answer: Sendable>(_ body: (Int) async throws -> Answer) async throws -> Answer {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<Epoch.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let epoch = try #require(Epoch(bytes))
    let server = try await SyncServer.start(
      host: "127.0.0.1", port: 0, store: MemoryLogStore(epoch: epoch), cryptography: Signing.cryptography,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    do {
      let answer = try await body(server.port)
      await server.stop()
      return answer
    } catch {
      await server.stop()
      throw error
    }
  }
}
