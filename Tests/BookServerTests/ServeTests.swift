import BookServer
import Bytes
import Formats
import Foundation
import History
import Logging
import SyncClient
import SyncProtocol
import SyncTesting
import Testing

@Suite struct ServeTests {
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test func `an address is a host and a port, and nothing else`() {
    for (text, host, port) in [
      ("127.0.0.1:7420", "127.0.0.1", 7420), ("localhost", "localhost", 7420), ("[::1]:80", "::1", 80),
      ("[::1]", "::1", 7420), ("0.0.0.0:0", "0.0.0.0", 0),
    ] {
      #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
    }
    for text in ["", ":7420", "a:", "a:b", "a:65536", "a:-1", "::1", "[::1", "[::1]80", "a:1:2"] {
      #expect(ListenAddress(text) == nil, "\(text)")
    }
    #expect(ListenAddress(host: "::1", port: 80).description == "[::1]:80")
  }

  @Test func `only addresses that nobody else can reach are loopback`() {
    for host in ["127.0.0.1", "127.255.0.9", "::1", "localhost"] {
      #expect(ListenAddress(host: host, port: 0).isLoopback)
    }
    for host in ["0.0.0.0", "10.0.0.1", "127.0.0.1.example.org", "127.0.0", "127.0.0.256", "::", "localhost.org", ""] {
      #expect(!ListenAddress(host: host, port: 0).isLoopback, "\(host)")
    }
  }

  @Test func `an address that others can reach is refused before anything is touched`() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/valise-serve-\(UUID().uuidString)"
    await #expect(throws: ServeError.notLoopback(ListenAddress(host: "0.0.0.0", port: 0))) {
      try await BookServer.serve(
        data: path, listen: ListenAddress(host: "0.0.0.0", port: 0), insecure: false, logger: Self.logger,
        ready: { _ in })
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `a second server on the same folder is refused and told who has it`() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/valise-serve-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (ready, onReady) = AsyncStream.makeStream(of: ListenAddress.self)
    let serving = Task {
      try await BookServer.serve(
        data: path, listen: ListenAddress(host: "127.0.0.1", port: 0), insecure: false, logger: Self.logger,
        ready: { onReady.yield($0) })
    }
    var addresses = ready.makeAsyncIterator()
    let address = try #require(await addresses.next())
    let book = try TestBook()
    let report = try await SyncClient.exchange(
      with: ServerAddress(host: address.host, port: address.port),
      SyncRequest(
        book: .create(.of("visit"), book.id), device: book.authors[0].device, outgoing: [try book.run(0)],
        vector: book.vector),
      receiver: Ignoring())
    #expect(report.acknowledged == book.head(of: 0))
    do throws(ServeError) {
      try await BookServer.serve(
        data: path, listen: ListenAddress(host: "127.0.0.1", port: 0), insecure: false, logger: Self.logger,
        ready: { _ in })
      Issue.record("two servers on one folder")
    } catch {
      let holder = "valised, process \(ProcessInfo.processInfo.processIdentifier), valise://\(address)"
      #expect(error == .locked(path: path, holder: holder))
    }
    serving.cancel()
    _ = await serving.result
    // What it had acknowledged is there for the next one.
    let next = Task {
      try await BookServer.serve(
        data: path, listen: ListenAddress(host: "127.0.0.1", port: 0), insecure: false, logger: Self.logger,
        ready: { onReady.yield($0) })
    }
    let second = try #require(await addresses.next())
    let again = try await SyncClient.exchange(
      with: ServerAddress(host: second.host, port: second.port),
      SyncRequest(
        book: .known(book.id, report.cursor), device: book.authors[0].device, outgoing: [], vector: book.vector),
      receiver: Ignoring())
    #expect(again.cursor == report.cursor)
    #expect(again.epoch == report.epoch)
    next.cancel()
    _ = await next.result
  }
}

/// A laptop that keeps nothing.
private struct Ignoring: SyncReceiver {
  func opened(_ book: BookID, _ epoch: Epoch, last: DeviceHead?) async throws {}
  func acknowledged(_ head: DeviceHead) async throws {}
  func deliver(_ page: [Delivery], through cursor: Cursor?) async throws {}
  func lookUp(beyond vector: VersionVector) async throws -> [PackedRun] { [] }
}
