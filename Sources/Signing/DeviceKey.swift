package import Bytes
import Crypto

/// A device's Ed25519 key pair: what signs its chain of changes.
package struct DeviceKey: Sendable {
  package static let byteCount = 32
  private let key: Curve25519.Signing.PrivateKey

  /// A new random key.
  package init() { key = Curve25519.Signing.PrivateKey() }

  /// The key whose `rawRepresentation` this is; nil unless there are exactly 32 bytes.
  package init?(rawRepresentation bytes: [UInt8]) {
    guard bytes.count == Self.byteCount, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
    else { return nil }
    self.key = key
  }

  /// The secret half, 32 bytes: it goes into the device's own store and nowhere else.
  package var rawRepresentation: [UInt8] { Array(key.rawRepresentation) }

  package var publicKey: PublicKey {
    guard let key = PublicKey(Array(key.publicKey.rawRepresentation)) else {
      preconditionFailure("an Ed25519 public key has 32 bytes")
    }
    return key
  }

  /// The signature over a message. Two calls may give two signatures, both valid.
  package func sign(_ message: [UInt8]) -> Signature {
    guard let bytes = try? key.signature(for: message), let signature = Signature(Array(bytes)) else {
      preconditionFailure("an Ed25519 signature has 64 bytes")
    }
    return signature
  }
}
