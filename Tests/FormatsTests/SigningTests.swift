import Bytes
import Signing
import Testing

/// The library behind hashes and signatures gives what the standards publish.
struct SigningTests {
  @Test func `SHA-256 of abc is the one in FIPS 180`() {
    #expect(
      Signing.cryptography.hash(Array("abc".utf8)).bytes.hex
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  /// RFC 8032, 7.1, test 1: the signature of an empty message.
  @Test func `a key, its public half and a signature are those of RFC 8032`() throws {
    let secret = try #require([UInt8](hex: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    let key = try #require(DeviceKey(rawRepresentation: secret))
    #expect(key.rawRepresentation == secret)
    #expect(key.publicKey.bytes.hex == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    let bytes = try #require(
      [UInt8](
        hex: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
          + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"))
    let signature = try #require(Signature(bytes))
    #expect(Signing.cryptography.verify(signature, [], key.publicKey))
    #expect(!Signing.cryptography.verify(signature, [0], key.publicKey))
  }

  @Test func `what one key signed is good under that key alone`() throws {
    let (key, other) = (DeviceKey(), DeviceKey())
    let signature = key.sign([1, 2, 3])
    #expect(Signing.verify(signature, of: [1, 2, 3], by: key.publicKey))
    #expect(!Signing.verify(signature, of: [1, 2, 4], by: key.publicKey))
    #expect(!Signing.verify(signature, of: [1, 2, 3], by: other.publicKey))
    let noPoint = try #require(PublicKey([UInt8](repeating: 0xff, count: 32)))
    #expect(!Signing.verify(signature, of: [1, 2, 3], by: noPoint))
    #expect(DeviceKey(rawRepresentation: [1, 2, 3]) == nil)
  }
}
