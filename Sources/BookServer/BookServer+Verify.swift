import Formats
import History
import LogStore
import Signing
import SyncProtocol

/// What a server's logs are found to be.
package struct LogReport: Equatable, Sendable {
  /// By name.
  package let books: [Book]
  /// What SQLite finds wrong with its own pages.
  package let pageFaults: [String]

  package struct Book: Equatable, Sendable {
    package let name: String
    /// Positions of its log, and the changes in them, that are right.
    package fileprivate(set) var positions = 0
    package fileprivate(set) var changes = 0
    /// What is wrong first; nil when nothing is. What lies behind it cannot be judged.
    package fileprivate(set) var fault: Fault?

    package struct Fault: Equatable, Sendable {
      /// Nil where the rows of the book and its devices are meant.
      package let position: UInt64?
      package let why: String
    }
  }

  package var isSound: Bool { pageFaults.isEmpty && books.allSatisfy { $0.fault == nil } }
}

extension BookServer {
  /// Reads every book of a folder, which a server may be writing to, as if it came in just now: canonical bytes, ids,
  /// chains, signatures, parents. Changes nothing. Cost: what receiving all of it costs.
  package static func verify(data: String) throws(ServeError) -> LogReport {
    let path = try store(in: data)
    do throws(StoreError) { return LogReport(try StoredLogs(existing: path)) } catch {
      throw .store(error, path: path)
    }
  }

  /// The file of a folder's logs; `noBooks` when there is none.
  static func store(in data: String) throws(ServeError) -> String {
    let path = DataFolder.store(in: data)
    guard DataFolder.isThere(path) else { throw .noBooks(path: data) }
    return path
  }
}

extension LogReport {
  init(_ logs: StoredLogs) {
    pageFaults = logs.pageFaults
    books = logs.books.map { Book($0, of: logs.epoch) }
  }
}

extension LogReport.Book {
  /// Entries that are judged at once.
  private static let batch = 512

  fileprivate init(_ book: StoredLogs.Book, of epoch: Epoch) {
    name = book.name
    var state = BookState.start(of: book.id, epoch: epoch, hash: Signing.hash)
    var known = KnownHistory()
    for start in stride(from: 0, to: book.entries.count, by: Self.batch) {
      guard let next = append(book.entries.dropFirst(start).prefix(Self.batch), to: state, &known) else { return }
      state = next
    }
    if state.position.rawValue != book.head || state.chain.digest != book.chain {
      fault = Fault(position: nil, why: "the log does not end where the row of the book says")
    } else if let wrong = book.mismatches(with: known.authors, hash: Signing.hash).first {
      let columns = wrong.columns.joined(separator: ", ")
      fault = Fault(position: nil, why: "\(wrong.row): not what its changes give: \(columns)")
    }
  }

  /// The log with more entries, judged as if they were sent; nil when one is wrong, and then `fault` says how.
  private mutating func append(
    _ entries: ArraySlice<StoredLogs.Entry>, to state: BookState, _ known: inout KnownHistory
  ) -> BookState? {
    var runs: [PackedRun] = []
    var unreadable: FormatError?
    do throws(FormatError) { for entry in entries { runs.append(try entry.run()) } } catch { unreadable = error }
    let outcome = Sequencer.plan(runs, on: state, naming: nil, known: known, cryptography: Signing.cryptography)
    known = outcome.known
    let planned = outcome.plan?.entries ?? []
    for (place, entry) in entries.prefix(runs.count).enumerated() {
      guard positions + 1 == entry.position else { return fail(entry, "positions before it are missing") }
      if case .refused(let error) = outcome.verdicts[place] { return fail(entry, "\(error.code.name) \(error.detail)") }
      guard place < planned.count else { return fail(entry, "it repeats what came before") }
      let (next, changes) = (planned[place].entry, planned[place].known.changes)
      guard next.id == entry.id, next.chain.digest == entry.chain else {
        return fail(entry, "its id or its chain hash is another than its bytes give")
      }
      let wrong = entry.columns(unlike: runs[place], of: changes)
      guard wrong.isEmpty else {
        return fail(entry, "not what its changes give: \(wrong.joined(separator: ", "))")
      }
      positions += 1
      self.changes += changes.count
    }
    if let unreadable, let entry = entries.dropFirst(runs.count).first {
      return fail(entry, "it does not decode (\(unreadable.name))")
    }
    return outcome.plan?.next ?? state
  }

  private mutating func fail(_ entry: StoredLogs.Entry, _ why: String) -> BookState? {
    fault = Fault(position: entry.position, why: why)
    return nil
  }
}

extension KnownHistory {
  /// What a store keeps of each device that is known.
  fileprivate var authors: [AuthorHead] {
    vector.counts.compactMap { entry in
      guard let key = key(of: entry.device), let head = head(of: entry.device) else { return nil }
      return AuthorHead(device: entry.device, key: key, head: head)
    }
  }
}
