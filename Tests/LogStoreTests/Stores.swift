import Bytes
import Foundation
import LogStore
import Signing
import SyncProtocol
import SyncTesting

/// The stores that the suite runs on.
enum StoreKind: CaseIterable, Sendable {
  case memory
  case sqlite

  func make(in folder: borrowing Folder) throws -> any LogStore {
    switch self {
    case .memory: MemoryLogStore(epoch: .numbered(1))
    case .sqlite: try folder.store()
    }
  }
}

/// A folder of one test's own, gone with it.
struct Folder: ~Copyable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("valise-log-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func store(_ name: String = "log.sqlite", epoch: UInt8 = 1, pageLimit: Int? = nil) throws -> SQLiteLogStore {
    try SQLiteLogStore(
      path: path + "/" + name, newEpoch: { .numbered(epoch) }, now: { 1_635_768_000 }, pageLimit: pageLimit)
  }
}

extension BookState {
  var cursor: CursorClaim { CursorClaim(epoch: epoch, position: position, chain: chain.prefix) }
}

/// A book on its way into a store: plans its runs one after the other.
struct Planner {
  var book: TestBook
  var state: BookState
  var known = KnownHistory()
  let name: BookName

  init(_ book: TestBook, name: BookName = .of("visit"), epoch: UInt8 = 1) {
    self.book = book
    self.name = name
    state = .start(of: book.id, epoch: .numbered(epoch), hash: Signing.hash)
  }

  /// The plan for an author's changes from `first` on, as if the plans before it were committed.
  mutating func plan(_ author: Int, from first: Int, count: Int? = nil) throws -> AppendPlan? {
    let outcome = Sequencer.plan(
      [try book.run(author, from: first, count: count)], on: state, naming: name, known: known,
      cryptography: Signing.cryptography)
    known = outcome.known
    if let plan = outcome.plan { state = plan.next }
    return outcome.plan
  }
}
