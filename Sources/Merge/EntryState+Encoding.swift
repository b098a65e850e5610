package import Bytes
import History

// Layout of a laptop's own store and of light snapshots (formats.md, Entry states): the entry, the devices that the rest names by number, registers,
// sets, deletions, touches, body. What a count may be is bounded by the bytes that follow, at least one each.

extension EntryState {
  package func encode(into writer: inout ByteWriter) {
    writer.put(id.creation.change)
    writer.put(varint: UInt64(id.creation.index))
    writer.put(text: kind)
    writer.put(varint: creation.lamport)
    let devices = DeviceTable(of: self)
    writer.put(count: devices.devices.count)
    for device in devices.devices { writer.put(device.bytes) }
    writer.put(count: registers.count)
    for keyed in registers {
      writer.put(byte: keyed.key.role.rawValue)
      writer.put(text: keyed.key.name)
      keyed.register.encode(into: &writer, devices)
    }
    writer.put(count: sets.count)
    for fieldSet in sets {
      writer.put(text: fieldSet.field)
      fieldSet.set.encode(into: &writer, devices)
    }
    writer.put(deletions, devices)
    writer.put(touches, devices)
    writer.put(count: bodyHeads.count)
    for head in bodyHeads { writer.put(head, devices) }
    writer.put(count: bodyEdits)
    writer.put(count: waitingEdits)
    writer.put(prefixed: text.bytes)
  }

  package init(from reader: inout ByteReader) throws(DecodingError) {
    let ref = try reader.changeRef()
    let index = UInt32(try reader.count(limit: Int(UInt32.max)))
    id = EntryID(creation: OperationRef(change: ref, index: index))
    kind = try reader.exactText(limit: ChangeLimits.label)
    creation = Stamp(lamport: try reader.varint(), operation: id.creation)
    let devices = try DeviceTable(from: &reader)
    registers = try reader.ascending(by: \.key) { reader throws(DecodingError) in
      let key = RegisterKey(Role(rawValue: try reader.byte()), try reader.exactText(limit: ChangeLimits.label))
      return KeyedRegister(key: key, register: try Register(from: &reader, devices))
    }
    sets = try reader.ascending(by: \.field) { reader throws(DecodingError) in
      let field = try reader.exactText(limit: ChangeLimits.label)
      return FieldSet(field: field, set: try ElementSet(from: &reader, devices))
    }
    deletions = try reader.stamps(devices)
    touches = try reader.stamps(devices)
    bodyHeads = try reader.ascending(by: \.self) { reader throws(DecodingError) in try reader.ref(devices) }
    bodyEdits = try reader.count(limit: ChangeLimits.position)
    waitingEdits = try reader.count(limit: ChangeLimits.position)
    text = TextBuffer(try reader.exactText(limit: ChangeLimits.position))
  }
}

extension Register {
  fileprivate func encode(into writer: inout ByteWriter, _ devices: DeviceTable) {
    writer.put(count: members.count)
    for member in members {
      writer.put(member.stamp, devices)
      writer.put(byte: member.place)
      member.value.encode(into: &writer)
    }
  }

  fileprivate init(from reader: inout ByteReader, _ devices: DeviceTable) throws(DecodingError) {
    var members: [Member] = []
    for _ in 0..<(try reader.count(limit: reader.remaining)) {
      let start = reader.offset
      let stamp = try reader.stamp(devices)
      let place = try reader.byte()
      if let last = members.last {
        guard stamp < last.stamp || stamp == last.stamp && place > last.place else { throw .outOfOrder(at: start) }
      }
      members.append(Member(stamp: stamp, place: place, value: try RegisterValue(from: &reader)))
    }
    self.init(members: members)
  }
}

extension ElementSet {
  fileprivate func encode(into writer: inout ByteWriter, _ devices: DeviceTable) {
    writer.put(count: slots.count)
    for slot in slots {
      slot.element.encode(into: &writer)
      writer.put(count: slot.additions.count)
      for addition in slot.additions {
        writer.put(addition.stamp, devices)
        writer.put(text: addition.order.text)
      }
    }
  }

  fileprivate init(from reader: inout ByteReader, _ devices: DeviceTable) throws(DecodingError) {
    let slots = try reader.ascending(by: \Slot.element) { reader throws(DecodingError) in
      let element = try SetElement(from: &reader)
      var additions: [Addition] = []
      for _ in 0..<(try reader.count(limit: reader.remaining)) {
        let stamp = try reader.stamp(devices)
        let start = reader.offset
        guard let order = OrderKey(try reader.exactText(limit: ChangeLimits.orderKey)) else {
          throw .notCanonical(at: start)
        }
        if let last = additions.last, last.stamp <= stamp { throw .outOfOrder(at: start) }
        additions.append(Addition(stamp: stamp, order: order))
      }
      guard !additions.isEmpty else { throw .notCanonical(at: reader.offset) }
      return Slot(element: element, additions: additions)
    }
    self.init(slots: slots)
  }
}

/// The devices that an entry's stamps name, ascending, so that each stands once.
private struct DeviceTable {
  let devices: [DeviceID]

  init(of entry: EntryState) {
    var all: [DeviceID] = []
    for change in entry.changes where all.last != change.device { all.append(change.device) }
    all.sort()
    var distinct: [DeviceID] = []
    for device in all where device != distinct.last { distinct.append(device) }
    devices = distinct
  }

  init(from reader: inout ByteReader) throws(DecodingError) {
    devices = try reader.ascending(by: \.self) { reader throws(DecodingError) in
      let start = reader.offset
      guard let device = DeviceID(try reader.take(DeviceID.byteCount)) else {
        throw .truncated(at: start, missing: 0)
      }
      return device
    }
  }

  /// A device of the entry that the table was made of.
  func number(of device: DeviceID) -> Int { devices.partitioningIndex { $0 >= device } }
}

extension ByteWriter {
  fileprivate mutating func put(_ ref: ChangeRef, _ devices: DeviceTable) {
    put(count: devices.number(of: ref.device))
    put(varint: ref.seq)
  }

  fileprivate mutating func put(_ stamp: Stamp, _ devices: DeviceTable) {
    put(stamp.change, devices)
    put(varint: UInt64(stamp.operation.index))
    put(varint: stamp.lamport)
  }

  fileprivate mutating func put(_ stamps: [Stamp], _ devices: DeviceTable) {
    put(count: stamps.count)
    for stamp in stamps { put(stamp, devices) }
  }
}

extension ByteReader {
  fileprivate mutating func ref(_ devices: DeviceTable) throws(DecodingError) -> ChangeRef {
    let start = offset
    let number = try varint()
    guard number < UInt64(devices.devices.count) else { throw .outOfRange(at: start, found: number) }
    return ChangeRef(device: devices.devices[Int(number)], seq: try varint())
  }

  fileprivate mutating func stamp(_ devices: DeviceTable) throws(DecodingError) -> Stamp {
    let ref = try ref(devices)
    let index = UInt32(try count(limit: Int(UInt32.max)))
    return Stamp(lamport: try varint(), operation: OperationRef(change: ref, index: index))
  }

  fileprivate mutating func stamps(_ devices: DeviceTable) throws(DecodingError) -> [Stamp] {
    try ascending(by: \.self) { reader throws(DecodingError) in try reader.stamp(devices) }
  }

  /// A count and as many items, whose keys ascend.
  fileprivate mutating func ascending<Item, Key: Comparable>(
    by key: KeyPath<Item, Key>, _ read: (inout ByteReader) throws(DecodingError) -> Item
  ) throws(DecodingError) -> [Item] {
    var items: [Item] = []
    for _ in 0..<(try count(limit: remaining)) {
      let start = offset
      let item = try read(&self)
      if let last = items.last, last[keyPath: key] >= item[keyPath: key] { throw .outOfOrder(at: start) }
      items.append(item)
    }
    return items
  }
}
