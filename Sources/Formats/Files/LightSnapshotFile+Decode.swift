package import Bytes
import History
import Merge

extension LightSnapshotFile {
  /// Checks everything that can be checked without a history, the id last.
  package init(decoding bytes: [UInt8], hash: ([UInt8]) -> Digest) throws(FormatError) {
    var reader = try FileReader(.light, bytes)
    let first = try reader.next()
    let index = reader.count - 1
    let head = try reader.expect(first, FileSection.standing)
    let standing = try head.read(index: index) { reader throws(DecodingError) in try LightStanding(from: &reader) }
    var packed: [(section: PackedSection, index: Int)] = []
    var section = try reader.next()
    while let found = section, found.kind == FileSection.entries || found.kind == FileSection.entriesGoOn {
      packed.append((found, reader.count - 1))
      section = try reader.next()
    }
    // Added up before the first is unpacked: a small file may announce more than there is memory for.
    guard packed.reduce(0, { $0 + $1.section.rawCount }) <= FormatLimits.states else {
      throw .overLimit(.bytes, limit: FormatLimits.states)
    }
    var entries = LightEntries(standing)
    for (section, index) in packed { try entries.add(section, index: index) }
    try entries.finish()
    let idIndex = reader.count - 1
    let id = try reader.expect(section, FileSection.stateID).read(index: idIndex) { reader throws(DecodingError) in
      try reader.digest()
    }
    if let more = try reader.next() { try reader.refuse(more) }
    let raw = try head.raw(index: index)
    guard Self.id(of: reader.book, standing: raw, entries: entries.bytes, hash: hash) == id else { throw .stateID }
    self.init(
      book: reader.book, version: standing.version, level: standing.level, devices: standing.devices,
      entries: entries.found)
  }
}

/// The first section of a light snapshot: the version, who wrote it, and how many entries there are.
struct LightStanding: Equatable, Sendable {
  let version: Version
  let level: UInt64
  let devices: [LightSnapshotFile.Device]
  let entryCount: UInt64

  init(from reader: inout ByteReader) throws(DecodingError) {
    let headsStart = reader.offset
    let count = try reader.count(limit: FormatLimits.devices)
    guard count > 0 else { throw .outOfRange(at: headsStart, found: 0) }
    var heads: [ChangeID] = []
    for _ in 0..<count { heads.append(ChangeID(try reader.digest())) }
    guard let version = Version(heads: heads) else { throw .outOfOrder(at: headsStart) }
    self.version = version
    let levelStart = reader.offset
    level = try reader.varint()
    guard level > 0 else { throw .outOfRange(at: levelStart, found: 0) }
    var devices: [LightSnapshotFile.Device] = []
    for _ in 0..<(try reader.count(limit: FormatLimits.devices)) {
      let start = reader.offset
      guard let device = DeviceID(try reader.take(DeviceID.byteCount)) else {
        throw .truncated(at: start, missing: DeviceID.byteCount)
      }
      if let last = devices.last, last.device >= device { throw .outOfOrder(at: start) }
      let countStart = reader.offset
      let count = try reader.varint()
      guard count > 0, count <= FormatLimits.seq else { throw .outOfRange(at: countStart, found: count) }
      devices.append(
        LightSnapshotFile.Device(device: device, count: count, name: try reader.exactText(limit: ChangeLimits.name)))
    }
    self.devices = devices
    entryCount = try reader.varint()
  }

  /// How many changes of each device the version holds.
  var vector: VersionVector {
    VersionVector(devices.map { VersionVector.Entry(device: $0.device, count: $0.count) }) ?? VersionVector()
  }
}

/// Entries as the sections of a light snapshot bring them.
struct LightEntries {
  private let entryCount: UInt64
  private let vector: VersionVector
  private(set) var found: [EntryState] = []
  /// What all sections so far hold.
  private(set) var bytes: [UInt8] = []
  /// The beginning of an entry that the next section goes on with.
  private var waiting: [UInt8] = []
  private var last = 0

  init(_ standing: LightStanding) {
    entryCount = standing.entryCount
    vector = standing.vector
  }

  mutating func add(_ section: PackedSection, index: Int) throws(FormatError) {
    let raw = try section.raw(index: index)
    last = index
    let goesOn = section.kind == FileSection.entriesGoOn
    guard goesOn != waiting.isEmpty else { throw .sectionOrder(kind: section.kind, section: index) }
    bytes += raw
    let before = waiting.count
    waiting += raw
    let taken: Int
    do throws(DecodingError) { taken = try takeWholeEntries() } catch {
      waiting = []
      throw .section(error.shifted(by: -before), index)
    }
    // Not copied where nothing was whole: an entry may go on through all sections that there can be.
    if taken > 0 { waiting.removeFirst(taken) }
  }

  /// Takes those that wait to their end; how many bytes they are.
  private mutating func takeWholeEntries() throws(DecodingError) -> Int {
    var reader = ByteReader(waiting)
    while !reader.isAtEnd {
      let start = reader.offset
      guard let state = try reader.prefixedIfWhole(limit: FormatLimits.states) else { return start }
      let base = reader.offset - state.count
      do throws(DecodingError) { try add(state) } catch { throw error.shifted(by: base) }
    }
    return reader.offset
  }

  /// Refuses an entry that was begun and not ended, and another number of entries than was announced.
  func finish() throws(FormatError) {
    guard waiting.isEmpty else { throw .section(.truncated(at: waiting.count, missing: 1), last) }
    guard UInt64(found.count) == entryCount else {
      throw .section(.outOfRange(at: 0, found: UInt64(found.count)), 0)
    }
  }

  private mutating func add(_ bytes: [UInt8]) throws(DecodingError) {
    var reader = ByteReader(bytes)
    let state = try EntryState(from: &reader)
    try reader.finish()
    var again = ByteWriter(reserving: bytes.count)
    state.encode(into: &again)
    guard again.bytes == bytes, state.isSettled else { throw .notCanonical(at: 0) }
    if let last = found.last, last.id >= state.id { throw .outOfOrder(at: 0) }
    guard state.changes.allSatisfy({ $0.seq < vector[$0.device] }) else {
      throw .outOfRange(at: 0, found: UInt64(found.count))
    }
    found.append(state)
  }
}

extension ByteReader {
  /// A length and as many bytes; nil where they are not all there, wherever they stop.
  fileprivate mutating func prefixedIfWhole(limit: Int) throws(DecodingError) -> [UInt8]? {
    do { return try prefixed(limit: limit) } catch {
      if case .truncated = error { return nil }
      throw error
    }
  }
}
