import Bytes
import Foundation
import GRDB
import History
import LogStore
import Logging
import SyncClient
import SyncProtocol
import SyncServer
import SyncTesting
import Synchronization
import Testing

/// A server over a store that the disk has changed: it neither ends nor keeps silent.
@Suite struct DamagedStoreTests {
  @Test(arguments: [
    "body = CAST(x'41' || substr(body, 2) AS BLOB)", "body = CAST(x'ffff' || substr(body, 3) AS BLOB)",
    "sections = sections + 1", "count = 0",
  ])
  func `who asks for a damaged entry is told, the log says which, and the server serves on`(change: String) async throws
  {
    let path = FileManager.default.temporaryDirectory.path + "/valise-damage-\(UUID().uuidString).sqlite"
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let lines = Lines()
    let store = try SQLiteLogStore(path: path, newEpoch: { .numbered(1) }, now: { 0 })
    let server = try await TestServer.start(store, logger: Logger(label: "test") { _ in lines })
    let book = try TestBook()
    _ = try await server.publish(book)
    let queue = try DatabaseQueue(path: path)
    try await queue.write { try $0.execute(sql: "UPDATE entry SET \(change) WHERE position = 1") }
    try queue.close()
    for _ in 0..<2 {
      do throws(SyncFailure) {
        _ = try await SyncClient.exchange(
          with: server.address,
          SyncRequest(
            book: .named(.of("visit")), device: DeviceID(number: 9), outgoing: [], vector: VersionVector()),
          receiver: Laptop())
        Issue.record("served")
      } catch {
        guard case .refused(let refusal) = error, refusal.code == .corrupt else {
          Issue.record("\(error)")
          return
        }
      }
    }
    let said = lines.errors
    #expect(said.count == 2)
    #expect(said.allSatisfy { $0.contains("book=visit") && $0.contains("position 1: ") }, "\(said)")
    await server.server.stop()
    try store.close()
  }

  @Test func `what is sound before a damaged entry reaches who asks for all of it`() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/valise-damage-\(UUID().uuidString).sqlite"
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let store = try SQLiteLogStore(path: path, newEpoch: { .numbered(1) }, now: { 0 })
    let server = try await TestServer.start(store)
    var book = try TestBook()
    _ = try await server.publish(book)
    try book.type("More. ", by: 0)
    _ = try await SyncClient.exchange(
      with: server.address,
      SyncRequest(
        book: .named(.of("visit")), device: book.authors[0].device, outgoing: [try book.run(0, from: 1)],
        vector: book.vector),
      receiver: Laptop())
    let queue = try DatabaseQueue(path: path)
    try await queue.write { try $0.execute(sql: "UPDATE entry SET sections = sections + 1 WHERE position = 2") }
    try queue.close()
    let laptop = Laptop()
    do throws(SyncFailure) {
      _ = try await SyncClient.exchange(
        with: server.address,
        SyncRequest(
          book: .named(.of("visit")), device: DeviceID(number: 9), outgoing: [], vector: VersionVector()),
        receiver: laptop)
      Issue.record("served")
    } catch {
      guard case .refused(let refusal) = error, refusal.code == .corrupt else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(laptop.runs.count == 1)
    await server.server.stop()
    try store.close()
  }
}

/// What a server logs as an error.
private final class Lines: LogHandler {
  private let lines = Mutex<[String]>([])
  var errors: [String] { lines.withLock { $0 } }

  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .error }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    lines.withLock { $0.append("\(event.message) \(pairs.joined(separator: " "))") }
  }
}
