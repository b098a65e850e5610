import BookFolder
import Bytes
import History
import Replica
import ReplicaStore
import Signing

/// This laptop's device: its key and incarnation, in a file that only its owner may read.
struct Device: Sendable {
  let key: DeviceKey
  let incarnation: Incarnation

  private static let heading = Array("valise device 1\n".utf8)

  /// A new device, from random bytes.
  init(_ environment: Environment) throws(BookError) {
    guard let key = DeviceKey(rawRepresentation: environment.randomBytes(DeviceKey.byteCount)),
      let incarnation = Incarnation(environment.randomBytes(Incarnation.byteCount))
    else { throw .brokenBook(what: "this machine gives no random bytes") }
    self.key = key
    self.incarnation = incarnation
  }

  /// The same key in a new life, for a copied laptop.
  func reborn(_ environment: Environment) throws(BookError) -> Device {
    guard let incarnation = Incarnation(environment.randomBytes(Incarnation.byteCount)) else {
      throw .brokenBook(what: "this machine gives no random bytes")
    }
    return Device(key: key, incarnation: incarnation)
  }

  /// The incarnation that the store has, where that is a later one than the file's.
  func current(in store: ReplicaStore) throws(BookError) -> Device {
    let stored = try store.reading { storage throws(BookError) in
      do throws(StorageError) { return try storage.setting(SettingName.incarnation) } catch { throw BookError(error) }
    }
    guard let stored else { return self }
    guard let incarnation = Incarnation(stored) else { throw .storage(.damaged("incarnation")) }
    return Device(key: key, incarnation: incarnation)
  }

  private init(key: DeviceKey, incarnation: Incarnation) {
    self.key = key
    self.incarnation = incarnation
  }

  /// From the bytes of its file; nil when they are not one.
  init?(stored bytes: [UInt8]) {
    guard bytes.starts(with: Self.heading) else { return nil }
    let rest = bytes.dropFirst(Self.heading.count)
    guard let key = DeviceKey(rawRepresentation: Array(rest.prefix(DeviceKey.byteCount))),
      let incarnation = Incarnation(Array(rest.dropFirst(DeviceKey.byteCount)))
    else { return nil }
    self.init(key: key, incarnation: incarnation)
  }

  var stored: [UInt8] { Self.heading + key.rawRepresentation + incarnation.bytes }

  var id: DeviceID { DeviceID(key: key.publicKey, incarnation: incarnation, hash: Signing.cryptography.hash) }

  func introduction(name: String) -> Introduction {
    let bounded = ExactText(String(name.unicodeScalars.prefix(ChangeLimits.name / 4)))
    return Introduction(
      key: Introduction.Key(publicKey: key.publicKey, incarnation: incarnation), name: bounded)
  }
}
