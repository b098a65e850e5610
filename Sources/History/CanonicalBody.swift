package import Bytes

/// The canonical bytes of a change's operations: each is a type, a length, and as many bytes.
///
/// An entry is written as 0 (the entry of the operation before), as 1 and an index (created by that operation of this
/// change), or as 2, device, seq and index; the first that fits, so that there is one spelling.
package enum CanonicalBody {
  package static func encode(_ operations: [Operation], of change: ChangeRef) -> [UInt8] {
    var writer = ByteWriter(reserving: 64 * operations.count)
    var context: EntryID?
    for (index, operation) in operations.enumerated() {
      let payload = encode(operation, of: change, context: context)
      writer.put(varint: operation.type)
      writer.put(prefixed: payload)
      context = operation.entry(at: index, of: change) ?? context
    }
    return writer.bytes
  }

  package static func decode(_ bytes: [UInt8], of change: ChangeRef) throws(DecodingError) -> [Operation] {
    var reader = ByteReader(bytes)
    var operations: [Operation] = []
    var context: EntryID?
    while !reader.isAtEnd {
      let start = reader.offset
      guard operations.count < ChangeLimits.operations else {
        throw .tooLong(at: start, found: UInt64(operations.count) + 1, limit: ChangeLimits.operations)
      }
      let type = try reader.varint()
      let payload = try reader.prefixed(limit: ChangeLimits.body)
      var inner = ByteReader(payload)
      let operation: Operation
      do {
        operation = try Operation(type: type, from: &inner, of: change, at: operations.count, context: context)
        try inner.finish()
      } catch { throw error.shifted(by: reader.offset - payload.count) }
      context = operation.entry(at: operations.count, of: change) ?? context
      operations.append(operation)
    }
    return operations
  }

  private static func encode(_ operation: Operation, of change: ChangeRef, context: EntryID?) -> [UInt8] {
    var writer = ByteWriter()
    if let entry = operation.entry { writer.put(entry, of: change, context: context) }
    operation.encodeRest(into: &writer)
    return writer.bytes
  }
}

extension Operation {
  /// Types below this number name an entry first, those that this version does not know included.
  package static let firstTypeWithoutEntry: UInt64 = 64

  package var type: UInt64 {
    switch self {
    case .delete: 1
    case .keep: 2
    case .set: 3
    case .add: 4
    case .remove: 5
    case .edit: 6
    case .create: 64
    case .introduce: 65
    case .found: 66
    case .need: 67
    case .unknown(let operation): operation.type
    }
  }

  /// The entry that this operation is about, its own creation included.
  package func entry(at index: Int, of change: ChangeRef) -> EntryID? {
    if case .create = self {
      return EntryID(creation: OperationRef(change: change, index: UInt32(clamping: index)))
    }
    return entry
  }

  /// What follows the entry.
  func encodeRest(into writer: inout ByteWriter) {
    switch self {
    case .create(let kind): writer.put(text: kind)
    case .delete, .keep: break
    case .set(_, let key, let values):
      writer.put(byte: key.role.rawValue)
      writer.put(text: key.name)
      writer.put(count: values.count)
      for value in values { value.encode(into: &writer) }
    case .add(_, let field, let element, let order):
      writer.put(text: field)
      element.encode(into: &writer)
      writer.put(text: order.text)
    case .remove(_, let field, let element):
      writer.put(text: field)
      element.encode(into: &writer)
    case .edit(_, let edits):
      for edit in edits { edit.encode(into: &writer) }
    case .introduce(let introduction):
      writer.put(byte: introduction.key == nil ? 0 : 1)
      if let key = introduction.key {
        writer.put(key.publicKey.bytes)
        writer.put(key.incarnation.bytes)
      }
      writer.put(text: introduction.name)
    case .found(let nonce): writer.put(nonce)
    case .need(let level): writer.put(varint: level)
    case .unknown(let operation): writer.put(operation.payload)
    }
  }

  init(
    type: UInt64, from reader: inout ByteReader, of change: ChangeRef, at index: Int, context: EntryID?
  ) throws(DecodingError) {
    if type >= Self.firstTypeWithoutEntry {
      self = try Self.withoutEntry(type: type, from: &reader)
      return
    }
    let entry = try reader.entry(of: change, at: index, context: context)
    switch type {
    case 1: self = .delete(entry)
    case 2: self = .keep(entry)
    case 3:
      let key = RegisterKey(
        Role(rawValue: try reader.byte()), try reader.exactText(limit: ChangeLimits.label))
      let start = reader.offset
      let count = try reader.count(limit: ChangeLimits.values)
      guard count > 0 else { throw .outOfRange(at: start, found: 0) }
      var values: [RegisterValue] = []
      for _ in 0..<count { values.append(try RegisterValue(from: &reader)) }
      self = .set(entry, key, values)
    case 4:
      let field = try reader.exactText(limit: ChangeLimits.label)
      let element = try SetElement(from: &reader)
      let start = reader.offset
      guard let order = OrderKey(try reader.exactText(limit: ChangeLimits.orderKey)) else {
        throw .notCanonical(at: start)
      }
      self = .add(entry, field: field, element, at: order)
    case 5:
      let field = try reader.exactText(limit: ChangeLimits.label)
      self = .remove(entry, field: field, try SetElement(from: &reader))
    case 6:
      var edits: [TextEdit] = []
      let start = reader.offset
      while !reader.isAtEnd {
        guard edits.count < ChangeLimits.edits else {
          throw .tooLong(at: reader.offset, found: UInt64(edits.count) + 1, limit: ChangeLimits.edits)
        }
        edits.append(try TextEdit(from: &reader))
      }
      guard !edits.isEmpty else { throw .outOfRange(at: start, found: 0) }
      self = .edit(entry, edits)
    default:
      self = .unknown(UnknownOperation(type: type, entry: entry, payload: try reader.unknown()))
    }
  }

  private static func withoutEntry(type: UInt64, from reader: inout ByteReader) throws(DecodingError) -> Operation {
    switch type {
    case 64: return .create(kind: try reader.exactText(limit: ChangeLimits.label))
    case 65:
      let start = reader.offset
      let flag = try reader.byte()
      guard flag <= 1 else { throw .outOfRange(at: start, found: UInt64(flag)) }
      var key: Introduction.Key?
      if flag == 1 {
        guard let publicKey = PublicKey(try reader.take(PublicKey.byteCount)),
          let incarnation = Incarnation(try reader.take(Incarnation.byteCount))
        else { throw .truncated(at: reader.offset, missing: 0) }
        key = Introduction.Key(publicKey: publicKey, incarnation: incarnation)
      }
      return .introduce(Introduction(key: key, name: try reader.exactText(limit: ChangeLimits.name)))
    case 66: return .found(nonce: try reader.take(Operation.nonceCount))
    case 67: return .need(level: try reader.varint())
    default:
      return .unknown(UnknownOperation(type: type, entry: nil, payload: try reader.unknown()))
    }
  }

  /// Random bytes in the root change, so that no two books share an id.
  package static let nonceCount = 16
}

extension RegisterValue {
  /// Flags (1 present, 2 plain text differs, 4 from another event), then what they announce.
  package func encode(into writer: inout ByteWriter) {
    var flags: UInt8 = content == nil ? 0 : 1
    if let content, content.plain != content.source { flags |= 2 }
    if from != nil { flags |= 4 }
    writer.put(byte: flags)
    if let content {
      writer.put(text: content.source)
      if content.plain != content.source { writer.put(text: content.plain) }
    }
    if let from { writer.put(from) }
  }

  package init(from reader: inout ByteReader) throws(DecodingError) {
    let start = reader.offset
    let flags = try reader.byte()
    guard flags < 8, flags & 3 != 2 else { throw .outOfRange(at: start, found: UInt64(flags)) }
    var content: Content?
    if flags & 1 != 0 {
      let source = try reader.exactText(limit: ChangeLimits.value)
      let plain = flags & 2 != 0 ? try reader.exactText(limit: ChangeLimits.value) : source
      if flags & 2 != 0 && plain == source { throw .notCanonical(at: start) }
      content = Content(source: source, plain: plain)
    }
    self.init(content: content, from: flags & 4 != 0 ? try reader.operationRef() : nil)
  }
}

extension SetElement {
  /// Text and ordinal.
  package func encode(into writer: inout ByteWriter) {
    writer.put(text: text)
    writer.put(varint: UInt64(ordinal))
  }

  package init(from reader: inout ByteReader) throws(DecodingError) {
    text = try reader.exactText(limit: ChangeLimits.label)
    ordinal = UInt32(try reader.count(limit: Int(UInt32.max)))
  }
}

extension TextEdit {
  /// Position, deleted, inserted. An edit that does nothing is no edit.
  package func encode(into writer: inout ByteWriter) {
    writer.put(count: position)
    writer.put(count: deleted)
    writer.put(text: inserted)
  }

  package init(from reader: inout ByteReader) throws(DecodingError) {
    let start = reader.offset
    position = try reader.count(limit: ChangeLimits.position)
    deleted = try reader.count(limit: ChangeLimits.position)
    inserted = try reader.exactText(limit: ChangeLimits.insertion)
    if deleted == 0 && inserted.isEmpty { throw .notCanonical(at: start) }
  }
}

extension ByteWriter {
  package mutating func put(_ ref: ChangeRef) {
    put(ref.device.bytes)
    put(varint: ref.seq)
  }

  package mutating func put(_ ref: OperationRef) {
    put(ref.change)
    put(varint: UInt64(ref.index))
  }

  fileprivate mutating func put(_ entry: EntryID, of change: ChangeRef, context: EntryID?) {
    if entry == context {
      put(byte: 0)
    } else if entry.creation.change == change {
      put(byte: 1)
      put(varint: UInt64(entry.creation.index))
    } else {
      put(byte: 2)
      put(entry.creation)
    }
  }
}

extension ByteReader {
  package mutating func changeRef() throws(DecodingError) -> ChangeRef {
    let start = offset
    guard let device = DeviceID(try take(DeviceID.byteCount)) else { throw .truncated(at: start, missing: 0) }
    return ChangeRef(device: device, seq: try varint())
  }

  package mutating func operationRef() throws(DecodingError) -> OperationRef {
    let change = try changeRef()
    return OperationRef(change: change, index: UInt32(try count(limit: Int(UInt32.max))))
  }

  /// All that is left, as the payload of an operation that this version does not know.
  fileprivate mutating func unknown() throws(DecodingError) -> [UInt8] {
    guard remaining <= ChangeLimits.unknown else {
      throw .tooLong(at: offset, found: UInt64(remaining), limit: ChangeLimits.unknown)
    }
    return try take(remaining)
  }

  /// An entry; one spelled longer than it must be is refused.
  fileprivate mutating func entry(
    of change: ChangeRef, at index: Int, context: EntryID?
  ) throws(DecodingError) -> EntryID {
    let start = offset
    let entry: EntryID
    switch try byte() {
    case 0:
      guard let context else { throw .notCanonical(at: start) }
      return context
    case 1:
      let creation = try varint()
      guard creation < UInt64(index) else { throw .outOfRange(at: start, found: creation) }
      entry = EntryID(creation: OperationRef(change: change, index: UInt32(clamping: creation)))
    case 2:
      entry = EntryID(creation: try operationRef())
      if entry.creation.change == change { throw .notCanonical(at: start) }
    case let other: throw .outOfRange(at: start, found: UInt64(other))
    }
    if entry == context { throw .notCanonical(at: start) }
    return entry
  }
}
