/// SHA-256 and the check of an Ed25519 signature, as values: the core takes them and knows no library.
package struct Cryptography: Sendable {
  /// SHA-256 of the bytes.
  package let hash: @Sendable ([UInt8]) -> Digest
  /// Whether the Ed25519 signature over the message is the key's (RFC 8032).
  package let verify: @Sendable (Signature, [UInt8], PublicKey) -> Bool

  package init(
    hash: @escaping @Sendable ([UInt8]) -> Digest,
    verify: @escaping @Sendable (Signature, [UInt8], PublicKey) -> Bool
  ) {
    self.hash = hash
    self.verify = verify
  }
}

/// An Ed25519 public key, 32 bytes.
package struct PublicKey: Hashable, Sendable {
  package static let byteCount = 32
  package let bytes: [UInt8]

  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}

/// An Ed25519 signature, 64 bytes.
package struct Signature: Hashable, Sendable {
  package static let byteCount = 64
  package let bytes: [UInt8]

  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}
