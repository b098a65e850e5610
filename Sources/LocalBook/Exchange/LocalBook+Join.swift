import BookFolder
import Bytes
import Formats
import History
import Replica
import ReplicaStore
import SyncClient
import SyncProtocol

extension LocalBook {
  /// Puts this book on a server, under a name there. Asked again with the same address, it is harmless.
  package func publish(url: String) async throws(BookError) -> BookReport {
    let address = try BookAddress(url)
    return try await publish(at: address, saved: try save(), attempts: 2)
  }

  private func publish(
    at address: BookAddress, saved: SaveReport, attempts: Int
  ) async throws(BookError) -> BookReport {
    let (request, device) = try transaction { workbench throws(BookError) in
      if let known = try workbench.text(SettingName.serverURL), known != address.description {
        throw .alreadyPublished(url: known)
      }
      var request = try workbench.request()
      request.book = .create(try address.bookName(), workbench.replica.book)
      request.outgoing = try workbench.stored { storage throws(StorageError) in
        try storage.runs(beyond: VersionVector())
      }
      return (request, workbench.replica.tip.device)
    }
    guard device != nil else { throw .notPublished }
    let exchanged: SyncReport
    do {
      exchanged = try await SyncClient.exchange(
        with: address.server, request, receiver: SyncDesk(self), timeouts: environment.timeouts,
        tap: environment.tap)
    } catch {
      // A copy of this laptop has published the book, and gone on.
      guard error.meansACopy && attempts > 1 else { throw BookError(error, at: address) }
      return try await asAnother(address).publish(at: address, saved: saved, attempts: attempts - 1)
    }
    try transaction { workbench throws(BookError) in
      try workbench.stored { storage throws(StorageError) in
        try storage.set(SettingName.serverURL, to: Array(address.description.utf8))
      }
      try workbench.note(exchanged, at: environment.seconds)
    }
    return try report(saved, Wire(exchanged))
  }

  /// Gets a book from a server into a folder, which may hold other files, but none of the book's names.
  ///
  /// Where an earlier call with the same address broke off, it goes on from what that one brought.
  package static func join(
    url: String, at path: String, name: String?, _ environment: Environment
  ) async throws(BookError) -> BookReport {
    let address = try BookAddress(url)
    let bookName = try address.bookName()
    let partial = OwnFolder.resolved(path).map { OwnFolder(root: $0) }.flatMap { own in
      own.isUnfinished ? PartialDownload(in: own, from: address) : nil
    }
    var kept = 0
    let (book, madeRoot) = try prepare(path, name, environment, command: "valise join") {
      storage, book throws(BookError) in
      guard let partial else { return }
      kept = try partial.begin(in: storage, book, address)
    } orElse: { _, _ throws(BookError) in
      kept = 0
    }
    let exchanged: SyncReport
    do throws(BookError) {
      let desk = JoinDesk(book, address)
      let request = try book.joining(bookName)
      do {
        exchanged = try await SyncClient.exchange(
          with: address.server, request, receiver: desk, timeouts: environment.timeouts,
          tap: environment.tap)
      } catch {
        throw BookError(error, at: address)
      }
      try book.transaction { workbench throws(BookError) in
        try workbench.note(exchanged, at: environment.seconds)
      }
    } catch {
      // What came is worth something as long as the same command may go on with it.
      if case .offline(let why) = error, let came = try? book.changesThatCame(), came > 0 {
        throw .joinBrokeOff(why, changes: came, at: path)
      }
      OwnFolder(root: book.root).abandon(madeRoot: madeRoot)
      throw error
    }
    var report = try book.settleIn(madeRoot: madeRoot, Wire(exchanged))
    report.kept = kept
    return report
  }

  /// Asks for a book by its name; where a part of it is here, for the rest.
  private func joining(_ name: BookName) throws(BookError) -> SyncRequest {
    var request = SyncRequest(book: .named(name), device: device.id, outgoing: [], vector: VersionVector())
    request.page = Self.joinPage
    request.mark = 0
    guard try changesThatCame() > 0 else { return request }
    return try transaction { workbench throws(BookError) in
      guard let cursor = try workbench.cursor() else { return request }
      request.book = .known(workbench.replica.book, cursor)
      request.vector = try workbench.stored { storage throws(StorageError) in try storage.vector() }
      return request
    }
  }

  /// Bytes after which what came is kept, at the end of a run: a download that breaks off loses no more than that and a
  /// run.
  private static let joinPage = 256 << 10

  /// How many changes of a book that is being joined are kept, and followed in the server's log.
  private func changesThatCame() throws(BookError) -> Int {
    try store.reading { storage throws(BookError) in
      do throws(StorageError) {
        guard try storage.setting(SettingName.cursor) != nil else { return 0 }
        return try storage.tip()?.count ?? 0
      } catch { throw BookError(error) }
    }
  }

  /// The end of making a book that came from elsewhere: takes all back where files of its names are in the way, else
  /// writes its files.
  func settleIn(madeRoot: Bool, _ wire: Wire?) throws(BookError) -> BookReport {
    let own = OwnFolder(root: root)
    do throws(BookError) {
      try refuseCollisions()
      try own.finish()
    } catch {
      own.abandon(madeRoot: madeRoot)
      throw error
    }
    // All of the book is here: whatever stops the writing of its files, the next command goes on with it.
    var saved = SaveReport(version: try versionName())
    try writeOut(&saved)
    return try report(saved, wire)
  }

  /// Nothing is written over what stands in the folder already: the book's names must be free, in any case and
  /// normalisation.
  private func refuseCollisions() throws(BookError) {
    let wanted = try transaction { workbench throws(BookError) in try workbench.targets().values.sorted() }
    let scan: FolderScan
    do throws(SystemFailure) { scan = try FolderScan(folder, index: FileIndex(), now: environment.now()) } catch {
      throw .file(doing: error.call, path: root, errno: error.code)
    }
    let standing = Set((scan.new.map(\.path) + scan.unreadable.map(\.path)).map { CaseFolding.key(of: $0.string) })
    let taken = wanted.map(\.description).filter {
      OwnFolder.exists(root + "/" + $0) || standing.contains(CaseFolding.key(of: $0))
    }
    if !taken.isEmpty { throw .collisions(paths: taken) }
  }
}

/// The receiving end of a join: begins the copy when the server says which book it is.
private final class JoinDesk: SyncReceiver {
  private let book: LocalBook
  private let address: BookAddress
  private let desk: SyncDesk

  init(_ book: LocalBook, _ address: BookAddress) {
    self.book = book
    self.address = address
    desk = SyncDesk(book)
  }

  func received(_ news: Received) async throws { try await desk.received(news) }

  func opened(_ id: BookID, _ epoch: Epoch, last: DeviceHead?) async throws {
    let (book, address) = (book, address)
    try book.store.transaction { storage throws(BookError) in
      do throws(StorageError) {
        // A part of it is here already.
        if try storage.tip() != nil { return }
        try storage.set(SettingName.serverURL, to: Array(address.description.utf8))
      } catch { throw BookError(error) }
      do throws(ReplicaError) {
        _ = try Replica(receiving: id, as: book.device.id, storage, book.cryptography)
      } catch { throw BookError(error) }
    }
    try await desk.opened(id, epoch, last: nil)
  }

  func acknowledged(_ head: DeviceHead) async throws {}

  func deliver(_ page: [Delivery], through cursor: Cursor?) async throws {
    try await desk.deliver(page, through: cursor)
  }

  func lookUp(beyond vector: VersionVector) async throws -> [PackedRun] { try await desk.lookUp(beyond: vector) }
}

extension BookAddress {
  func bookName() throws(BookError) -> BookName {
    guard let name = BookName(ExactText(book)) else { throw .badURL(description) }
    return name
  }
}

extension BookError {
  init(_ failure: SyncFailure, at address: BookAddress) {
    switch failure {
    case .nameTaken: self = .nameTaken(name: address.book, url: address.description)
    case .noSuchBook: self = .noSuchBook(name: address.book, url: address.description)
    default:
      if let offline = SyncSummary.Offline(failure, at: address) {
        self = .offline(offline)
      } else {
        self.init(failure)
      }
    }
  }
}
