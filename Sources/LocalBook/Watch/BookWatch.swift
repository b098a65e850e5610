import BookFolder
import Bytes
import Formats
import Glibc
import History
import Replica
import SyncClient
import SyncProtocol

/// What a watch has to tell; nothing while all is well and nothing comes or goes.
package enum WatchNews: Sendable {
  /// Something came or went.
  case synced(SyncSummary)
  /// Something was recorded, and there is no connection that it could go up on.
  case saved(SaveReport)
  /// There is no connection; said once, and tried again by itself.
  case offline(SyncSummary)
  /// There is one again.
  case online
  /// The server cannot tell by itself, and is asked now and then.
  case askedNowAndThen
  /// The system does not say what happens in the folder: it is looked at now and then. The system's number for why.
  case lookedAtNowAndThen(errno: Int32)
  /// Something did not go; it is tried again.
  case failed(BookError)
}

extension LocalBook {
  /// Keeps a book in step until the process ends, or `end` returns: records what changes in the folder, sends it, takes in what others
  /// write. Holds the book's lock only while it records or writes. Throws what does not get better by trying again.
  ///
  /// - Parameters:
  ///   - acceptDeletions: record once that much of the book is gone.
  ///   - end: waits for a reason to end in good order; what is being recorded or written is finished first.
  package static func watch(
    at root: String, _ environment: Environment, command: String, acceptDeletions: Bool = false,
    until end: (@Sendable () async -> Void)? = nil, tell: @escaping @Sendable (WatchNews) -> Void
  ) async throws(BookError) {
    var watch = BookWatch(at: root, environment, command: command, tell: tell)
    watch.acceptsDeletions = acceptDeletions
    let input = watch.input
    let ending = end.map { end in
      Task {
        await end()
        input.yield(.end)
      }
    }
    defer { ending?.cancel() }
    try await watch.run()
  }
}

/// One watch: whatever happens comes in one after the other, and each is dealt with in full.
struct BookWatch {
  enum Input: Sendable {
    case folder(FolderWatcher.News)
    case connected(SyncLine, life: Int)
    case line(SyncLine.Event, life: Int)
    case alarm
    case end
  }

  /// How far a connection has come.
  enum Connection {
    case none
    case opening
    case open(SyncLine)
  }

  /// Nanoseconds between two looks at the folder, whatever the system tells or does not tell.
  static let rescan: Int64 = 60_000_000_000
  /// The same where the system tells nothing.
  static let poll: Int64 = 2_000_000_000
  /// Between two exchanges with a server that cannot tell when the book's log grows.
  static let ask: Int64 = 15_000_000_000

  let root: String
  let environment: Environment
  let command: String
  let tell: @Sendable (WatchNews) -> Void
  private let inputs: AsyncStream<Input>
  let input: AsyncStream<Input>.Continuation
  private var watcher: FolderWatcher?
  private var alarm: Task<Void, Never>?
  /// Whether the system's word of what changes is to be asked for anew.
  private var isLost = false
  var quiet = WriteQuiet()
  let deletions = WatchedDeletions()
  /// Whether another command had the book since the last look.
  var hasMetOthers = false
  var nextLook: Int64
  /// When to connect; nil while there is a connection.
  var nextTry: Int64?
  var backoff = Backoff()
  var connection = Connection.none
  /// Connections are numbered, so that what comes late from an old one is known.
  var life = 0
  /// What has come and gone since the last news.
  var exchange = WatchedExchange()
  var isOfflineTold = false
  var isAskedTold = false
  private var isBlindTold = false
  /// For the first look only.
  var acceptsDeletions = false
  /// The trouble and the failure that were told last.
  var told = ToldTrouble()
  var toldFailure = ""

  init(
    at root: String, _ environment: Environment, command: String, tell: @escaping @Sendable (WatchNews) -> Void
  ) {
    self.root = root
    self.environment = environment
    self.command = command
    self.tell = tell
    (inputs, input) = AsyncStream.makeStream(of: Input.self)
    nextLook = environment.ticks()
    nextTry = nextLook
  }

  mutating func run() async throws(BookError) {
    listen()
    defer {
      alarm?.cancel()
      if case .open(let line) = connection { line.close() }
    }
    input.yield(.alarm)
    for await next in inputs {
      if case .end = next { return }
      do throws(BookError) { try await take(next) } catch { try await failed(error) }
      setAlarm()
    }
  }

  /// Has the system tell what happens in the folder, where it does.
  private mutating func listen() {
    let input = input
    do throws(SystemFailure) {
      watcher = try FolderWatcher(root) { input.yield(.folder($0)) }
    } catch { blind(error.code) }
  }

  private mutating func blind(_ number: Int32) {
    watcher = nil
    nextLook = min(nextLook, environment.ticks() + Self.poll)
    if !isBlindTold { tell(.lookedAtNowAndThen(errno: number)) }
    isBlindTold = true
  }

  private mutating func take(_ input: Input) async throws(BookError) {
    switch input {
    case .folder(.writing(let path)): quiet.wrote(path, isOpen: true, at: environment.ticks())
    case .folder(.changed(let path)): quiet.wrote(path, isOpen: false, at: environment.ticks())
    case .folder(.released): noteRelease()
    case .folder(.lost):
      // As with a write: what has begun to go may not have come to its end.
      isLost = true
      quiet.wrote("", isOpen: false, at: environment.ticks())
    case .folder(.blind(let number)): blind(number)
    case .connected(let line, let life):
      guard life == self.life, case .opening = connection else { return line.close() }
      connection = .open(line)
    case .line(let event, let life): if life == self.life { try await take(event) }
    case .alarm, .end: break
    }
    try await takeTime()
  }

  /// Whatever is due.
  private mutating func takeTime() async throws(BookError) {
    let (now, root) = (environment.ticks(), root)
    let isQuiet = quiet.isDue(at: now) { OwnFolder.isEmpty(root + "/" + $0) }
    if now >= nextLook || isQuiet {
      deletions.with { $0.look() }
      if isQuiet { try listenAgain() }
      nextLook = now + (watcher == nil ? Self.poll : Self.rescan)
      try look()
    }
    if let due = nextTry, now >= due {
      nextTry = nil
      try connect()
    }
    if hasMetOthers { quiet.wrote(FolderRoot.ownFolder, isOpen: false, at: now) }
    hasMetOthers = false
  }

  /// What the system has told is not all: the folders may be others by now.
  private mutating func listenAgain() throws(BookError) {
    guard isLost else { return }
    isLost = false
    try requireBook()
    watcher = nil
    listen()
  }

  /// Another command may have recorded what changes no file, such as a tag. What a watch records it also sends, and two
  /// that woke each other would never rest.
  private mutating func noteRelease() {
    guard let holder = BookLock.holder(at: OwnFolder(root: root).lock) else { return }
    if !BookLock.isHolder(holder, command) { hasMetOthers = true }
  }

  private mutating func setAlarm() {
    alarm?.cancel()
    if let due = deletions.with({ $0.nextLook }) { nextLook = min(nextLook, due) }
    let due = [nextLook, quiet.due, nextTry].compactMap { $0 }.min() ?? nextLook
    let (wait, pause, input) = (max(0, due - environment.ticks()), environment.pause, input)
    alarm = Task {
      await pause(wait)
      if !Task.isCancelled { input.yield(.alarm) }
    }
  }

  /// The book, for as long as the value is held; waits for other commands.
  mutating func open() throws(BookError) -> LocalBook {
    try requireBook()
    let book = try LocalBook(at: root, environment, command: command, watchedBy: deletions)
    if !BookLock.isHolder(book.lock.formerHolder, command) { hasMetOthers = true }
    return book
  }

  private func requireBook() throws(BookError) {
    if !OwnFolder.exists(OwnFolder(root: root).path), errno == ENOENT { throw .folderGone(root: root) }
  }

  /// Gives up the connection, and tries again later.
  mutating func disconnect(askedFor wait: Int64 = 0) {
    let chance = environment.randomBytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    disconnect(retryAt: environment.ticks() + backoff.next(chance: chance, askedFor: wait))
  }

  mutating func disconnect(retryAt time: Int64) {
    if case .open(let line) = connection { line.close() }
    connection = .none
    exchange.isOpened = false
    life += 1
    nextTry = time
  }

  /// What does not get better by waiting ends the watch; anything else is told once, and tried again.
  private mutating func failed(_ error: BookError) async throws(BookError) {
    switch error {
    case .sync(.equivocation), .sync(.receiver(BookError.sync(.equivocation))): return try await becomeAnother()
    case .folderGone, .notABook, .unfinished, .brokenBook, .notPublished, .badURL, .noSuchBook, .storage(.damaged):
      throw error
    case .sync(.noSuchBook), .sync(.refused), .sync(.violation): throw error
    default: break
    }
    // The same news, however many files more are gone.
    let words = if error.isEmptied { "emptied" } else { "\(error)" }
    if words != toldFailure { tell(.failed(error)) }
    toldFailure = words
    disconnect()
  }
}

extension BookError {
  fileprivate var isEmptied: Bool {
    switch self {
    case .emptied, .emptiedBitByBit: true
    default: false
    }
  }
}
