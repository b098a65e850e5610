import Bytes
import Formats
import History
import Replica
import ReplicaStore
import Signing
import SyncProtocol

/// What a `join` that broke off has brought: runs of the log from its beginning, and how far they go.
///
/// Nothing of it is believed: the runs are taken in anew as from the network, and the cursor has to be what they make.
struct PartialDownload {
  let book: BookID
  /// One a position of the log, from the first.
  let runs: [PackedRun]
  let cursor: Cursor

  /// Nil where nothing whole came, where it came from elsewhere, and where anything of it cannot be read.
  init?(in own: OwnFolder, from address: BookAddress) {
    guard OwnFolder.exists(own.store), let store = try? ReplicaStore(existing: own.store),
      let found = try? store.reading({ storage throws(ReplicaError) in try Self.read(storage, address) })
    else { return nil }
    self = found
  }

  private init(book: BookID, runs: [PackedRun], cursor: Cursor) {
    self.book = book
    self.runs = runs
    self.cursor = cursor
  }

  private static func read(
    _ storage: StoreTransaction, _ address: BookAddress
  ) throws(ReplicaError) -> PartialDownload? {
    do throws(StorageError) {
      guard try storage.pageFaults().isEmpty, let tip = try storage.tip(),
        try storage.setting(SettingName.serverURL) == Array(address.description.utf8),
        let bytes = try storage.setting(SettingName.cursor), let cursor = try? Cursor(bytes: bytes)
      else { return nil }
      var runs: [PackedRun] = []
      for stored in try storage.storedRuns() {
        var reader = ByteReader(stored.packed)
        guard let run = try? reader.run(), reader.isAtEnd else { return nil }
        runs.append(run)
      }
      guard UInt64(runs.count) == cursor.position.rawValue else { return nil }
      return PartialDownload(book: tip.book, runs: runs, cursor: cursor)
    } catch { throw .storage(error) }
  }

  /// Takes the runs into a store that is empty, follows the log up to them, and says how many changes they are.
  func begin(in storage: StoreTransaction, _ book: LocalBook, _ address: BookAddress) throws(BookError) -> Int {
    do throws(ReplicaError) {
      _ = try Replica(receiving: self.book, as: book.device.id, storage, book.cryptography)
    } catch { throw BookError(error) }
    var workbench = try Workbench(storage, book)
    let merged = try workbench.take(runs)
    var chain = ChainHash.start(of: self.book, hash: Signing.hash)
    for run in runs {
      let last = try workbench.stored { storage throws(StorageError) in
        try storage.id(of: ChangeRef(device: run.device, seq: run.last))
      }
      guard let last else { throw .storage(.damaged("a run without its last change")) }
      chain = chain.next(last, hash: Signing.hash)
    }
    guard chain == cursor.chain else { throw .storage(.damaged("the cursor is not where the runs end")) }
    try workbench.stored { storage throws(StorageError) in
      try storage.set(SettingName.cursor, to: cursor.bytes)
      try storage.set(SettingName.serverURL, to: Array(address.description.utf8))
    }
    return merged.changes.count
  }
}
