import Bytes
import Formats
import History
import LogStore
import SyncClient
import SyncProtocol
import SyncServer
import SyncTesting
import Testing

/// A store in trouble: no ack for what is not on the disk, and no laptop worse off.
@Suite struct TroubleTests {
  /// A published book, one more change of its author's, and a server whose store fails so.
  private static func scene(
    _ faults: [FailingStore.Fault]
  ) async throws -> (server: TestServer, store: FailingStore, book: TestBook, request: SyncRequest) {
    let store = FailingStore(MemoryLogStore(epoch: .numbered(1)), faults: faults)
    let server = try await TestServer.start(store)
    var book = try TestBook()
    let published = try await server.publish(book)
    try book.type("more ", by: 0)
    let request = SyncRequest(
      book: .known(book.id, published.cursor), device: book.authors[0].device, outgoing: [try book.run(0, from: 1)],
      vector: book.vector)
    return (server, store, book, request)
  }

  @Test(arguments: [
    (StoreError.readOnly(.diskFull), ErrorCode.diskFull), (.readOnly(.fileSystem), .readOnly),
    (.unavailable(retryAfter: 500), .unavailable),
  ])
  func `a store that cannot write now is told, nothing is acknowledged, and the next try gets through`(
    error: StoreError, code: ErrorCode
  ) async throws {
    let (server, _, book, request) = try await Self.scene([.error(error)])
    let laptop = Laptop()
    do throws(SyncFailure) {
      _ = try await SyncClient.exchange(with: server.address, request, receiver: laptop)
      Issue.record("acknowledged what was not written")
    } catch {
      guard case .refused(let refusal) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(refusal.code == code)
      #expect(refusal.retryAfter != nil)
    }
    #expect(laptop.state.acknowledged == nil)
    let again = try await SyncClient.exchange(with: server.address, request, receiver: laptop)
    #expect(again.acknowledged == book.head(of: 0))
    await server.server.stop()
  }

  @Test func `an outcome that is not known is asked for until it is`() async throws {
    let (server, store, book, request) = try await Self.scene([
      .error(.unknown), .unknownThoughCommitted, .error(.unknown),
    ])
    let report = try await SyncClient.exchange(with: server.address, request, receiver: Laptop())
    #expect(report.acknowledged == book.head(of: 0))
    #expect(report.cursor?.position.rawValue == 2)
    #expect(store.appends == 5)
    await server.server.stop()
  }

  @Test func `a plan that is stale is made anew`() async throws {
    let (server, store, book, request) = try await Self.scene([.stale, .stale])
    let report = try await SyncClient.exchange(with: server.address, request, receiver: Laptop())
    #expect(report.acknowledged == book.head(of: 0))
    #expect(store.appends == 4)
    await server.server.stop()
  }

  @Test func `a failed commit ends the server, and nobody was told that it went well`() async throws {
    let (server, _, _, request) = try await Self.scene([.error(.poisoned("sync"))])
    let running = Task { try await server.server.run() }
    let laptop = Laptop()
    await #expect(throws: SyncFailure.self) {
      _ = try await SyncClient.exchange(with: server.address, request, receiver: laptop)
    }
    #expect(laptop.state.acknowledged == nil)
    switch await running.result {
    case .success: Issue.record("went on")
    case .failure(let error): #expect(error as? ServerError == .store(.poisoned("sync")))
    }
    await server.server.stop()
  }

  @Test func `publishing is the same once and twice, and a name or a book has one partner`() async throws {
    let server = try await TestServer.start()
    let book = try TestBook()
    let other = try TestBook(nonce: 3)
    let first = try await server.publish(book)
    let second = try await server.publish(book)
    #expect(first.cursor == second.cursor)
    do throws(SyncFailure) {
      _ = try await server.publishing(other)
      Issue.record("one name for two books")
    } catch { guard case .nameTaken = error else { throw error } }
    do throws(SyncFailure) {
      _ = try await server.publishing(book, as: .of("elsewhere"))
      Issue.record("one book under two names")
    } catch { guard case .otherName("visit") = error else { throw error } }
    await server.server.stop()
  }
}

extension TestServer {
  fileprivate func publishing(_ book: TestBook, as name: BookName = .of("visit")) async throws(SyncFailure)
    -> SyncReport
  {
    guard let run = try? book.run(0) else { throw .interrupted }
    return try await SyncClient.exchange(
      with: address,
      SyncRequest(
        book: .create(name, book.id), device: book.authors[0].device, outgoing: [run], vector: book.vector),
      receiver: Laptop())
  }
}
