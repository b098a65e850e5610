import Bytes
import History
import LogStore
import Logging
import SyncProtocol
import Synchronization

/// The books that connections have open, and what a session asks of the store.
final class Books: Sendable {
  private let store: any LogStore
  private let cryptography: Cryptography
  private let epoch: Epoch
  private let troubles: StoreTroubles
  private let shelf = Mutex(Shelf())
  let watchers: Watchers
  private let keeper: Keeper

  /// Queues in use, and a few that are not: a laptop that comes back soon finds its book judged without reading it anew.
  private struct Shelf {
    var logs: [BookID: (log: BookLog, users: Int)] = [:]
    /// Without users, the longest unused first.
    var idle: [BookID] = []
  }

  /// Books without users that are kept.
  static let idleLimit = 32

  init(
    _ store: any LogStore, epoch: Epoch, cryptography: Cryptography, received: Duration, logger: Logger,
    onPoison: @escaping @Sendable (StoreError) -> Void
  ) {
    self.store = store
    self.epoch = epoch
    self.cryptography = cryptography
    troubles = StoreTroubles(store: store, logger: logger, onPoison: onPoison)
    let watchers = Watchers()
    self.watchers = watchers
    keeper = Keeper(store, interval: received) { error in
      if case .poisoned = error { onPoison(error) }
    } changed: {
      watchers.receivedChanged(of: $0)
    }
  }

  /// The book's queue, shared by all connections that have it open; each gives it back with `leave`.
  func enter(_ book: BookID) -> BookLog {
    shelf.withLock { shelf in
      let here = shelf.logs[book]
      let log =
        here?.log
        ?? BookLog(
          of: book, in: store, epoch: epoch, cryptography: cryptography, watchers: watchers, troubles: troubles)
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

  /// The device has kept the log up to here.
  func kept(_ position: Position, by device: DeviceID, in book: BookID) {
    Task { [keeper] in await keeper.kept(position, by: device, in: book) }
  }

  /// What others are known to have kept since a mark.
  func news(of book: BookID, for device: DeviceID, since mark: UInt64) async -> Received? {
    await keeper.news(of: book, for: device, since: mark)
  }

  /// Nothing that was said waits to be written any more.
  func settle() async { await keeper.writeAll() }

  /// The book, and where a client asks for it, news of other laptops since its mark: of the same epoch, else all of it.
  func find(
    _ opening: Opening, for device: DeviceID, since mark: UInt64?
  ) async -> (opened: ServerSession.Opened, news: Received?) {
    let opened = await find(opening, for: device)
    guard let mark, case .book(let state, _, let check) = opened else { return (opened, nil) }
    var hasCursor = false
    if case .known(_, _?) = opening { hasCursor = check == .onChain }
    return (opened, await news(of: state.book, for: device, since: hasCursor ? mark : 0))
  }

  private func find(_ opening: Opening, for device: DeviceID) async -> ServerSession.Opened {
    await told(of: opening.book) { () async throws(StoreError) -> ServerSession.Opened in
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
    await told(of: book) { () async throws(StoreError) -> Result<VersionVector, WireError> in
      var vector = VersionVector()
      for author in try await store.authors(of: book) { vector[author.device] = author.head.seq + 1 }
      return .success(vector)
    } otherwise: {
      .failure($0)
    }
  }

  /// Where the log stands; position 0 of a book that was to be created and had no run.
  func standing(of book: BookID, for device: DeviceID) async -> Result<(BookState, DeviceHead?), WireError> {
    await told(of: book) { () async throws(StoreError) -> Result<(BookState, DeviceHead?), WireError> in
      let state = try await store.states(of: [book])[0] ?? .start(of: book, epoch: epoch, hash: cryptography.hash)
      return .success((state, try await store.author(device, of: book)?.head))
    } otherwise: {
      .failure($0)
    }
  }

  func page(of book: BookID, _ selection: LogSelection, limit: Int) async -> Result<LogPage, WireError> {
    await told(of: book) { () async throws(StoreError) -> Result<LogPage, WireError> in
      .success(try await store.entries(of: book, selection, limit: limit))
    } otherwise: {
      .failure($0)
    }
  }

  private func told<Value: Sendable>(
    of book: BookID?, _ body: () async throws(StoreError) -> Value, otherwise: (WireError) -> Value
  ) async -> Value {
    do throws(StoreError) { return try await body() } catch {
      await troubles.heard(error, of: book)
      return otherwise(WireError(error))
    }
  }
}

extension Opening {
  /// Nil where the client knows its name alone.
  fileprivate var book: BookID? {
    switch self {
    case .known(let book, _), .create(_, let book): book
    case .named: nil
    }
  }
}
