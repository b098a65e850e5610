import Bytes
import History
import PropertyTesting
import Signing

/// A device's key pair and what it says of itself.
struct Identity {
  let device: DeviceID
  let introduction: Introduction
  let sign: @Sendable ([UInt8]) -> Signature

  init(_ key: PublicKey, _ incarnation: Incarnation, name: ExactText, sign: @escaping @Sendable ([UInt8]) -> Signature)
  {
    device = DeviceID(key: key, incarnation: incarnation, hash: Signing.hash)
    introduction = Introduction(key: Introduction.Key(publicKey: key, incarnation: incarnation), name: name)
    self.sign = sign
  }

  /// With a real Ed25519 key.
  static func real(_ name: ExactText, using random: inout SeededRandom) -> Identity? {
    guard let key = DeviceKey(rawRepresentation: random.bytes(DeviceKey.byteCount)),
      let incarnation = Incarnation(random.bytes(Incarnation.byteCount))
    else { return nil }
    return Identity(key.publicKey, incarnation, name: name) { key.sign($0) }
  }

  /// With a key whose signatures anybody could make, but nobody makes by accident: for many graphs in little time.
  static func cheap(_ name: ExactText, using random: inout SeededRandom) -> Identity? {
    guard let key = PublicKey(random.bytes(PublicKey.byteCount)),
      let incarnation = Incarnation(random.bytes(Incarnation.byteCount))
    else { return nil }
    return Identity(key, incarnation, name: name) { Cheap.sign($0, key) }
  }
}

/// A stand-in for Ed25519: the hash of key and message, twice.
enum Cheap {
  static let cryptography = Cryptography(hash: Signing.hash) { signature, message, key in
    signature == sign(message, key)
  }

  static func sign(_ message: [UInt8], _ key: PublicKey) -> Signature {
    let digest = Signing.hash(key.bytes + message).bytes
    guard let signature = Signature(digest + digest) else { preconditionFailure("two digests are 64 bytes") }
    return signature
  }
}
