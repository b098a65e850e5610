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
    let (book, _) = try prepare(path, name, environment, command: "valise new") { storage, book throws(BookError) in
      var recording = Recording()
      let introduction = book.device.introduction(name: name ?? environment.personName())
      var replica: Replica
      do throws(ReplicaError) {
        replica = try Replica.found(
          storage, book.cryptography, device: book.device.id, introduction: introduction,
          nonce: environment.randomBytes(Operation.nonceCount), time: environment.seconds, into: &recording)
        let key = book.device.key
        try replica.seal(recording) { key.sign($0) }
      } catch { throw BookError(error) }
    }
    try OwnFolder(root: book.root).finish()
    var saved = try book.record(origin: .imported)
    try book.writeOut(&saved)
    return try book.report(saved, nil)
  }

  /// Makes `.valise` and what stands in it, in a folder that is made where it is missing; then lets `begin` put a book
  /// into the store; where that is refused, `second`. Nothing stays behind on an error; after a crash, the same command
  /// begins anew.
  static func prepare(
    _ path: String, _ name: String?, _ environment: Environment, command: String,
    _ begin: (StoreTransaction, LocalBook) throws(BookError) -> Void,
    orElse second: ((StoreTransaction, LocalBook) throws(BookError) -> Void)? = nil
  ) throws(BookError) -> (book: LocalBook, madeRoot: Bool) {
    let madeRoot = try OwnFolder.make(path, mode: 0o777)
    guard let root = OwnFolder.resolved(path) else { throw .file(doing: "open", path: path, errno: errno) }
    let own = OwnFolder(root: root)
    if let outer = try? find(from: root), outer != root || !own.isUnfinished {
      if madeRoot { own.removeRoot() }
      throw .insideBook(root: outer)
    }
    let lock = try own.make(command: command)
    do throws(BookError) {
      let device = try Device(environment)
      try own.write(device)
      let store: ReplicaStore
      do { store = try ReplicaStore(path: own.store) } catch { throw BookError(error) }
      let book = LocalBook(root: root, environment, try folder(at: root, environment), store, device, lock)
      let person = name ?? environment.personName()
      func fill(_ begin: (StoreTransaction, LocalBook) throws(BookError) -> Void) throws(BookError) {
        try store.transaction { storage throws(BookError) in
          do throws(StorageError) { try storage.set(SettingName.person, to: Array(person.utf8)) } catch {
            throw BookError(error)
          }
          try begin(storage, book)
        }
      }
      do throws(BookError) { try fill(begin) } catch {
        guard let second else { throw error }
        try fill(second)
      }
      return (book, madeRoot)
    } catch {
      own.abandon(madeRoot: madeRoot)
      throw error
    }
  }

  /// What stands in the book, by kind.
  func report(_ saved: SaveReport, _ wire: Wire?) throws(BookError) -> BookReport {
    try transaction { workbench throws(BookError) in
      let kinds = try workbench.stored { storage throws(StorageError) in try storage.kinds() }
      var saved = saved
      saved.version = workbench.names.short(workbench.replica.version)
      return BookReport(
        root: root, book: workbench.replica.book.digest.bytes.hex,
        kinds: kinds.map { (kind: $0.kind.string, count: $0.count) }, saved: saved,
        url: try workbench.text(SettingName.serverURL), wire: wire)
    }
  }
}
