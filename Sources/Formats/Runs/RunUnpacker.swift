import Bytes
import History

/// Puts changes together from columns or rows: first the canonical bytes of each body, then what those say, so that
/// `CanonicalBody` alone knows which operations there can be.
struct RunUnpacker {
  private var columns: ColumnReader
  private let device: DeviceID
  private let first: UInt64
  private var ids: [ChangeID] = []
  private var time: Int64 = 0
  /// Number 0 is the run's own.
  private var devices: [DeviceID]
  private var entries: [EntryID] = []
  private var lastEntry = -1
  private var cursors: [Int] = []
  private var labels: [Label] = []
  private var items = 0
  private var bodyBytes = 0

  private struct Label {
    let space: UInt8
    /// Role (for a register) and name, as they stand in a canonical payload.
    let canonical: [UInt8]
    let column: UInt8
  }

  init(_ run: PackedRun, columns: ColumnReader) {
    self.columns = columns
    device = run.device
    first = run.first
    devices = [run.device]
  }

  mutating func remember(_ id: ChangeID) { ids.append(id) }

  func finish() throws(FormatError) { try columns.finish() }

  mutating func change(
    book: BookID, previous: ChangeID?, ids known: (ChangeRef) -> ChangeID?, hash: ([UInt8]) -> Digest
  ) throws(FormatError) -> Change {
    let ref = ChangeRef(device: device, seq: first + UInt64(ids.count))
    var fields = try fields(of: ref, previous: previous, known: known)
    let count = try columns.count(Column.counts, limit: ChangeLimits.operations)
    try add(items: count)
    let body = try body(of: ref, operations: count)
    let operations: [Operation]
    do { operations = try CanonicalBody.decode(body, of: ref) } catch { throw .body(error, of: ref) }
    fields.book = operations.contains(where: \.founds) ? .zero : book
    do { return try Change(fields, operations: operations, body: body, hash: hash) } catch { throw .change(error, ref) }
  }

  // MARK: The header

  private mutating func fields(
    of ref: ChangeRef, previous: ChangeID?, known: (ChangeRef) -> ChangeID?
  ) throws(FormatError) -> ChangeHeader.Fields {
    let byte = try columns.byte(Column.flags)
    let flags = HeaderFlags(rawValue: byte)
    guard HeaderFlags.all.isSuperset(of: flags) else { throw columns.refuse(Column.flags, found: UInt64(byte)) }
    time = time &+ (try columns.signed(Column.times))
    var parents: [ChangeID] = []
    if flags.contains(.previousIsParent) {
      guard let previous else { throw columns.refuse(Column.flags, found: UInt64(byte)) }
      parents.append(previous)
    }
    if flags.contains(.otherParents) { parents += try otherParents(of: ref, known: known) }
    var origin = Origin.typed
    if flags.contains(.origin) {
      origin = try columns.read(Column.notes) { reader throws(DecodingError) in try Origin(from: &reader) }
      if origin == .typed { throw columns.refuse(Column.notes, found: 0) }
    }
    var message: ExactText = ""
    if flags.contains(.message) {
      message = try columns.read(Column.notes) { reader throws(DecodingError) in
        try reader.exactText(limit: ChangeLimits.message)
      }
      if message.isEmpty { throw columns.refuse(Column.notes, found: 0) }
    }
    return ChangeHeader.Fields(
      book: .zero, ref: ref, previous: previous, parents: parents.sorted(), time: time, origin: origin,
      message: message)
  }

  private mutating func otherParents(
    of ref: ChangeRef, known: (ChangeRef) -> ChangeID?
  ) throws(FormatError) -> [ChangeID] {
    let count = try columns.count(Column.parents, limit: ChangeLimits.parents)
    guard count > 0 else { throw columns.refuse(Column.parents, found: 0) }
    try add(items: count)
    var parents: [ChangeID] = []
    for _ in 0..<count {
      let parent = ChangeRef(device: try device(in: Column.parents), seq: try columns.varint(Column.parents))
      let isOwn = parent.device == device && parent.seq >= first
      let place = isOwn ? parent.seq - first : 0
      guard let id = isOwn ? (place < UInt64(ids.count) ? ids[Int(place)] : nil) : known(parent) else {
        throw .unknownParent(parent, of: ref)
      }
      parents.append(id)
    }
    return parents
  }

  // MARK: The body

  private mutating func body(of ref: ChangeRef, operations count: Int) throws(FormatError) -> [UInt8] {
    var body = ByteWriter()
    var context: EntryID?
    for index in 0..<count {
      let type = try columns.varint(Column.types)
      var payload = ByteWriter()
      if type < Operation.firstTypeWithoutEntry {
        let entry = try target()
        payload.put(canonical: entry, of: ref, context: context)
        context = entry
      }
      try rest(of: type, into: &payload)
      if type == Operation.creationType {
        let created = EntryID(creation: OperationRef(change: ref, index: UInt32(clamping: index)))
        remember(created)
        lastEntry = entries.count - 1
        context = created
      }
      body.put(varint: type)
      body.put(prefixed: payload.bytes)
      guard body.count <= ChangeLimits.body else {
        throw .body(.tooLong(at: 0, found: UInt64(body.count), limit: ChangeLimits.body), of: ref)
      }
    }
    bodyBytes += body.count
    guard bodyBytes <= FormatLimits.run else { throw .overLimit(.bytes, limit: FormatLimits.run) }
    return body.bytes
  }

  private mutating func rest(of type: UInt64, into payload: inout ByteWriter) throws(FormatError) {
    switch type {
    case 1, 2: break
    case 3:
      let label = try label(LabelSpace.register)
      payload.put(label.canonical)
      let count = try columns.count(Column.shapes, limit: ChangeLimits.values)
      try add(items: count)
      payload.put(count: count)
      for _ in 0..<count { try value(label, into: &payload) }
    case 4:
      try element(into: &payload)
      payload.put(prefixed: try prefixed(Column.orders, limit: ChangeLimits.orderKey))
    case 5: try element(into: &payload)
    case 6: try edits(into: &payload)
    case 64: payload.put(try label(LabelSpace.kind).canonical)
    case 65:
      let flag = try columns.byte(Column.payloads)
      payload.put(byte: flag)
      if flag == 1 {
        payload.put(try columns.take(PublicKey.byteCount + Incarnation.byteCount, Column.payloads))
      }
      payload.put(prefixed: try prefixed(Column.payloads, limit: ChangeLimits.name))
    case 66: payload.put(try columns.take(Operation.nonceCount, Column.payloads))
    case 67: payload.put(varint: try columns.varint(Column.payloads))
    default: payload.put(try prefixed(Column.payloads, limit: ChangeLimits.unknown))
    }
  }

  private mutating func value(_ label: Label, into payload: inout ByteWriter) throws(FormatError) {
    let flags = try columns.byte(Column.shapes)
    payload.put(byte: flags)
    if flags & 1 != 0 { try text(label, limit: ChangeLimits.value, into: &payload) }
    if flags & 2 != 0 { try text(label, limit: ChangeLimits.value, into: &payload) }
    guard flags & 4 != 0 else { return }
    payload.put(try device(in: Column.sources).bytes)
    payload.put(varint: try columns.varint(Column.sources))
    payload.put(varint: try columns.varint(Column.sources))
  }

  private mutating func element(into payload: inout ByteWriter) throws(FormatError) {
    let label = try label(LabelSpace.set)
    payload.put(label.canonical)
    let count = try columns.count(Column.shapes, limit: ChangeLimits.label)
    let ordinal = try columns.varint(Column.shapes)
    payload.put(prefixed: try columns.take(count, label.column))
    payload.put(varint: ordinal)
  }

  private mutating func text(_ label: Label, limit: Int, into payload: inout ByteWriter) throws(FormatError) {
    let count = try columns.count(Column.shapes, limit: limit)
    payload.put(prefixed: try columns.take(count, label.column))
  }

  private mutating func edits(into payload: inout ByteWriter) throws(FormatError) {
    let count = try columns.count(Column.steps, limit: ChangeLimits.edits)
    try add(items: count)
    var cursor = cursors[lastEntry]
    for _ in 0..<count {
      let (position, isBeyond) = cursor.addingReportingOverflow(Int(try columns.signed(Column.positions)))
      guard !isBeyond, (0...ChangeLimits.position).contains(position) else {
        throw columns.refuse(Column.positions, found: UInt64(bitPattern: Int64(position)))
      }
      payload.put(count: position)
      payload.put(varint: try columns.varint(Column.deletions))
      let length = try columns.count(Column.insertions, limit: ChangeLimits.insertion)
      payload.put(prefixed: try columns.take(length, Column.text))
      cursor = position + length
    }
    cursors[lastEntry] = cursor
  }

  // MARK: Numbers

  /// The entry of the next operation.
  private mutating func target() throws(FormatError) -> EntryID {
    let step = try columns.signed(Column.targets)
    let (number, isBeyond) = lastEntry.addingReportingOverflow(Int(step))
    guard !isBeyond, (0...entries.count).contains(number) else {
      throw columns.refuse(Column.targets, found: UInt64(bitPattern: step))
    }
    if number == entries.count {
      let change = ChangeRef(device: try device(in: Column.entries), seq: try columns.varint(Column.entries))
      let index = try columns.count(Column.entries, limit: Int(UInt32.max))
      remember(EntryID(creation: OperationRef(change: change, index: UInt32(clamping: index))))
    }
    lastEntry = number
    return entries[number]
  }

  private mutating func remember(_ entry: EntryID) {
    entries.append(entry)
    cursors.append(0)
  }

  private mutating func device(in column: UInt8) throws(FormatError) -> DeviceID {
    let number = try columns.count(column, limit: devices.count)
    if number < devices.count { return devices[number] }
    guard let device = DeviceID(try columns.take(DeviceID.byteCount, Column.devices)) else {
      throw columns.refuse(Column.devices, found: 0)
    }
    devices.append(device)
    return device
  }

  private mutating func label(_ space: UInt8) throws(FormatError) -> Label {
    let number = try columns.count(Column.keys, limit: labels.count)
    if number == labels.count {
      let space = try columns.byte(Column.labels)
      guard space <= LabelSpace.register else { throw columns.refuse(Column.labels, found: UInt64(space)) }
      var canonical = ByteWriter()
      if space == LabelSpace.register { canonical.put(byte: try columns.byte(Column.labels)) }
      canonical.put(prefixed: try prefixed(Column.labels, limit: ChangeLimits.label))
      labels.append(Label(space: space, canonical: canonical.bytes, column: Column.values(of: number)))
    }
    guard labels[number].space == space else { throw columns.refuse(Column.keys, found: UInt64(number)) }
    return labels[number]
  }

  private mutating func prefixed(_ column: UInt8, limit: Int) throws(FormatError) -> [UInt8] {
    try columns.take(columns.count(column, limit: limit), column)
  }

  private mutating func add(items count: Int) throws(FormatError) {
    items += count
    guard items <= FormatLimits.items else { throw .overLimit(.items, limit: FormatLimits.items) }
  }
}

extension Operation {
  /// The type of `create`, which names the entry that the operations after it are about.
  static let creationType: UInt64 = 64
}

extension ByteWriter {
  /// An entry in the canonical spelling (`formats.md`, Operations).
  mutating func put(canonical entry: EntryID, of change: ChangeRef, context: EntryID?) {
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
