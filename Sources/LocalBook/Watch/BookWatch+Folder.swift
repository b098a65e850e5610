import BookFolder
import Glibc
import SyncClient
import SyncProtocol

extension BookWatch {
  /// Records what changed in the folder, and sends it where there is a connection.
  mutating func look() throws(BookError) {
    try record()
    if exchange.isOffline || exchange.hasNothingToSend { tellSaved() }
  }

  private mutating func record() throws(BookError) {
    let book = try open()
    hasMetOthers = false
    if exchange.before == nil { exchange.before = try book.standingBefore() }
    var saved = try save(book)
    // Files may still be going: they are looked at again in a moment.
    let isWaiting = deletions.with { $0.nextLook } != nil
    // What kept everything from going on is over; and a server that does not tell is asked when there is something to send.
    let isSoon = !isWaiting && !toldFailure.isEmpty || (isAskedTold && !saved.files.isEmpty)
    if isSoon, nextTry != nil { nextTry = environment.ticks() }
    if !isWaiting { toldFailure = "" }
    if saved.trouble == told.trouble || exchange.hasLookedAgain {
      exchange.hasLookedAgain = false
    } else {
      // A file that somebody is in the middle of writing may be whole in a moment.
      exchange.hasLookedAgain = true
      nextLook = min(nextLook, environment.ticks() + WriteQuiet.patience)
      saved.trouble = told.trouble
    }
    exchange.add(saved)
    try send(from: book)
  }

  mutating func save(_ book: LocalBook) throws(BookError) -> SaveReport {
    let report = try book.save(acceptDeletions: acceptsDeletions)
    acceptsDeletions = false
    return report
  }

  /// What the server lacks goes up. While anything else is under way nothing does, and the next rest sends it.
  mutating func send(from book: LocalBook) throws(BookError) {
    exchange.hasNothingToSend = false
    guard case .open(let line) = connection, exchange.isOpened, !exchange.isSending else { return }
    let (request, lacking) = try book.transaction { workbench throws(BookError) in
      (try workbench.request(), try workbench.lacking())
    }
    // Another command has made this laptop a device of its own.
    guard request.device == exchange.device else { return disconnect(retryAt: environment.ticks()) }
    guard !request.outgoing.isEmpty else {
      exchange.hasNothingToSend = true
      return
    }
    exchange.isSending = true
    exchange.lacking = lacking
    line.send(request.outgoing, vector: request.vector)
  }

  /// What was recorded is told without an exchange.
  private mutating func tellSaved() {
    var report = exchange.saved
    let hasTrouble = told.take(from: &report)
    exchange.forget()
    let isNews = !report.files.isEmpty || !report.settled.isEmpty || !report.notices.isEmpty
    if isNews || hasTrouble { tell(.saved(report)) }
  }
}

extension LocalBook {
  func standingBefore() throws(BookError) -> Before {
    try transaction { workbench throws(BookError) in try workbench.standingBefore() }
  }
}

extension OwnFolder {
  /// Whether a file is there and has nothing in it.
  static func isEmpty(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size == 0
  }
}
