import Bytes
import Deflate
import History

/// Takes changes apart into columns, or into one stream of rows; numbers devices, entries and labels as they come.
struct RunPacker {
  private var out: ColumnWriter
  private let device: DeviceID
  /// The changes of the run so far.
  private var refs: [ChangeID: ChangeRef] = [:]
  private var time: Int64 = 0
  private var devices: [DeviceID: Int] = [:]
  private var entries: [EntryID: Int] = [:]
  private var entryCount = 0
  private var lastEntry = -1
  /// By entry: where its last edit ended.
  private var cursors: [Int] = []
  private var labels: [[UInt8]: Int] = [:]

  init(device: DeviceID, isRows: Bool) {
    self.device = device
    out = ColumnWriter(isRows: isRows)
  }

  /// Bytes of the rows so far.
  var rowCount: Int { out.rowCount }

  mutating func put(_ change: Change, refs outside: (ChangeID) -> ChangeRef?) throws(FormatError) {
    try put(change.header.fields, refs: outside)
    refs[change.id] = change.ref
    out.put(count: change.operations.count, in: Column.counts)
    for (index, operation) in change.operations.enumerated() { put(operation, at: index, of: change) }
  }

  private mutating func put(
    _ fields: ChangeHeader.Fields, refs outside: (ChangeID) -> ChangeRef?
  ) throws(FormatError) {
    var others = fields.parents
    var flags: HeaderFlags = []
    if let previous = fields.previous, let place = others.firstIndex(of: previous) {
      others.remove(at: place)
      flags.insert(.previousIsParent)
    }
    if !others.isEmpty { flags.insert(.otherParents) }
    if fields.origin != .typed { flags.insert(.origin) }
    if !fields.message.isEmpty { flags.insert(.message) }
    out.put(byte: flags.rawValue, in: Column.flags)
    out.put(signed: fields.time &- time, in: Column.times)
    time = fields.time
    if !others.isEmpty {
      var named: [ChangeRef] = []
      for parent in others {
        guard let ref = refs[parent] ?? outside(parent) else { throw .notARun }
        named.append(ref)
      }
      out.put(count: named.count, in: Column.parents)
      for ref in named.sorted() {
        put(ref.device, in: Column.parents)
        out.put(varint: ref.seq, in: Column.parents)
      }
    }
    if fields.origin != .typed {
      var writer = ByteWriter()
      fields.origin.encode(into: &writer)
      out.put(raw: writer.bytes, in: Column.notes)
    }
    if !fields.message.isEmpty { out.put(prefixed: fields.message.bytes, in: Column.notes) }
  }

  private mutating func put(_ operation: Operation, at index: Int, of change: Change) {
    out.put(varint: operation.type, in: Column.types)
    if let entry = operation.entry { put(target: entry) }
    switch operation {
    case .create(let kind):
      put(label: LabelSpace.kind, [], kind)
      remember(EntryID(creation: change.operationRef(index)))
      lastEntry = entryCount - 1
    case .delete, .keep: break
    case .set(_, let key, let values):
      let label = put(label: LabelSpace.register, [key.role.rawValue], key.name)
      out.put(count: values.count, in: Column.shapes)
      for value in values { put(value, label: label) }
    case .add(_, let field, let element, let order):
      put(element, of: field)
      out.put(prefixed: order.text.bytes, in: Column.orders)
    case .remove(_, let field, let element): put(element, of: field)
    case .edit(_, let edits): put(edits)
    case .introduce(let introduction): put(introduction)
    case .found(let nonce): out.put(raw: nonce, in: Column.payloads)
    case .need(let level): out.put(varint: level, in: Column.payloads)
    case .unknown(let unknown): out.put(prefixed: unknown.payload, in: Column.payloads)
    }
  }

  private mutating func put(target entry: EntryID) {
    let known = entries[entry]
    let number = known ?? entryCount
    out.put(signed: Int64(number - lastEntry), in: Column.targets)
    lastEntry = number
    guard known == nil else { return }
    remember(entry)
    put(entry.creation.change.device, in: Column.entries)
    out.put(varint: entry.creation.change.seq, in: Column.entries)
    out.put(varint: UInt64(entry.creation.index), in: Column.entries)
  }

  private mutating func remember(_ entry: EntryID) {
    entries[entry] = entryCount
    entryCount += 1
    cursors.append(0)
  }

  /// 0 for the run's own device, else its number; a new one has the next number, and its bytes follow.
  private mutating func put(_ device: DeviceID, in column: UInt8) {
    if device == self.device {
      out.put(varint: 0, in: column)
    } else if let number = devices[device] {
      out.put(count: number, in: column)
    } else {
      devices[device] = devices.count + 1
      out.put(count: devices.count, in: column)
      out.put(raw: device.bytes, in: Column.devices)
    }
  }

  @discardableResult
  private mutating func put(label space: UInt8, _ role: [UInt8], _ name: ExactText) -> Int {
    let label = [space] + role + name.bytes
    if let number = labels[label] {
      out.put(count: number, in: Column.keys)
      return number
    }
    let number = labels.count
    labels[label] = number
    out.put(count: number, in: Column.keys)
    out.put(byte: space, in: Column.labels)
    out.put(raw: role, in: Column.labels)
    out.put(prefixed: name.bytes, in: Column.labels)
    return number
  }

  private mutating func put(_ value: RegisterValue, label: Int) {
    let column = Column.values(of: label)
    let differs = value.content.map { $0.plain != $0.source } ?? false
    out.put(
      byte: (value.content == nil ? 0 : 1) | (differs ? 2 : 0) | (value.from == nil ? 0 : 4), in: Column.shapes)
    if let content = value.content {
      out.put(count: content.source.bytes.count, in: Column.shapes)
      out.put(raw: content.source.bytes, in: column)
      if differs {
        out.put(count: content.plain.bytes.count, in: Column.shapes)
        out.put(raw: content.plain.bytes, in: column)
      }
    }
    if let from = value.from {
      put(from.change.device, in: Column.sources)
      out.put(varint: from.change.seq, in: Column.sources)
      out.put(varint: UInt64(from.index), in: Column.sources)
    }
  }

  private mutating func put(_ element: SetElement, of field: ExactText) {
    let label = put(label: LabelSpace.set, [], field)
    out.put(count: element.text.bytes.count, in: Column.shapes)
    out.put(varint: UInt64(element.ordinal), in: Column.shapes)
    out.put(raw: element.text.bytes, in: Column.values(of: label))
  }

  private mutating func put(_ edits: [TextEdit]) {
    out.put(count: edits.count, in: Column.steps)
    var cursor = cursors[lastEntry]
    for edit in edits {
      out.put(signed: Int64(edit.position - cursor), in: Column.positions)
      out.put(count: edit.deleted, in: Column.deletions)
      out.put(count: edit.inserted.bytes.count, in: Column.insertions)
      out.put(raw: edit.inserted.bytes, in: Column.text)
      cursor = edit.position + edit.inserted.bytes.count
    }
    cursors[lastEntry] = cursor
  }

  private mutating func put(_ introduction: Introduction) {
    out.put(byte: introduction.key == nil ? 0 : 1, in: Column.payloads)
    if let key = introduction.key {
      out.put(raw: key.publicKey.bytes, in: Column.payloads)
      out.put(raw: key.incarnation.bytes, in: Column.payloads)
    }
    out.put(prefixed: introduction.name.bytes, in: Column.payloads)
  }

  func sections() -> [PackedSection] { out.sections() }
}

/// Which parts of a change's header follow; the other bits are 0.
struct HeaderFlags: OptionSet {
  let rawValue: UInt8
  /// The device's change before is a parent.
  static let previousIsParent = HeaderFlags(rawValue: 1)
  static let otherParents = HeaderFlags(rawValue: 2)
  /// The origin is not `typed`.
  static let origin = HeaderFlags(rawValue: 4)
  static let message = HeaderFlags(rawValue: 8)
  static let all: HeaderFlags = [.previousIsParent, .otherParents, .origin, .message]
}
