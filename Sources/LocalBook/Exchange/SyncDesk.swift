import Bytes
import Formats
import History
import Merge
import Replica
import ReplicaStore
import SyncClient
import Synchronization
import SyncProtocol

/// The laptop's end of one exchange: takes what comes into the store, page by page, and remembers what came.
final class SyncDesk: SyncReceiver {
  private let book: LocalBook
  private let arrived = Mutex(Arrived())
  private let epoch = Mutex<Epoch?>(nil)

  init(_ book: LocalBook) { self.book = book }

  /// The changes that came, in order of arrival.
  var changes: [ChangeIndex] { arrived.withLock { $0.changes } }

  /// What they touched, as it was before; nil when that is more than anybody reads.
  var before: [EntryID: EntryState?]? { arrived.withLock { $0.before } }

  /// The server's last change of this device must be one of ours: else a copy of this laptop wrote it.
  func opened(_ opened: BookID, _ epoch: Epoch, last: DeviceHead?) async throws {
    self.epoch.withLock { $0 = epoch }
    guard let last else { return }
    try book.mustHave(last)
  }

  func received(_ news: Received) async throws {
    guard let epoch = epoch.withLock({ $0 }) else { return }
    try book.transaction { workbench throws(BookError) in try workbench.keep(news, in: epoch) }
  }

  /// The server's disk has this device's changes up to here.
  func acknowledged(_ head: DeviceHead) async throws {
    try book.transaction { workbench throws(BookError) in try workbench.acknowledge(head.seq + 1) }
  }

  /// Merges a page and follows the log, in one transaction.
  func deliver(_ page: [Delivery], through cursor: Cursor?) async throws {
    let came = try book.transaction { workbench throws(BookError) in
      try workbench.receive(page, through: cursor)
    }
    arrived.withLock { $0.add(came) }
  }

  func lookUp(beyond vector: VersionVector) async throws -> [PackedRun] {
    try book.transaction { workbench throws(BookError) in
      try workbench.stored { storage throws(StorageError) in try storage.runs(beyond: vector) }
    }
  }
}

extension LocalBook {
  /// What the server calls this device's last change is what it is called here: else a copy of this laptop wrote it.
  func mustHave(_ last: DeviceHead) throws(BookError) {
    try transaction { workbench throws(BookError) in
      guard let device = workbench.replica.tip.device else { return }
      let own = try workbench.stored { storage throws(StorageError) in
        try storage.id(of: ChangeRef(device: device, seq: last.seq))
      }
      if own != last.id { throw .sync(.equivocation(last: last)) }
    }
  }
}

/// Changes that came, one delivery after the other.
struct Arrived {
  /// In order of arrival.
  var changes: [ChangeIndex] = []
  /// What they touched, as it was before; nil when that is more than anybody reads.
  var before: [EntryID: EntryState?]? = [:]

  /// More entries than this are only named.
  private static let comparedEntries = 40

  mutating func add(_ merged: Merged) {
    changes += merged.changes
    for (id, state) in merged.before where before?[id] == nil { before?[id] = .some(state) }
    if before?.count ?? 0 > Self.comparedEntries { before = nil }
  }
}

extension Workbench {
  /// Never goes back: a late ack says nothing new.
  func acknowledge(_ count: UInt64) throws(BookError) {
    if count > (try number(SettingName.acknowledged) ?? 0) { try set(SettingName.acknowledged, to: count) }
  }

  mutating func receive(_ page: [Delivery], through cursor: Cursor?) throws(BookError) -> Merged {
    var runs: [PackedRun] = []
    for delivery in page { if case .run(let run, _) = delivery { runs.append(run) } }
    let merged = try take(runs)
    for delivery in page { try check(delivery) }
    if let cursor {
      try stored { storage throws(StorageError) in try storage.set(SettingName.cursor, to: cursor.bytes) }
    }
    return merged
  }

  /// Merges runs, and remembers what the files show that are behind now.
  mutating func take(_ runs: [PackedRun]) throws(BookError) -> Merged {
    let before = replica.version
    let merged = try replicated { replica throws(ReplicaError) in try replica.receive(runs) }
    for (id, state) in merged.before {
      try stored { storage throws(StorageError) in
        try storage.keepShown(id, ShownEntry(version: before, state: state))
      }
    }
    return merged
  }

  /// What the server calls a run's last change is what it is called here: the chain hash was made with it.
  private func check(_ delivery: Delivery) throws(BookError) {
    let (ref, id): (ChangeRef, ChangeID)
    switch delivery {
    case .run(let run, let named): (ref, id) = (ChangeRef(device: run.device, seq: run.last), named)
    case .own(let first, let count, let named):
      guard let device = replica.tip.device else { return }
      (ref, id) = (ChangeRef(device: device, seq: first + UInt64(count) - 1), named)
      try acknowledge(ref.seq + 1)
    }
    let here = try stored { storage throws(StorageError) in try storage.id(of: ref) }
    guard here == id else { throw .sync(.equivocation(last: DeviceHead(seq: ref.seq, id: id))) }
  }
}
