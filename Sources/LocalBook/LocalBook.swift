import BookFolder
import Bytes
import Glibc
import History
import Merge
import Replica
import ReplicaStore
import Signing
import Synchronization

/// A book on this laptop: the use cases behind the commands, each a function that returns a value and prints nothing.
///
/// While it is open it holds the book's lock, so one command at a time works on a book. Each use case begins by
/// recording what changed in the folder.
package final class LocalBook: Sendable {
  /// The book's folder, as an absolute path.
  package let root: String
  let environment: Environment
  let folder: FolderRoot
  let store: ReplicaStore
  let device: Device
  let cryptography = Signing.cryptography
  let lock: BookLock
  /// The book itself, where this value is its private side.
  let whole: LocalBook?
  /// What a watch knows of files that go; nil for any other command.
  let deletions: WatchedDeletions?
  private let askedByFormerName: Mutex<[FormerName]>
  /// The shape of the history, from one transaction to the next: loading it costs the whole history.
  private let graph = Mutex<EventGraph?>(nil)
  /// Which of the book's two histories this value records and asks.
  var side: BookSide { store.side }

  /// Opens the book whose folder is `root`; waits up to 10 s for another command.
  ///
  /// - Parameter command: what whoever waits for this one sees, such as `valise sync`.
  package convenience init(
    at root: String, _ environment: Environment, command: String
  ) throws(BookError) {
    try self.init(at: root, environment, command: command, watchedBy: nil)
  }

  convenience init(
    at root: String, _ environment: Environment, command: String, watchedBy deletions: WatchedDeletions?
  ) throws(BookError) {
    let own = OwnFolder(root: root)
    try own.requireAccess()
    if own.isUnfinished { throw .unfinished(root: root) }
    try own.requireOwnKinds()
    guard OwnFolder.exists(own.store) else { throw .brokenBook(what: "\(own.store) is missing") }
    let lock = try BookLock(at: own.lock, command: command)
    let folder = try Self.folder(at: root, environment)
    let stored: [UInt8]?
    do { stored = try folder.read(Array("\(FolderRoot.ownFolder)/device".utf8))?.bytes } catch {
      throw .file(doing: error.call, path: own.device, errno: error.code)
    }
    guard let device = stored.flatMap(Device.init(stored:)) else {
      throw .brokenBook(what: "\(own.device) is missing or not a device's")
    }
    let store: ReplicaStore
    do { store = try ReplicaStore(path: own.store) } catch { throw BookError(error) }
    self.init(root: root, environment, folder, store, try device.current(in: store), lock, deletions)
    try requireOwnBook()
    try recover()
  }

  /// Refuses a store that is empty, and a device that is not the one of the store: whatever it signed would be taken by
  /// nobody, and could not be taken back.
  private func requireOwnBook() throws(BookError) {
    let own = OwnFolder(root: root)
    let tip = try store.reading { storage throws(BookError) in
      do throws(StorageError) { return try storage.tip() } catch { throw BookError(error) }
    }
    guard let tip else { throw .brokenBook(what: "\(own.store) has no book in it") }
    guard tip.device == device.id else {
      throw .brokenBook(
        what: "\(own.device) was altered, or is another laptop's; from a backup of this book, that file alone would do")
    }
  }

  init(
    root: String, _ environment: Environment, _ folder: FolderRoot, _ store: ReplicaStore, _ device: Device,
    _ lock: BookLock, _ deletions: WatchedDeletions? = nil, privateSideOf whole: LocalBook? = nil
  ) {
    self.root = root
    self.environment = environment
    self.folder = folder
    self.store = store
    self.device = device
    self.lock = lock
    self.whole = whole
    self.deletions = deletions
    askedByFormerName = Mutex([])
  }

  /// The files that were asked for by a name that they had once; what they are called now is said beside the answer.
  package var formerNames: [FormerName] { askedByFormerName.withLock { $0 } }

  func note(_ name: FormerName) {
    if let whole { return whole.note(name) }
    askedByFormerName.withLock { if !$0.contains(name) { $0.append(name) } }
  }

  /// The book that a folder belongs to: the folder itself, or the nearest one above it.
  package static func find(from directory: String) throws(BookError) -> String {
    guard var path = OwnFolder.resolved(directory) else {
      throw .file(doing: "open", path: directory, errno: errno)
    }
    while true {
      if OwnFolder.exists(OwnFolder(root: path).path) { return path }
      guard path != "/", let slash = path.lastIndex(of: "/") else { throw .notABook(from: directory) }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
  }

  static func folder(at path: String, _ environment: Environment) throws(BookError) -> FolderRoot {
    do { return try FolderRoot(path, files: environment.files) } catch {
      throw .file(doing: error.call, path: path, errno: error.code)
    }
  }

  // MARK: Inside a transaction

  /// Runs a step on the book's store; all of it is on disk once this returns, none of it when it throws.
  func transaction<T>(_ body: (inout Workbench) throws(BookError) -> T) throws(BookError) -> T {
    let (result, graph) = try store.transaction { storage throws(BookError) in
      var workbench = try Workbench(storage, self)
      let result = try body(&workbench)
      return (result, workbench.replica.loadedGraph())
    }
    self.graph.withLock { $0 = graph }
    return result
  }

  /// The shape of the history, if known from before, for one to have alone: a second copy would be made as it grows.
  fileprivate func takeGraph() -> EventGraph? {
    graph.withLock { graph in
      defer { graph = nil }
      return graph
    }
  }

  /// Whom the changes of this laptop are by.
  func personName() throws(BookError) -> String {
    let stored = try store.reading { storage throws(BookError) in
      do throws(StorageError) { return try storage.setting(SettingName.person) } catch { throw BookError(error) }
    }
    return stored.map { String(decoding: $0, as: UTF8.self) } ?? environment.personName()
  }
}

/// Names of what the store keeps beside the history.
enum SettingName {
  static let person = "person"
  /// Of the device, where it is not the one that its file began with.
  static let incarnation = "incarnation"
  static let index = "index"
  static let serverURL = "server.url"
  static let cursor = "server.cursor"
  /// How many of this device's changes the server has acknowledged.
  static let acknowledged = "server.acknowledged"
  static let lastSync = "server.last-sync"
  /// What other laptops have received, and when the server was heard about it last.
  static let received = "server.received"
  static let receivedAt = "server.received-at"
  /// From where on the server may lack other devices' changes.
  static let lacking = "server.lacking"
  /// Of the private side: its device, key and all.
  static let device = "device"
  static let journal = "journal"
  /// The number of the last plan.
  static let plan = "plan"
  /// Files that were swapped out and are to be looked at again.
  static let copies = "copies"
  /// There while files may stand that are still to go.
  static let leftOvers = "left-overs"
  /// Folders that Valise made.
  static let folders = "folders"
  /// Names that renamed entries have had.
  static let formerNames = "former-names"
  /// Entries whose deletion by colleagues has to be accepted.
  static let held = "held"
  /// How many deletions a watch had recorded when it stopped before more of them.
  static let deletedBefore = "deleted-before"
  /// The version for which it was looked at what entries say about the files of others.
  static let placed = "placed"
  /// On the private side: how many shared changes there were when a change was made.
  static func sharedChanges(before index: ChangeIndex) -> String { "shared-changes.\(index.int)" }
  /// On the private side: the shared change that says the other half of what this one does, where a file moved out of
  /// `private/` or into it.
  static func crossing(of index: ChangeIndex) -> String { "crossed.\(index.int)" }
}

/// One transaction's tools: the store, and the replica in it.
struct Workbench {
  let storage: StoreTransaction
  var replica: Replica
  let book: LocalBook
  /// Where files belong at a version: asked for several times, and costs every entry.
  var knownTargets: (version: Version, targets: [EntryID: EntryPath])?

  init(_ storage: StoreTransaction, _ book: LocalBook) throws(BookError) {
    self.storage = storage
    self.book = book
    do { replica = try Replica(storage, book.cryptography, graph: book.takeGraph()) } catch { throw BookError(error) }
  }

  var names: VersionNames { VersionNames(book.cryptography) }

  /// Runs a storage operation, and says whose error it is.
  @discardableResult
  func stored<T>(_ body: (StoreTransaction) throws(StorageError) -> T) throws(BookError) -> T {
    do { return try body(storage) } catch { throw BookError(error) }
  }

  /// Runs an operation of the replica, and says whose error it is.
  @discardableResult
  mutating func replicated<T>(_ body: (inout Replica) throws(ReplicaError) -> T) throws(BookError) -> T {
    do { return try body(&replica) } catch { throw BookError(error) }
  }

  /// An empty change of this device; its first one introduces it.
  func draft() throws(BookError) -> ChangeDraft {
    var draft: ChangeDraft
    do { draft = try replica.draft() } catch { throw BookError(error) }
    if draft.ref.seq == 0 {
      let name = try stored { storage throws(StorageError) in try storage.setting(SettingName.person) }
      let person = name.map { String(decoding: $0, as: UTF8.self) } ?? book.environment.personName()
      draft.append(.introduce(book.device.introduction(name: person)))
    }
    return draft
  }

  func index() throws(BookError) -> FileIndex {
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(SettingName.index) }) else {
      return FileIndex()
    }
    do { return try FileIndex(encoded: bytes) } catch { throw .storage(.damaged("index: \(error)")) }
  }

  func put(_ index: FileIndex) throws(BookError) {
    try stored { storage throws(StorageError) in try storage.set(SettingName.index, to: index.encoded()) }
  }

  /// What the entry's file shows: where it is behind, what was written last; else the newest version.
  mutating func shown(
    _ id: EntryID
  ) throws(BookError) -> (version: Version, state: EntryState?, isBehind: Bool) {
    let behind = try stored { storage throws(StorageError) in try storage.shown(id) }
    if let behind { return (behind.version, behind.state, true) }
    return (replica.version, try entry(id), false)
  }

  /// What the file at a path shows of its entry.
  mutating func shown(
    at path: ExactText, of entry: EntryID, _ index: FileIndex
  ) throws(BookError) -> (version: Version, state: EntryState?, isBehind: Bool) {
    guard let payload = index.payload(of: path), payload.entry == entry, let version = payload.leftOver else {
      return try shown(entry)
    }
    return (version, try replicated { replica throws(ReplicaError) in try replica.entry(entry, at: version) }, true)
  }

  mutating func entry(_ id: EntryID) throws(BookError) -> EntryState? {
    try replicated { replica throws(ReplicaError) in try replica.entry(id) }
  }

  /// The entry as a file shows it, every disputed field by its rule.
  func view(_ state: EntryState) throws(BookError) -> EntryView {
    do { return EntryView(state, in: try context.context(of: state)) } catch { throw BookError(error) }
  }

  /// What showing an entry asks of the others.
  var context: BookContext { BookContext(storage, replica) }

  /// Stores the changes as signed runs.
  mutating func seal(_ recording: Recording) throws(BookError) {
    let key = book.device.key
    try replicated { replica throws(ReplicaError) in try replica.seal(recording) { key.sign($0) } }
    if book.side == .private { try noteSharedChanges(recording) }
  }
}
