import BookFolder
import Bytes
import Formats
import History
import LocalBook
import LogStore
import Merge
import Rendering
import Replica
import ReplicaStore
import Signing
import SyncProtocol

extension Inspected {
  /// A laptop's store, out of a copy of it: what it shares, and what stays in `private/` where there is any.
  static func laptop(_ path: String, _ copy: borrowing StoreCopy) throws(StorageError) -> [Inspected] {
    let store = try ReplicaStore(existing: copy.path)
    let byteCount = copy.byteCount
    do throws(ReplicaError) {
      let shared = try store.reading { storage throws(ReplicaError) in try Inspected(laptop: path, byteCount, storage) }
      let own: Inspected? = try store.on(.private).reading { storage throws(ReplicaError) in
        do throws(StorageError) { guard try storage.exists(), try storage.tip() != nil else { return nil } } catch {
          throw .storage(error)
        }
        return try Inspected(laptop: path, byteCount, storage)
      }
      return [shared] + (own.map { [$0] } ?? [])
    } catch {
      if case .storage(let error) = error { throw error }
      throw .damaged("\(error)")
    }
  }

  private init(laptop path: String, _ byteCount: Int, _ storage: StoreTransaction) throws(ReplicaError) {
    let read = try Stored(storage)
    self.path = path
    kind = .laptop(isPrivate: storage.side == .private)
    self.byteCount = byteCount
    formatVersion = ChangeHeader.formatVersion
    book = read.book
    history = ReadHistory(book: book, Signing.cryptography)
    ownFindings = read.findings
    journal = read.journal
    for stored in read.runs { readRow(stored.packed, row: "run \(stored.number)") }
    compare(read.changes)
    compare(read.entries)
  }

  /// A run as a store keeps it: its head, then its sections.
  private mutating func readRow(_ bytes: [UInt8], row: String) {
    var reader = ByteReader(bytes)
    let place = Place(row: row)
    do throws(FormatError) {
      let run = try reader.run()
      guard reader.isAtEnd else { throw .layout(.trailing(at: reader.offset, count: reader.remaining)) }
      add(run, at: place)
    } catch {
      ownFindings.append(Finding(name: error.name, place: place, words: error.words))
    }
  }

  private mutating func add(_ run: PackedRun, at place: Place) {
    sections += SectionRow.rows(of: run, from: sections.count)
    runs.append(run)
    history.read(run, at: place)
  }

  /// The store's list of changes names each as its run does.
  private mutating func compare(_ rows: [StoredChange]) {
    for row in rows {
      let place = Place(row: "change \(row.index)")
      guard let device = DeviceID(row.device), row.seq >= 0,
        let read = history[ChangeRef(device: device, seq: UInt64(row.seq))]
      else {
        ownFindings.append(
          Finding(name: "row", place: place, words: "the list names a change that no run holds, or that cannot be read")
        )
        continue
      }
      if let id = read.id, id.digest.bytes != row.id {
        ownFindings.append(
          Finding(name: "row", place: place, words: "the list gives the change another name than its bytes do"))
      }
    }
    if rows.count < history.changes.count {
      ownFindings.append(
        Finding(
          name: "row", place: Place(row: "change"),
          words: "the store's list has \(rows.count) changes, its runs hold \(history.changes.count)"))
    }
  }

  /// The merged entries are what replaying the runs gives; only asked where the history is whole.
  private mutating func compare(_ rows: [StoredEntry]) {
    guard findings.isEmpty, let replica = replayed() else { return }
    let replayed = replica.states
    for row in rows {
      let place = Place(row: "entry \(row.id.hex)")
      var reader = ByteReader(row.state)
      do {
        let state = try EntryState(from: &reader)
        try reader.finish()
        guard replayed.first(where: { $0.id == state.id }) != state else { continue }
        ownFindings.append(
          Finding(name: "entry", place: place, words: "the entry is not what its changes make of it"))
      } catch {
        ownFindings.append(
          Finding(
            name: error.name, place: place, words: "the entry's state does not decode at byte \(error.offset)"))
      }
    }
    if rows.count != replayed.count {
      ownFindings.append(
        Finding(
          name: "entry", place: Place(row: "entry"),
          words: "the store has \(rows.count) entries, its changes make \(replayed.count)"))
    }
  }

  /// The books of a server's store, out of a copy of it.
  static func server(_ path: String, _ copy: borrowing StoreCopy) throws(StoreError) -> [Inspected] {
    let logs = try StoredLogs(existing: copy.path)
    let faults = logs.pageFaults.map {
      Finding(name: "pages", place: Place(), words: "SQLite says of its pages: \($0)")
    }
    return logs.books.map { Inspected(server: path, copy.byteCount, $0, logs.epoch, faults) }
  }

  private init(
    server path: String, _ byteCount: Int, _ book: StoredLogs.Book, _ epoch: Epoch, _ faults: [Finding]
  ) {
    self.path = path
    kind = .server(name: book.name)
    self.byteCount = byteCount
    formatVersion = ChangeHeader.formatVersion
    self.book = book.id
    history = ReadHistory(book: book.id, Signing.cryptography)
    ownFindings = faults
    log = (epoch.bytes, book.head)
    var chain = ChainHash.start(of: book.id, hash: Signing.hash)
    for (number, entry) in book.entries.enumerated() {
      let place = Place(row: "position \(entry.position)")
      if entry.position != UInt64(number) + 1 {
        ownFindings.append(Finding(name: "position", place: place, words: "positions before it are missing"))
      }
      chain = chain.next(entry.id, hash: Signing.hash)
      if chain.digest != entry.chain {
        ownFindings.append(
          Finding(name: "chain", place: place, words: "its chain hash does not follow from the one before"))
        chain = ChainHash(entry.chain)
      }
      read(entry, at: place)
    }
    if book.head != UInt64(book.entries.count) || book.chain != chain.digest {
      ownFindings.append(
        Finding(name: "head", place: Place(row: "book"), words: "the end of the log is not where the book's row says"))
    }
  }

  private mutating func read(_ entry: StoredLogs.Entry, at place: Place) {
    do throws(FormatError) {
      let run = try entry.run()
      add(run, at: place)
      let last = ChangeRef(device: run.device, seq: run.last)
      if let id = history[last]?.id, id != entry.id {
        ownFindings.append(
          Finding(name: "row", place: place, words: "the log gives its last change another name than its bytes do"))
      }
    } catch {
      ownFindings.append(Finding(name: error.name, place: place, words: error.words))
    }
  }
}

/// What a laptop's store holds, before any of it is looked at.
private struct Stored {
  let book: BookID
  let runs: [StoredRun]
  let changes: [StoredChange]
  let entries: [StoredEntry]
  let journal: JournalReport?
  let findings: [Finding]

  init(_ storage: StoreTransaction) throws(ReplicaError) {
    do throws(StorageError) {
      guard let tip = try storage.tip() else { throw .damaged("there is no book in it yet") }
      book = tip.book
      runs = try storage.storedRuns()
      changes = try storage.storedChanges()
      entries = try storage.storedEntries()
      journal = try JournalReport(of: storage)
      findings = try storage.pageFaults().map {
        Finding(name: "pages", place: Place(), words: "SQLite says of its pages: \($0)")
      }
    } catch { throw .storage(error) }
  }
}

extension StoredLogs.Entry {
  /// The run, out of the frames that hold its sections.
  fileprivate func run() throws(FormatError) -> PackedRun {
    var reader = ByteReader(sections)
    var found: [PackedSection] = []
    while !reader.isAtEnd {
      do { _ = try reader.take(FrameHeader.byteCount) } catch { throw .layout(error) }
      found.append(try reader.section(index: found.count))
    }
    return PackedRun(
      device: device, first: first, count: Int(clamping: count), signature: Signature(signature), sections: found)
  }
}
