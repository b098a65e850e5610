package import Bytes
import Crypto

/// SHA-256 and Ed25519 by swift-crypto, as the values that the core takes.
package enum Signing {
  package static var cryptography: Cryptography { Cryptography(hash: hash, verify: verify) }

  /// SHA-256.
  package static func hash(_ bytes: [UInt8]) -> Bytes.Digest {
    // Digest is nil only for another length, and SHA-256 has one length.
    Bytes.Digest(Array(SHA256.hash(data: bytes))) ?? .zero
  }

  /// Whether the signature over the message is the key's; false for a key that is no point of the curve.
  package static func verify(_ signature: Signature, of message: [UInt8], by key: PublicKey) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key.bytes) else { return false }
    return key.isValidSignature(signature.bytes, for: message)
  }
}
