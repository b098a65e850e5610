import BookFolder
import Bytes
import Glibc
import History
import Replica
import ReplicaStore
import Signing

extension LocalBook {
  /// Makes a folder a book. Notes that are there already become its entries, byte for byte.
  ///
  /// - Parameter name: the person's name; nil: from the environment.
  package static func new(
    at path: String, name: String?, _ environment: Environment
  ) throws(BookError) -> BookReport {
    let book = try prepare(path, name, environment) { workbench, book throws(BookError) in
      var recording = Recording()
      let introduction = book.device.introduction(name: name ?? environment.personName())
      var replica: Replica
      do {
        replica = try Replica.found(
          workbench, book.cryptography, device: book.device.id, introduction: introduction,
          nonce: environment.random(Operation.nonceCount), time: environment.seconds, into: &recording)
        let key = book.device.key
        try replica.seal(recording) { key.sign($0) }
      } catch { throw BookError(error) }
    }
    let saved = try book.record(origin: .imported)
    _ = try book.writeOut()
    return try book.report(saved, sync: nil)
  }

  /// Makes `.valise` and what stands in it, in a folder that is made where it is missing; then lets `begin` put a book
  /// into the store. Nothing stays behind on an error.
  static func prepare(
    _ path: String, _ name: String?, _ environment: Environment,
    _ begin: (StoreTransaction, LocalBook) throws(BookError) -> Void
  ) throws(BookError) -> LocalBook {
    let madeFolder = try makeFolder(path)
    if let root = try? find(from: path) { throw .insideBook(root: root) }
    guard let resolved = unsafe realpath(path, nil) else { throw .file(doing: "open", path: path, errno: errno) }
    let root = unsafe String(cString: resolved)
    unsafe free(resolved)
    let own = root + "/" + FolderRoot.ownFolder
    guard mkdir(own, 0o700) == 0 else { throw .file(doing: "make", path: own, errno: errno) }
    do throws(BookError) {
      let lock = try BookLock(at: own + "/" + lockName, command: "valise")
      let device = try Device(environment)
      try write(device.stored, to: own + "/" + deviceName)
      let store: ReplicaStore
      do { store = try ReplicaStore(path: own + "/" + storeName) } catch { throw BookError(error) }
      let book = LocalBook(root: root, environment, try folder(at: root), store, device, lock)
      let person = name ?? environment.personName()
      try store.transaction { storage throws(BookError) in
        do { try storage.set(SettingName.person, to: Array(person.utf8)) } catch { throw BookError(error) }
        try begin(storage, book)
      }
      return book
    } catch {
      for file in [storeName, storeName + "-wal", storeName + "-shm", deviceName, lockName] {
        unlink(own + "/" + file)
      }
      rmdir(own)
      if madeFolder { rmdir(root) }
      throw error
    }
  }

  /// Whether the folder had to be made.
  private static func makeFolder(_ path: String) throws(BookError) -> Bool {
    if mkdir(path, 0o777) == 0 { return true }
    guard errno == EEXIST else { throw .file(doing: "make", path: path, errno: errno) }
    return false
  }

  /// Writes a file that only its owner may read, and flushes it.
  static func write(_ bytes: [UInt8], to path: String) throws(BookError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .file(doing: "open", path: path, errno: errno) }
    defer { close(descriptor) }
    let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count else { throw .file(doing: "write", path: path, errno: errno) }
    guard fsync(descriptor) == 0 else { throw .file(doing: "flush", path: path, errno: errno) }
  }

  /// What stands in the book, by kind.
  func report(_ saved: SaveReport, sync: SyncSummary?) throws(BookError) -> BookReport {
    try transaction { workbench throws(BookError) in
      var counts: [ExactText: Int] = [:]
      for placed in try workbench.stored({ storage throws(StorageError) in try storage.placedEntries() }) {
        if let state = try workbench.entry(placed.id) { counts[EntryView.kind(of: state), default: 0] += 1 }
      }
      var saved = saved
      saved.version = workbench.names.short(workbench.replica.version)
      return BookReport(
        root: root, book: workbench.replica.book.digest.bytes.hex,
        kinds: counts.keys.sorted().map { (kind: $0.string, count: counts[$0] ?? 0) }, saved: saved,
        url: try workbench.text(SettingName.serverURL), sync: sync)
    }
  }
}
