import Bytes
import Formats
import History
import Merge
import Replica
import ReplicaStore
import SyncClient
import SyncProtocol

extension BookWatch {
  /// Begins a connection, as `sync` does: records first, and says what the server lacks.
  mutating func connect() throws(BookError) {
    let (address, request) = try opening()
    life += 1
    connection = .opening
    let (input, life, environment) = (input, life, environment)
    Task {
      do throws(SyncFailure) {
        let line = try await SyncLine.open(
          to: address.server, request, timeouts: environment.timeouts, tap: environment.tap)
        input.yield(.connected(line, life: life))
        for await event in line.events { input.yield(.line(event, life: life)) }
        input.yield(.line(.failed(.interrupted), life: life))
      } catch { input.yield(.line(.failed(error), life: life)) }
    }
  }

  private mutating func opening() throws(BookError) -> (BookAddress, SyncRequest) {
    let book = try open()
    hasMetOthers = false
    if exchange.before == nil { exchange.before = try book.standingBefore() }
    exchange.add(try save(book))
    let (address, request, lacking) = try book.transaction { workbench throws(BookError) in
      guard let url = try workbench.text(SettingName.serverURL) else { throw BookError.notPublished }
      var request = try workbench.request()
      request.follows = true
      return (try BookAddress(url), request, try workbench.lacking())
    }
    exchange.begin(
      for: request.device, outgoing: request.outgoing.reduce(0) { $0 + $1.count }, lacking: lacking)
    return (address, request)
  }

  mutating func take(_ event: SyncLine.Event) async throws(BookError) {
    switch event {
    case .failed(let failure): try await lost(failure)
    case .finished(let report):
      tellSynced(try settle(report))
      if !isAskedTold { tell(.askedNowAndThen) }
      isAskedTold = true
      disconnect(retryAt: environment.ticks() + Self.ask)
    case .effect(.rested(let report)): tellSynced(try settle(report))
    case .effect(let effect):
      if case .open(let line) = connection { try take(effect, line) }
    }
  }

  private mutating func take(_ effect: ClientSession.Effect, _ line: SyncLine) throws(BookError) {
    switch effect {
    case .opened(_, let epoch, let last):
      if let last { try open().mustHave(last) }
      exchange.isOpened = true
      exchange.epoch = epoch
    case .acknowledged(let head): exchange.acknowledged = head
    case .deliver(let page, let cursor):
      try keep(page, through: cursor)
      line.delivered()
    case .lookUp(let vector):
      line.supply(
        try open().transaction { workbench throws(BookError) in
          try workbench.stored { storage throws(StorageError) in try storage.runs(beyond: vector) }
        })
    case .received(let news):
      guard let epoch = exchange.epoch else { return }
      try open().transaction { workbench throws(BookError) in try workbench.keep(news, in: epoch) }
    case .send, .rested, .finished, .failed: break
    }
  }

  private mutating func keep(_ page: [Delivery], through cursor: Cursor?) throws(BookError) {
    let book = try open()
    if exchange.before == nil { exchange.before = try book.standingBefore() }
    let isFirst = !exchange.hasRested
    let merged = try book.transaction { workbench throws(BookError) in
      // Another command may have followed the log further meanwhile.
      let here = try workbench.cursor()
      let isAhead = !isFirst && here?.epoch == cursor?.epoch && here?.position ?? .zero > cursor?.position ?? .zero
      return try workbench.receive(page, through: isAhead ? nil : cursor)
    }
    exchange.arrived.add(merged)
  }

  /// Everything that came is kept: what the server said is written down, the folder is brought up to date, and what is
  /// still to go up goes. What came and went, for telling once the book is free again.
  private mutating func settle(_ report: SyncReport) throws(BookError) -> SyncSummary {
    let book = try open()
    let isOver = exchange.isSending && (!exchange.hasRested || report.changesUp > 0)
    exchange.isSending = false
    exchange.wire.bytesUp += report.bytesUp
    exchange.wire.bytesDown += report.bytesDown
    exchange.wire.roundTrips += report.roundTrips
    if exchange.before == nil { exchange.before = try book.standingBefore() }
    let (acknowledged, lacking) = (exchange.acknowledged, exchange.lacking)
    try book.transaction { workbench throws(BookError) in
      if let acknowledged { try workbench.acknowledge(acknowledged.seq + 1) }
      if isOver, try workbench.lacking() == lacking { try workbench.put(lacking: [:]) }
      try workbench.note(report, at: environment.seconds)
    }
    exchange.acknowledged = nil
    exchange.hasRested = true
    var ended = LocalBook.Exchange()
    ended.note(report, outgoing: exchange.outgoing)
    let summary = try book.summary(exchange, ended)
    try send(from: book)
    return summary
  }

  private mutating func tellSynced(_ summary: SyncSummary) {
    backoff.reset()
    toldFailure = ""
    if isOfflineTold { tell(.online) }
    (isOfflineTold, exchange.isOffline) = (false, false)
    var summary = summary
    let isNews = told.take(from: &summary.saved) || summary.isNews
    exchange.forget()
    if isNews { tell(.synced(summary)) }
  }

  /// The connection is gone, or never came about.
  private mutating func lost(_ failure: SyncFailure) async throws(BookError) {
    let url = try open().transaction { workbench throws(BookError) in try workbench.text(SettingName.serverURL) }
    guard let url else { throw .notPublished }
    let address = try BookAddress(url)
    if failure.meansACopy {
      try await becomeAnother()
      return
    }
    var wait: Int64 = 0
    var offline = SyncSummary.Offline(failure, at: address)
    if case .refused(let error) = failure, let after = error.retryAfter {
      wait = Int64(after) * 1_000_000
      offline = .brokenOff(at: address.hostAndPort)
    }
    guard let offline else { throw BookError(failure, at: address) }
    disconnect(askedFor: wait)
    exchange.isOffline = true
    guard !isOfflineTold else { return }
    isOfflineTold = true
    var summary = try offlineSummary(offline)
    told.take(from: &summary.saved)
    exchange.forget()
    tell(.offline(summary))
  }

  private mutating func offlineSummary(_ offline: SyncSummary.Offline) throws(BookError) -> SyncSummary {
    try open().summary(exchange, LocalBook.Exchange(outcome: .offline(offline)))
  }

  /// A copy of this laptop has written under its name: the way of a plain `sync`, which tells it.
  mutating func becomeAnother() async throws(BookError) {
    disconnect(retryAt: environment.ticks())
    let summary = try await open().sync()
    exchange.forget()
    tell(.synced(summary))
  }
}

extension LocalBook {
  /// The end of a watched exchange: the folder is brought to the newest version.
  fileprivate func summary(_ watched: WatchedExchange, _ exchange: Exchange) throws(BookError) -> SyncSummary {
    var (saved, exchange) = (watched.saved, exchange)
    exchange.arrived = watched.arrived.changes
    exchange.before = watched.arrived.before
    exchange.report?.bytesUp = watched.wire.bytesUp
    exchange.report?.bytesDown = watched.wire.bytesDown
    exchange.report?.roundTrips = watched.wire.roundTrips
    if !watched.arrived.changes.isEmpty {
      // What a rule takes out is sent next, as an edit made here would be.
      if let before = watched.before { _ = try settleTwins(since: before.version, watched.arrived.changes) }
      try writeOut(&saved)
    }
    saved.version = try versionName()
    saved.neededLevel = try neededLevel()
    return try transaction { workbench throws(BookError) in
      let before = if let before = watched.before { before } else { try workbench.standingBefore() }
      return try workbench.summary(saved, before, exchange)
    }
  }
}

extension SyncSummary {
  /// Whether anything came or went, or is to be said.
  fileprivate var isNews: Bool {
    sent > 0 || !received.isEmpty || !saved.files.isEmpty || !saved.settled.isEmpty || !saved.notices.isEmpty
      || !notices.isEmpty || newConflicts > 0
  }
}
