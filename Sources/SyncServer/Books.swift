import Bytes
import History
import LogStore
import SyncProtocol
import Synchronization

/// The books that connections have open, and what a session asks of the store.
final class Books: Sendable {
  private let store: any LogStore
  private let cryptography: Cryptography
  private let epoch: Epoch
  private let onPoison: @Sendable (StoreError) -> Void
  private let shelf = Mutex(Shelf())

  /// Queues in use, and a few that are not: a laptop that comes back soon finds its book judged without reading it anew.
  private struct Shelf {
    var logs: [BookID: (log: BookLog, users: Int)] = [:]
    /// Without users, the longest unused first.
    var idle: [BookID] = []
  }

  /// Books without users that are kept.
  static let idleLimit = 32

  init(
    _ store: any LogStore, epoch: Epoch, cryptography: Cryptography,
    onPoison: @escaping @Sendable (StoreError) -> Void
  ) {
    self.store = store
    self.epoch = epoch
    self.cryptography = cryptography
    self.onPoison = onPoison
  }

  /// The book's queue, shared by all connections that have it open; each gives it back with `leave`.
  func enter(_ book: BookID) -> BookLog {
    shelf.withLock { shelf in
      let here = shelf.logs[book]
      let log =
        here?.log ?? BookLog(of: book, in: store, epoch: epoch, cryptography: cryptography, onPoison: onPoison)
      shelf.logs[book] = (log, (here?.users ?? 0) + 1)
      shelf.idle.removeAll { $0 == book }
      return log
    }
  }

  func leave(_ book: BookID) {
    shelf.withLock { shelf in
      guard let (log, users) = shelf.logs[book] else { return }
      shelf.logs[book] = (log, users - 1)
      guard users == 1 else { return }
      shelf.idle.append(book)
      if shelf.idle.count > Self.idleLimit { shelf.logs[shelf.idle.removeFirst()] = nil }
    }
  }

  func find(_ opening: Opening, for device: DeviceID) async -> ServerSession.Opened {
    await told { () async throws(StoreError) -> ServerSession.Opened in
      switch opening {
      case .known(let book, let claim):
        guard let state = try await store.states(of: [book])[0] else { return .refused(WireError(.noSuchBook)) }
        var check = CursorCheck.onChain
        if let claim { check = try await store.seek(claim, in: book) }
        return .book(state, last: try await store.author(device, of: book)?.head, check)
      case .named(let name):
        guard let book = try await store.book(named: name), let state = try await store.states(of: [book])[0] else {
          return .refused(WireError(.noSuchBook))
        }
        return .book(state, last: try await store.author(device, of: book)?.head, .onChain)
      case .create(let name, let book):
        if let other = try await store.book(named: name), other != book { return .refused(WireError(.nameTaken)) }
        guard let state = try await store.states(of: [book])[0] else {
          return .book(.start(of: book, epoch: epoch, hash: cryptography.hash), last: nil, .onChain)
        }
        let here = try await store.name(of: book)
        guard here == name else { return .refused(WireError(.otherName, here?.string ?? "")) }
        return .book(state, last: try await store.author(device, of: book)?.head, .onChain)
      }
    } otherwise: {
      .refused($0)
    }
  }

  func vector(of book: BookID) async -> Result<VersionVector, WireError> {
    await told { () async throws(StoreError) -> Result<VersionVector, WireError> in
      var vector = VersionVector()
      for author in try await store.authors(of: book) { vector[author.device] = author.head.seq + 1 }
      return .success(vector)
    } otherwise: {
      .failure($0)
    }
  }

  /// Where the log stands; position 0 of a book that was to be created and had no run.
  func standing(of book: BookID, for device: DeviceID) async -> Result<(BookState, DeviceHead?), WireError> {
    await told { () async throws(StoreError) -> Result<(BookState, DeviceHead?), WireError> in
      let state = try await store.states(of: [book])[0] ?? .start(of: book, epoch: epoch, hash: cryptography.hash)
      return .success((state, try await store.author(device, of: book)?.head))
    } otherwise: {
      .failure($0)
    }
  }

  func page(of book: BookID, _ selection: LogSelection, limit: Int) async -> Result<LogPage, WireError> {
    await told { () async throws(StoreError) -> Result<LogPage, WireError> in
      .success(try await store.entries(of: book, selection, limit: limit))
    } otherwise: {
      .failure($0)
    }
  }

  private func told<Value: Sendable>(
    _ body: () async throws(StoreError) -> Value, otherwise: (WireError) -> Value
  ) async -> Value {
    do throws(StoreError) { return try await body() } catch {
      if case .poisoned = error { onPoison(error) }
      return otherwise(WireError(error))
    }
  }
}
