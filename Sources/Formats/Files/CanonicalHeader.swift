package import Bytes
package import History

/// Reads the canonical bytes of a change's header: `formats.md`, Canonical bytes.
package enum CanonicalHeader {
  package static func decode(
    _ bytes: [UInt8]
  ) throws(DecodingError) -> (fields: ChangeHeader.Fields, bodyHash: Digest) {
    var reader = ByteReader(bytes)
    let version = try reader.varint()
    guard version == ChangeHeader.formatVersion else { throw .outOfRange(at: 0, found: version) }
    let book = BookID(try reader.digest())
    let ref = try reader.changeRef()
    let previous = ref.seq == 0 ? nil : ChangeID(try reader.digest())
    let parentsStart = reader.offset
    let parentCount = try reader.count(limit: ChangeLimits.parents)
    var parents: [ChangeID] = []
    for _ in 0..<parentCount { parents.append(ChangeID(try reader.digest())) }
    guard zip(parents, parents.dropFirst()).allSatisfy({ $0 < $1 }) else { throw .outOfOrder(at: parentsStart) }
    let time = try reader.signedVarint()
    let origin = try Origin(from: &reader)
    let message = try reader.exactText(limit: ChangeLimits.message)
    let bodyHash = try reader.digest()
    try reader.finish()
    let fields = ChangeHeader.Fields(
      book: book, ref: ref, previous: previous, parents: parents, time: time, origin: origin, message: message)
    return (fields, bodyHash)
  }
}
