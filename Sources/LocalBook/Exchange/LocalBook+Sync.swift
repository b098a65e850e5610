import BookFolder
import Bytes
import Formats
import History
import Merge
import Replica
import ReplicaStore
import SyncClient
import SyncProtocol

extension LocalBook {
  /// Records, exchanges with the server, merges, and brings the folder to the newest version.
  ///
  /// Without a network everything is saved here, and the outcome says why it was not sent.
  package func sync(acceptDeletions: Bool = false) async throws(BookError) -> SyncSummary {
    var saved = try save(acceptDeletions: acceptDeletions)
    let (address, before) = try transaction { workbench throws(BookError) in
      guard let url = try workbench.text(SettingName.serverURL) else { throw .notPublished }
      return (try BookAddress(url), try workbench.standingBefore())
    }
    var exchange = try await self.exchange(address, attempts: 2)
    // A laptop that became a new device has no version in common with what it was; the others take out its twins.
    let isNew = exchange.notices.contains(.newDevice)
    if !isNew, try settleTwins(since: before.version, exchange.arrived), exchange.outcome == .synced {
      // What was taken out is everybody's to know, as anything else that was merged.
      exchange.add(try await self.exchange(address, attempts: 1))
    }
    try writeOut(&saved)
    saved.version = try versionName()
    saved.neededLevel = try neededLevel()
    return try transaction { workbench throws(BookError) in
      try workbench.summary(saved, before, exchange)
    }
  }

  /// How things stood before an exchange.
  struct Before {
    let version: Version
    let conflicts: Set<ConflictKey>
    let acknowledged: UInt64
    /// Changes of others that came in files, and waited to be sent.
    let lacking: UInt64
  }

  /// What an exchange came to.
  struct Exchange {
    var outcome: SyncSummary.Outcome = .synced
    var report: SyncReport?
    var arrived: [ChangeIndex] = []
    /// What arrived touched, as it was before; nil when there is too much of it, or no one time before.
    var before: [EntryID: EntryState?]?
    var notices: [SyncSummary.Notice] = []

    /// What the server's log has been through. `outgoing` changes were sent before the server said what it lacks.
    mutating func note(_ report: SyncReport, outgoing: Int) {
      self.report = report
      switch report.news {
      case .none: break
      case .newEpoch: notices.append(.newEpoch(sentAgain: max(0, report.changesUp - outgoing)))
      case .rollback: notices.append(.rollback)
      }
    }

    /// Another one after it.
    mutating func add(_ later: Exchange) {
      arrived += later.arrived
      notices += later.notices
      report?.add(later.report)
    }
  }

  private func exchange(_ address: BookAddress, attempts: Int) async throws(BookError) -> Exchange {
    let (request, outgoing) = try transaction { workbench throws(BookError) in
      let request = try workbench.request()
      return (request, request.outgoing.reduce(0) { $0 + $1.count })
    }
    let desk = SyncDesk(self)
    var exchange = Exchange()
    do {
      let report = try await SyncClient.exchange(
        with: address.server, request, receiver: desk, timeouts: environment.timeouts, tap: environment.tap)
      exchange.note(report, outgoing: outgoing)
      try transaction { workbench throws(BookError) in
        try workbench.note(report, at: environment.seconds)
        try workbench.put(lacking: [:])
      }
    } catch let failure as SyncFailure {
      if failure.meansACopy && attempts > 1 {
        return try await exchangeAsAnother(address, after: desk, attempts: attempts - 1)
      }
      guard let offline = SyncSummary.Offline(failure, at: address) else { throw BookError(failure) }
      exchange.outcome = .offline(offline)
    } catch let error as BookError { throw error } catch { throw .brokenBook(what: "\(error)") }
    exchange.arrived = desk.changes
    exchange.before = desk.before
    return exchange
  }

  /// Another copy of this laptop has written under its name: from now on this one counts as a device of its own.
  private func exchangeAsAnother(
    _ address: BookAddress, after desk: SyncDesk, attempts: Int
  ) async throws(BookError) -> Exchange {
    let book: LocalBook
    do { book = try await asAnother(address) } catch .sync(let failure) {
      guard let offline = SyncSummary.Offline(failure, at: address) else { throw .sync(failure) }
      return Exchange(outcome: .offline(offline), arrived: desk.changes)
    }
    var again = try await book.exchange(address, attempts: attempts)
    again.arrived = desk.changes + again.arrived
    // A laptop that became a new device has no version in common with what it was.
    again.before = nil
    again.notices.insert(.newDevice, at: 0)
    return again
  }
}

extension Workbench {
  func standingBefore() throws(BookError) -> LocalBook.Before {
    LocalBook.Before(
      version: replica.version, conflicts: try conflictKeys(), acknowledged: try number(SettingName.acknowledged) ?? 0,
      lacking: try lackingCount())
  }

  /// The first flight: what the server lacks, as far as this laptop knows.
  func request() throws(BookError) -> SyncRequest {
    guard let device = replica.tip.device else { throw .notPublished }
    let acknowledged = try number(SettingName.acknowledged) ?? 0
    let made = replica.tip.own.map { $0.ref.seq + 1 } ?? 0
    let vector = try stored { storage throws(StorageError) in try storage.vector() }
    let lacking = try lacking()
    let outgoing = try stored { storage throws(StorageError) in
      if !lacking.isEmpty {
        return try storage.runs(
          beyond: vector.lowered(to: lacking.merging([device: acknowledged], uniquingKeysWith: min)))
      }
      return made > acknowledged ? try storage.runs(of: device, from: acknowledged) : []
    }
    let cursor = try cursor()
    var request = SyncRequest(
      book: .known(replica.book, cursor), device: device, outgoing: outgoing, vector: vector)
    request.mark = try receivedMark(goingOnFrom: cursor)
    return request
  }

  /// An exchange has ended well.
  func note(_ report: SyncReport, at seconds: Int64) throws(BookError) {
    try set(SettingName.lastSync, to: UInt64(clamping: seconds))
    if report.features.contains(.received) { try set(SettingName.receivedAt, to: UInt64(clamping: seconds)) }
  }

  /// How far the server's log was followed.
  func cursor() throws(BookError) -> Cursor? {
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(SettingName.cursor) }) else {
      return nil
    }
    do { return try Cursor(bytes: bytes) } catch { throw .storage(.damaged("cursor: \(error)")) }
  }

  mutating func summary(
    _ saved: SaveReport, _ before: LocalBook.Before, _ exchange: LocalBook.Exchange
  ) throws(BookError) -> SyncSummary {
    let conflicts = try conflictKeys()
    let fresh = conflicts.subtracting(before.conflicts)
    let acknowledged = try number(SettingName.acknowledged) ?? 0
    let stillLacking = try lackingCount()
    let passedOn = before.lacking > stillLacking ? before.lacking - stillLacking : 0
    // A device that began just now had sent nothing before.
    let sentBefore = exchange.notices.contains(.newDevice) ? 0 : before.acknowledged
    let places = try index().places
    var kept: [SyncSummary.Kept] = []
    for key in fresh where key.subject == .deletion {
      if let one = try self.kept(key.entry, places) { kept.append(one) }
    }
    let names = try sharedNames(exchange.arrived, places)
    let received = try received(exchange.arrived, places)
    let meetings = try meetings(exchange.arrived, before: before.conflicts, now: conflicts, places)
    return SyncSummary(
      saved: saved, outcome: exchange.outcome,
      sent: Int(clamping: passedOn + (acknowledged > sentBefore ? acknowledged - sentBefore : 0)),
      received: received, differences: try differences(exchange),
      together: meetings.together, settled: meetings.settled, settledApart: meetings.settledApart,
      sameNames: names.same,
      kept: kept.sorted { ExactText($0.path) < ExactText($1.path) }, renumbered: names.renumbered,
      newConflicts: fresh.count,
      olderConflicts: conflicts.count - fresh.count, notices: exchange.notices, standing: try standing(),
      wire: exchange.report.map(Wire.init) ?? Wire())
  }

  /// What the received changes did to the entries that they touched, later edits of this laptop included.
  private mutating func differences(_ exchange: LocalBook.Exchange) throws(BookError) -> Comparison? {
    guard let before = exchange.before, !before.isEmpty else { return nil }
    let context = self.context
    var comparisons: [EntryComparison] = []
    for (id, old) in before.sorted(by: { $0.key < $1.key }) {
      let new = try entry(id)
      let comparison = try stored { _ throws(StorageError) in
        try EntryComparison(id, from: old, to: new) { state throws(StorageError) in try context.context(of: state) }
      }
      if let comparison { comparisons.append(comparison) }
    }
    return Comparison(entries: comparisons.sorted { ($0.path, $0.id) < ($1.path, $1.id) })
  }

  func conflictKeys() throws(BookError) -> Set<ConflictKey> {
    var keys: Set<ConflictKey> = []
    for id in try stored({ storage throws(StorageError) in try storage.entriesInConflict() }) {
      guard let state = try stored({ storage throws(StorageError) in try storage.entry(id) }) else { continue }
      for conflict in EntryConflict.all(in: state) { keys.insert(ConflictKey(entry: id, subject: conflict.subject)) }
    }
    return keys
  }

  /// The changes of others that came, by person; each file once, with what became of it.
  private mutating func received(
    _ arrived: [ChangeIndex], _ places: [EntryID: ExactText]
  ) throws(BookError) -> [SyncSummary.FromPerson] {
    var byPerson: [ExactText: (changes: Int, deeds: [Deed])] = [:]
    for index in arrived {
      guard let row = try stored({ storage throws(StorageError) in try storage.row(at: index) }),
        row.ref.device != replica.tip.device
      else { continue }
      let person = ExactText(try person(row.ref.device))
      byPerson[person, default: (0, [])].changes += 1
      // What a rule took out nobody did.
      if case .rule = row.origin { continue }
      for var deed in try deeds(of: row) {
        // With the number that it got behind its name here.
        if case .renamed = deed.what {} else if let place = places[deed.entry] { deed.path = place.string }
        byPerson[person]?.deeds.add(deed)
      }
    }
    return byPerson.keys.sorted().map { person in
      SyncSummary.FromPerson(
        name: person.string, changes: byPerson[person]?.changes ?? 0, files: byPerson[person]?.deeds.files ?? [])
    }
  }
}

/// A conflict, told from others across a sync.
struct ConflictKey: Hashable {
  let entry: EntryID
  let subject: EntryConflict.Subject
}

extension BookAddress {
  var server: ServerAddress { ServerAddress(host: host, port: port) }
}

extension SyncFailure {
  /// Whether another copy of this laptop wrote under its name.
  var meansACopy: Bool {
    switch self {
    case .equivocation: true
    case .receiver(BookError.sync(.equivocation)): true
    default: false
    }
  }
}

extension SyncSummary.Offline {
  /// Why nothing was sent, where that is no fault of anybody's; nil for anything else.
  init?(_ failure: SyncFailure, at address: BookAddress) {
    switch failure {
    case .unreachable(.nameNotFound): self = .unknownHost(host: address.host)
    case .unreachable(.refused): self = .refused(at: address.hostAndPort)
    case .unreachable(.noAnswer): self = .noNetwork
    case .timedOut: self = .timedOut(at: address.hostAndPort)
    case .interrupted: self = .brokenOff(at: address.hostAndPort)
    default: return nil
    }
  }
}

extension Wire {
  init(_ report: SyncReport) {
    self.init(bytesUp: report.bytesUp, bytesDown: report.bytesDown, roundTrips: report.roundTrips)
  }
}

extension BookError {
  /// What went wrong while runs were taken is this laptop's own error, not the exchange's.
  init(_ failure: SyncFailure) {
    if case .receiver(let error as BookError) = failure { self = error } else { self = .sync(failure) }
  }
}

extension SyncReport {
  /// What another exchange took.
  fileprivate mutating func add(_ later: SyncReport?) {
    guard let later else { return }
    bytesUp += later.bytesUp
    bytesDown += later.bytesDown
    roundTrips += later.roundTrips
    changesUp += later.changesUp
    changesDown += later.changesDown
  }
}
