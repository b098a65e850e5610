package import History
package import SyncProtocol

/// Logs in memory, for tests: the port in its plainest form.
package actor MemoryLogStore: LogStore {
  private struct Book {
    var state: BookState
    let name: BookName
    let origin: ChainHash
    var entries: [AppendPlan.Entry] = []
    var authors: [AuthorHead] = []
    var kept: [Kept] = []

    var nextMark: UInt64 { (kept.map(\.mark).max() ?? 0) + 1 }
  }

  private struct Kept {
    let device: DeviceID
    let position: Position
    let changes: UInt64
    let mark: UInt64
  }

  private var epoch: Epoch
  private var epochNumber = 1
  private var books: [BookID: Book] = [:]
  private var names: [BookName: BookID] = [:]

  package init(epoch: Epoch) { self.epoch = epoch }

  /// Begins another epoch, as a store does that finds itself copied.
  package func begin(_ epoch: Epoch) {
    self.epoch = epoch
    epochNumber += 1
  }

  package func open() async throws(StoreError) -> StoreStanding {
    StoreStanding(epoch: epoch, epochNumber: epochNumber, durability: .none, schema: 1)
  }

  package func book(named name: BookName) async throws(StoreError) -> BookID? { names[name] }

  package func name(of book: BookID) async throws(StoreError) -> BookName? { books[book]?.name }

  package func states(of ids: [BookID]) async throws(StoreError) -> [BookState?] { ids.map(state) }

  private func state(of id: BookID) -> BookState? {
    books[id].map {
      BookState(book: id, epoch: epoch, position: $0.state.position, chain: $0.state.chain)
    }
  }

  package func authors(of book: BookID) async throws(StoreError) -> [AuthorHead] { books[book]?.authors ?? [] }

  package func author(_ device: DeviceID, of book: BookID) async throws(StoreError) -> AuthorHead? {
    books[book]?.authors.first { $0.device == device }
  }

  package func known(of book: BookID, after position: Position) async throws(StoreError) -> [KnownRun] {
    books[book]?.entries.map(\.known).filter { $0.position > position } ?? []
  }

  package func append(_ plan: AppendPlan) async throws(StoreError) -> AppendResult {
    guard plan.expected.epoch == epoch else { return .stale }
    var book: Book
    if let here = books[plan.book] {
      guard state(of: plan.book) == plan.expected else { return .stale }
      book = here
    } else {
      guard plan.expected.position == .zero, let name = plan.name, names[name] == nil else { return .stale }
      names[name] = plan.book
      book = Book(state: plan.expected, name: name, origin: plan.expected.chain)
    }
    for entry in plan.entries {
      book.entries.append(entry)
      let before = book.authors.first { $0.device == entry.known.device }
      guard let key = entry.known.key ?? before?.key else { throw .corrupt("a device without a key") }
      book.authors.removeAll { $0.device == entry.known.device }
      book.authors.append(
        AuthorHead(
          device: entry.known.device, key: key, head: DeviceHead(seq: entry.entry.last, id: entry.entry.id)))
    }
    book.authors.sort { $0.device < $1.device }
    book.state = plan.next
    books[plan.book] = book
    return .committed
  }

  package func entries(
    of book: BookID, _ selection: LogSelection, limit: Int
  ) async throws(StoreError) -> LogPage {
    var page: [LogEntry] = []
    var bytes = 0
    for entry in books[book]?.entries.map(\.entry) ?? []
    where entry.position > selection.after && entry.position <= selection.through && selection.wants(entry) {
      if bytes >= limit { return LogPage(entries: page, next: page.last?.position) }
      bytes += entry.sections.count
      page.append(selection.asker == entry.device ? entry.withoutSections : entry)
    }
    return LogPage(entries: page, next: nil)
  }

  package func seek(_ cursor: CursorClaim, in id: BookID) async throws(StoreError) -> CursorCheck {
    guard cursor.epoch == epoch else { return .otherEpoch }
    guard let book = books[id], cursor.position <= book.state.position else { return .beyondHead }
    let chain =
      cursor.position == .zero ? book.origin : book.entries[Int(cursor.position.rawValue) - 1].entry.chain
    return chain.prefix == cursor.chain ? .onChain : .offChain
  }
}

extension MemoryLogStore {
  package func keep(_ places: [KeptPlace], of id: BookID) async throws(StoreError) -> Bool {
    guard var book = books[id] else { return false }
    var isNew = false
    for place in places where place.position <= book.state.position {
      let known = book.kept.first { $0.device == place.device }
      guard place.position > known?.position ?? .zero, known != nil || book.kept.count < SyncLimits.devices else {
        continue
      }
      let changes = book.entries.lazy.map(\.entry)
        .filter { $0.position <= place.position && $0.device != place.device }.reduce(0) { $0 + UInt64($1.count) }
      let mark = book.nextMark
      book.kept.removeAll { $0.device == place.device }
      book.kept.append(Kept(device: place.device, position: place.position, changes: changes, mark: mark))
      isNew = true
    }
    books[id] = book
    return isNew
  }

  package func received(
    of book: BookID, since mark: UInt64, by asker: DeviceID
  ) async throws(StoreError) -> Received? {
    let news = (books[book]?.kept ?? []).filter { $0.mark > mark && $0.device != asker }
    return Received(longestKnownFirst: news.sorted { $0.mark < $1.mark }.map { ($0.device, $0.changes, $0.mark) })
  }
}

extension Received {
  /// As many as may be told at once of laptops with their changes and marks, these ascending; nil for none.
  init?(longestKnownFirst rows: [(device: DeviceID, changes: UInt64, mark: UInt64)]) {
    let told = rows.prefix(SyncLimits.laptopsTold)
    guard let last = told.last else { return nil }
    self.init(
      mark: last.mark,
      laptops: told.map { Laptop(device: $0.device, changes: $0.changes) }.sorted { $0.device < $1.device })
  }
}

extension LogSelection {
  /// Whether somebody with the selection's vector lacks a change of the entry.
  func wants(_ entry: LogEntry) -> Bool {
    lackedBy.map { entry.last >= $0[entry.device] } ?? true
  }
}

extension LogEntry {
  var withoutSections: LogEntry {
    LogEntry(
      position: position, device: device, first: first, count: count, signature: signature, id: id, chain: chain,
      sectionCount: sectionCount, sections: [])
  }
}
