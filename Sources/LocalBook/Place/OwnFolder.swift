import BookFolder
import Glibc
import Replica

/// The book's own folder `.valise`, and the folder around it, before there is a store to speak of.
struct OwnFolder {
  /// The book's folder, absolute.
  let root: String

  var path: String { root + "/" + FolderRoot.ownFolder }
  var store: String { path + "/book.sqlite" }
  var device: String { path + "/device" }
  var lock: String { path + "/" + FolderRoot.lockName }
  /// Where files are prepared, and where those go that are swapped out.
  private var folders: [String] { ["tmp", "trash"].map { path + "/" + $0 } }
  /// There while the book is being made: what stands beside it is worth nothing yet.
  private var unfinished: String { path + "/unfinished" }

  /// The absolute path of a folder, links resolved; nil where there is none.
  static func resolved(_ path: String) -> String? {
    guard let found = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Makes a folder; false where there is something of that name already.
  static func make(_ path: String, mode: mode_t) throws(BookError) -> Bool {
    if unsafe mkdir(path, mode) == 0 { return true }
    guard errno == EEXIST else { throw .file(doing: "make", path: path, errno: errno) }
    return false
  }

  /// Makes `.valise`, readable by its owner alone, and takes its lock. What an interrupted making left there goes.
  func make(command: String) throws(BookError) -> BookLock {
    _ = try Self.make(path, mode: 0o700)
    try requireAccess()
    guard isUnfinished else { throw .insideBook(root: root) }
    try requireOwnKinds()
    let lock = try BookLock(at: self.lock, command: command)
    // Somebody else may have come to the end of it meanwhile.
    guard isUnfinished else { throw .insideBook(root: root) }
    try begin()
    discard()
    return lock
  }

  /// Refuses another user's book, and one on a disk that cannot be written: nothing can be told of what is in it.
  func requireAccess() throws(BookError) {
    if let kind = Self.kind(of: path), kind != S_IFDIR {
      throw .brokenBook(what: "\(path) is no folder\(kind == S_IFLNK ? ", but a symbolic link" : "")")
    }
    if unsafe access(path, R_OK | W_OK | X_OK) == 0 { return }
    if errno == EACCES || errno == EROFS { throw .storage(.readOnly) }
    throw .file(doing: "open", path: path, errno: errno)
  }

  /// Refuses what stands at a name of Valise's own and is no file, or no folder: a call that fails on it would not say
  /// what is wrong.
  func requireOwnKinds() throws(BookError) {
    for file in [store, device] where Self.kind(of: file).map({ $0 != S_IFREG }) ?? false {
      throw .brokenBook(what: "\(file) is no file")
    }
    if let kind = Self.kind(of: lock), kind != S_IFREG { throw .inTheWay(lock) }
    for folder in folders {
      if let kind = Self.kind(of: folder), kind != S_IFDIR { throw .inTheWay(folder) }
    }
  }

  /// What a name stands for, as `S_IFMT` has it; links are not followed. Nil where it is free.
  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// Whether the making of the book did not come to its end. A lock alone says nothing: whoever makes one has taken it.
  var isUnfinished: Bool { Self.exists(unfinished) || !Self.exists(store) && !Self.exists(device) }

  /// The book is made: from now on every command goes on with it.
  func finish() throws(BookError) {
    guard unsafe unlink(unfinished) == 0 else { throw .file(doing: "remove", path: unfinished, errno: errno) }
  }

  private func begin() throws(BookError) {
    let descriptor = unsafe open(unfinished, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .file(doing: "make", path: unfinished, errno: errno) }
    close(descriptor)
  }

  private func discard() {
    for file in [store, store + "-wal", store + "-shm", device, device + ".new"] { unsafe unlink(file) }
  }

  /// Takes away what a command made that came to nothing; the book's folder too, where the command made it and it is
  /// empty.
  func abandon(madeRoot: Bool) {
    discard()
    // The mark goes last: without it, what is left would pass for a book.
    for file in [lock, unfinished] { unsafe unlink(file) }
    for folder in folders { unsafe rmdir(folder) }
    unsafe rmdir(path)
    if madeRoot { removeRoot() }
  }

  /// Removes the book's folder where it is empty.
  func removeRoot() { unsafe rmdir(root) }

  /// Writes the device's file, readable by its owner alone, and flushes it; an older one is replaced in one step.
  func write(_ device: Device) throws(BookError) {
    let temporary = self.device + ".new"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .file(doing: "open", path: temporary, errno: errno) }
    defer { close(descriptor) }
    let bytes = device.stored
    let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count else { throw .file(doing: "write", path: temporary, errno: errno) }
    guard fsync(descriptor) == 0 else { throw .file(doing: "flush", path: temporary, errno: errno) }
    guard unsafe rename(temporary, self.device) == 0 else {
      throw .file(doing: "rename", path: temporary, errno: errno)
    }
  }
}
