import Bytes
import Formats
import History
import LogStore
import Rendering
import Signing
import SyncProtocol

extension Inspected {
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
    // What the other rows have to be can only be said where the log is whole.
    guard findings.isEmpty else { return }
    history.judgeParents()
    for wrong in book.mismatches(with: history.authors, hash: Signing.hash) {
      note(wrong.columns, at: Place(row: wrong.row))
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
      guard let changes = history.known(of: run) else { return }
      note(entry.columns(unlike: run, of: changes), at: place)
    } catch {
      ownFindings.append(Finding(name: error.name, place: place, words: error.wordsOfRow))
    }
  }
}
