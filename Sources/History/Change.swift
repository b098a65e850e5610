package import Bytes

/// An atomic set of operations by one device: what it did, on which version, and when by its own clock.
package struct Change: Equatable, Sendable {
  package let header: ChangeHeader
  package let operations: [Operation]
  /// SHA-256 over the domain and the canonical header, which holds the hash of the canonical body.
  package let id: ChangeID

  package var ref: ChangeRef { header.ref }

  /// Completes a header with the body's hash and names the change. `ChangeError` when the change breaks a limit or a
  /// rule that needs no history.
  package init(
    _ fields: ChangeHeader.Fields, operations: [Operation], hash: ([UInt8]) -> Digest
  ) throws(ChangeError) {
    try self.init(fields, operations: operations, body: CanonicalBody.encode(operations, of: fields.ref), hash: hash)
  }

  /// The same for whoever has decoded the operations from their canonical bytes, which are `body`.
  package init(
    _ fields: ChangeHeader.Fields, operations: [Operation], body: [UInt8], hash: ([UInt8]) -> Digest
  ) throws(ChangeError) {
    guard body.count <= ChangeLimits.body else { throw .tooLarge(bytes: body.count) }
    let header = ChangeHeader(fields, bodyHash: hash(body))
    try header.check()
    self.header = header
    self.operations = operations
    id = ChangeID(hash(ChangeHeader.domain + header.canonicalBytes))
  }

  /// Where operation `index` stands.
  package func operationRef(_ index: Int) -> OperationRef {
    OperationRef(change: ref, index: UInt32(clamping: index))
  }
}

/// Why a change cannot be one, whatever the history.
package enum ChangeError: Error, Equatable, Sendable {
  /// The canonical body is over `ChangeLimits.body`.
  case tooLarge(bytes: Int)
  /// Parents ascend, differ, and are at most `ChangeLimits.parents`.
  case parents(count: Int)
  /// The first change of a device has no previous, every other has one.
  case previous(seq: UInt64)
  /// The message is over `ChangeLimits.message`.
  case message(bytes: Int)
}

/// What a change says about itself: a device's chain (`previous`) and the version it was made on (`parents`) are two
/// links, since a device may be concurrent with itself.
package struct ChangeHeader: Equatable, Sendable {
  package static let formatVersion: UInt64 = 1
  package static let domain = Array("valise change\n".utf8)

  package let fields: Fields
  package let bodyHash: Digest

  package struct Fields: Equatable, Sendable {
    /// Zero in the root change.
    package var book: BookID
    package var ref: ChangeRef
    /// The same device's change before; nil for seq 0.
    package var previous: ChangeID?
    /// The version that the edit was made on, reduced, ascending by bytes.
    package var parents: [ChangeID]
    /// Seconds since 1970 by the device's clock: shown, never decides.
    package var time: Int64
    package var origin: Origin
    /// What a person said with `save -m`; empty when derived at display.
    package var message: ExactText

    package init(
      book: BookID, ref: ChangeRef, previous: ChangeID?, parents: [ChangeID], time: Int64, origin: Origin = .typed,
      message: ExactText = ""
    ) {
      self.book = book
      self.ref = ref
      self.previous = previous
      self.parents = parents
      self.time = time
      self.origin = origin
      self.message = message
    }
  }

  init(_ fields: Fields, bodyHash: Digest) {
    self.fields = fields
    self.bodyHash = bodyHash
  }

  package var ref: ChangeRef { fields.ref }
  package var parents: [ChangeID] { fields.parents }

  func check() throws(ChangeError) {
    guard fields.parents.count <= ChangeLimits.parents,
      zip(fields.parents, fields.parents.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .parents(count: fields.parents.count) }
    guard (fields.ref.seq == 0) == (fields.previous == nil) else { throw .previous(seq: fields.ref.seq) }
    guard fields.message.bytes.count <= ChangeLimits.message else { throw .message(bytes: fields.message.bytes.count) }
  }

  /// Row form, shortest varints, one spelling (`formats.md`, Canonical bytes): what is hashed.
  package var canonicalBytes: [UInt8] {
    var writer = ByteWriter(reserving: 160)
    writer.put(varint: Self.formatVersion)
    writer.put(fields.book.digest)
    writer.put(fields.ref.device.bytes)
    writer.put(varint: fields.ref.seq)
    if let previous = fields.previous { writer.put(previous.digest) }
    writer.put(count: fields.parents.count)
    for parent in fields.parents { writer.put(parent.digest) }
    writer.put(signed: fields.time)
    fields.origin.encode(into: &writer)
    writer.put(text: fields.message)
    writer.put(bodyHash)
    return writer.bytes
  }
}

/// Why a change was made.
package enum Origin: Hashable, Sendable {
  case typed
  /// Taken in from files that were there before the book.
  case imported
  /// A person settled a conflict.
  case resolved
  /// Takes back another change.
  case undo(of: ChangeID)
  /// Brings back a version, named by its heads.
  case restore([ChangeID])
  /// A rule of merging, a pure function of the merged heads.
  case rule(UInt64)
  /// An origin of a later version, kept.
  case unknown(type: UInt64, payload: [UInt8])

  /// A type, a length, and as many bytes.
  package func encode(into writer: inout ByteWriter) {
    var payload = ByteWriter()
    let type: UInt64
    switch self {
    case .typed: type = 0
    case .imported: type = 1
    case .resolved: type = 2
    case .undo(let change):
      type = 3
      payload.put(change.digest)
    case .restore(let heads):
      type = 4
      for head in heads { payload.put(head.digest) }
    case .rule(let number):
      type = 5
      payload.put(varint: number)
    case .unknown(let other, let bytes):
      type = other
      payload.put(bytes)
    }
    writer.put(varint: type)
    writer.put(prefixed: payload.bytes)
  }

  package init(from reader: inout ByteReader) throws(DecodingError) {
    let start = reader.offset
    let type = try reader.varint()
    let bytes = try reader.prefixed(limit: ChangeLimits.parents * Digest.byteCount)
    var payload = ByteReader(bytes)
    switch type {
    case 0: self = .typed
    case 1: self = .imported
    case 2: self = .resolved
    case 3: self = .undo(of: ChangeID(try payload.digest()))
    case 4:
      var heads: [ChangeID] = []
      while !payload.isAtEnd { heads.append(ChangeID(try payload.digest())) }
      guard zip(heads, heads.dropFirst()).allSatisfy({ $0 < $1 }) else { throw .outOfOrder(at: start) }
      self = .restore(heads)
    case 5: self = .rule(try payload.varint())
    default:
      self = .unknown(type: type, payload: bytes)
      return
    }
    try payload.finish()
  }
}

/// Ed25519 over (domain, book, device, seq, id): covers a device's chain up to that change, through `previous`.
package struct ChainSignature: Hashable, Sendable {
  package static let domain = Array("valise chain\n".utf8)
  package let ref: ChangeRef
  package let signature: Signature

  package init(ref: ChangeRef, signature: Signature) {
    self.ref = ref
    self.signature = signature
  }

  /// The bytes that are signed.
  package static func message(book: BookID, ref: ChangeRef, id: ChangeID) -> [UInt8] {
    var writer = ByteWriter(reserving: 128)
    writer.put(domain)
    writer.put(book.digest)
    writer.put(ref.device.bytes)
    writer.put(varint: ref.seq)
    writer.put(id.digest)
    return writer.bytes
  }
}
