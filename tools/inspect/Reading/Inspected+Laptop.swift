import BookFolder
import Bytes
import Formats
import History
import LocalBook
import Merge
import Rendering
import Replica
import ReplicaStore
import Signing

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
    book = read.tip.book
    history = ReadHistory(book: book, Signing.cryptography)
    ownFindings = read.findings
    journal = read.journal
    var holders: [ChangeRef: Int64] = [:]
    for stored in read.runs {
      guard let run = readRow(stored) else { continue }
      for seq in run.first...run.last {
        let ref = ChangeRef(device: run.device, seq: seq)
        holders[ref] = holders[ref] ?? stored.number
      }
    }
    if findings.isEmpty { history.judgeParents() }
    // What the rows have to be can only be said where the history is whole.
    if findings.isEmpty, let replayed = replayed() {
      compare(read, with: replayed, holders)
    } else {
      compare(read.changes)
    }
  }

  /// A run as a store keeps it: its head, then its sections.
  private mutating func readRow(_ stored: StoredRun) -> PackedRun? {
    var reader = ByteReader(stored.packed)
    let place = Place(row: "run \(stored.number)")
    do throws(FormatError) {
      let run = try reader.run()
      guard reader.isAtEnd else { throw .layout(.trailing(at: reader.offset, count: reader.remaining)) }
      add(run, at: place)
      note(stored.columns(unlike: run), at: place)
      return run
    } catch {
      ownFindings.append(Finding(name: error.name, place: place, words: error.wordsOfRow))
      return nil
    }
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

  /// Every row that a question is answered from is what replaying the runs gives.
  private mutating func compare(_ read: Stored, with replayed: Replayed, _ holders: [ChangeRef: Int64]) {
    let storage = replayed.replica.storage
    let made = (0..<replayed.replica.tip.count).compactMap { try? storage.row(at: ChangeIndex($0)) }
    compare(read.changes, "change", with: made.map { StoredChange(of: $0, run: holders[$0.ref] ?? -1) }) {
      "\($0.index)"
    } columns: {
      $0.columns(unlike: $1)
    }
    let entries = replayed.states.map { StoredEntry(of: $0, conflicts: EntryConflict.all(in: $0).count) }
    compare(read.entries, "entry", with: entries) {
      $0.id.hex
    } columns: {
      $0.columns(unlike: $1)
    }
    let devices = history.devices.compactMap { try? storage.device($0) }
    compare(read.devices, "device", with: devices.map { StoredDevice(of: $0) }) {
      $0.id.prefix(4).hex
    } columns: {
      $0.columns(unlike: $1)
    }
    compareTouches(read, with: replayed)
    let blocks = GraphBlock.expected(of: made)
    for block in read.blocks where blocks[block.first] != block.changes {
      note(["changes"], at: Place(row: "graph \(block.first)"))
    }
    let tip = replayed.replica.tip
    let heads = { (tip: Tip) in tip.heads.sorted { $0.index < $1.index } }
    if read.tip.count != tip.count || heads(read.tip) != heads(tip) || read.tip.level != tip.level {
      note(["value"], at: Place(row: "setting tip"))
    }
  }

  private mutating func compareTouches(_ read: Stored, with replayed: Replayed) {
    let numbers = Dictionary(read.entries.map { ($0.id, $0.number) }) { first, _ in first }
    var expected: [StoredTouch] = []
    for state in replayed.states {
      guard let number = numbers[StoredEntry(of: state, conflicts: 0).id],
        let touches = try? replayed.replica.storage.touches(of: state.id)
      else { continue }
      expected += touches.map { StoredTouch(of: $0, entry: number) }
    }
    expected.sort { ($0.entry, $0.change) < ($1.entry, $1.change) }
    compare(read.touches, "touch", with: expected) {
      "\($0.entry), \($0.change)"
    } columns: {
      $0 == $1 ? [] : ["shapes"]
    }
  }

  /// Rows against what they have to be, both by what `name` says of each.
  private mutating func compare<Row>(
    _ rows: [Row], _ table: String, with made: [Row], by name: (Row) -> String,
    columns: (_ found: Row, _ made: Row) -> [String]
  ) {
    let expected = Dictionary(made.map { (name($0), $0) }) { first, _ in first }
    for row in rows {
      let place = Place(row: "\(table) \(name(row))")
      guard let other = expected[name(row)] else {
        ownFindings.append(Finding(name: "row", place: place, words: "no change makes such a row"))
        continue
      }
      note(columns(row, other), at: place)
    }
    if rows.count != made.count {
      ownFindings.append(
        Finding(
          name: "row", place: Place(row: table),
          words: "the store has \(rows.count.of("row")) of these, its changes make \(made.count)"))
    }
  }
}

extension Inspected {
  mutating func add(_ run: PackedRun, at place: Place) {
    sections += SectionRow.rows(of: run, from: sections.count)
    runs.append(run)
    history.read(run, at: place)
  }

  /// Columns of a row that are not what the changes make of them.
  mutating func note(_ columns: [String], at place: Place) {
    guard !columns.isEmpty else { return }
    let words: Line = "not what the changes make of it: \(own: columns.joined(separator: ", "))"
    ownFindings.append(Finding(name: "row", place: place, words: words))
  }
}

/// What a laptop's store holds, before any of it is looked at.
private struct Stored {
  let tip: Tip
  let runs: [StoredRun]
  let changes: [StoredChange]
  let entries: [StoredEntry]
  let devices: [StoredDevice]
  let touches: [StoredTouch]
  let blocks: [(first: Int64, changes: [UInt8])]
  let journal: JournalReport?
  let findings: [Finding]

  init(_ storage: StoreTransaction) throws(ReplicaError) {
    do throws(StorageError) {
      guard let tip = try storage.tip() else { throw .damaged("there is no book in it yet") }
      self.tip = tip
      runs = try storage.storedRuns()
      changes = try storage.storedChanges()
      entries = try storage.storedEntries()
      devices = try storage.storedDevices()
      touches = try storage.storedTouches()
      blocks = try storage.storedBlocks()
      journal = try JournalReport(of: storage)
      findings = try storage.pageFaults().map {
        Finding(name: "pages", place: Place(), words: "SQLite says of its pages: \($0)")
      }
    } catch { throw .storage(error) }
  }
}
