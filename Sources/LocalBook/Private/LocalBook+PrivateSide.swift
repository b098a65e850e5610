import BookFolder
import Bytes
import History
import Replica
import ReplicaStore
import Signing

/// What lies in `private/` has a history of its own in the same store: a device, a root and versions that nothing
/// shared ever names, so that no frame, bundle or snapshot has room for them (model.md 3).
extension LocalBook {
  /// The private side of the book; nil while nothing was ever kept there, and of the private side itself.
  func privateSide() throws(BookError) -> LocalBook? {
    if side == .private { return nil }
    return try store.reading { storage throws(BookError) in try privateSide(in: storage) }
  }

  func privateSide(in storage: StoreTransaction) throws(BookError) -> LocalBook? {
    let storage = storage.on(.private)
    let stored: [UInt8]?
    do throws(StorageError) { stored = try storage.exists() ? try storage.setting(SettingName.device) : nil } catch {
      throw BookError(error)
    }
    guard let stored else { return nil }
    guard let device = Device(stored: stored) else { throw .storage(.damaged("private device")) }
    return privateSide(of: device)
  }

  /// Begins the private history: under a device that nobody else ever hears of, and whose key stays in the store.
  func beginPrivateSide(in storage: StoreTransaction) throws(BookError) -> LocalBook {
    let (device, other) = (try Device(environment), storage.on(.private))
    let name: String
    do throws(StorageError) {
      name =
        try storage.setting(SettingName.person).map { String(decoding: $0, as: UTF8.self) }
        ?? environment.personName()
      try other.create()
      try other.set(SettingName.device, to: device.stored)
      try other.set(SettingName.person, to: Array(name.utf8))
    } catch { throw BookError(error) }
    var recording = Recording()
    do throws(ReplicaError) {
      var replica = try Replica.found(
        other, cryptography, device: device.id, introduction: device.introduction(name: name),
        nonce: environment.randomBytes(Operation.nonceCount), time: environment.seconds, into: &recording)
      try replica.seal(recording) { device.key.sign($0) }
    } catch { throw BookError(error) }
    return privateSide(of: device)
  }

  private func privateSide(of device: Device) -> LocalBook {
    LocalBook(root: root, environment, folder, store.on(.private), device, lock, privateSideOf: self)
  }

  /// The private side, where words mean it: `FILE` or `FILE@VERSION` in `private/`, or a version that only it has.
  func privateSide(meantBy words: String?...) throws(BookError) -> LocalBook? {
    guard let secret = try privateSide() else { return nil }
    for words in words.compactMap({ $0 }) {
      let file = VersionedFile(words).file ?? words
      if Self.isPrivate(file) || Self.isPrivate(file + ".md") { return secret }
      if try !knows(version: words), try secret.knows(version: words) { return secret }
    }
    return nil
  }

  /// Whether a file is in `private/`.
  static func isPrivate(_ file: String) -> Bool {
    (try? EntryPath(recording: Array(file.utf8)))?.isPrivate ?? false
  }

  private func knows(version name: String) throws(BookError) -> Bool {
    try transaction { workbench throws(BookError) in (try? workbench.knownVersion(named: name)) != nil }
  }
}

extension Workbench {
  /// Remembers what of the shared history was there when private changes were made: times are whole seconds, and `undo`
  /// asks which of two changes came last.
  mutating func noteSharedChanges(_ recording: Recording) throws(BookError) {
    let shared = try stored { storage throws(StorageError) in try storage.on(.shared).tip()?.count ?? 0 }
    for place in (replica.tip.count - recording.count)..<replica.tip.count {
      try set(SettingName.sharedChanges(before: ChangeIndex(place)), to: UInt64(shared))
    }
  }
}
