import Bytes
package import History

/// The changes of a book that somebody lacks, in a file: signed runs, as they are stored, over a base vector.
package struct DiffFile: Equatable, Sendable {
  package let book: BookID
  /// What the one who lacks them has.
  package let base: VersionVector
  /// In an order in which they can be taken in; each device's follow each other from the base on.
  package let runs: [PackedRun]

  package init(book: BookID, base: VersionVector, runs: [PackedRun]) {
    self.book = book
    self.base = base
    self.runs = runs
  }

  package func encoded() -> [UInt8] {
    var writer = FileWriter(.diff, of: book)
    var vector = ByteWriter()
    vector.put(count: base.counts.count)
    for entry in base.counts {
      vector.put(entry.device.bytes)
      vector.put(varint: entry.count)
    }
    writer.put(FileSection.base, vector.bytes)
    for run in runs { writer.put(run) }
    return writer.finish()
  }

  /// Checks everything but what the runs hold, which `RunCodec.unpack` does.
  package init(decoding bytes: [UInt8]) throws(FormatError) {
    var reader = try FileReader(.diff, bytes)
    book = reader.book
    let first = try reader.next()
    let index = reader.count - 1
    base = try reader.expect(first, FileSection.base).read(index: index) { reader throws(DecodingError) in
      try Self.vector(&reader)
    }
    var chains = ChainCheck(base)
    var runs: [PackedRun] = []
    while let section = try reader.next() {
      let run = try reader.run(section)
      try chains.follow(run)
      runs.append(run)
    }
    self.runs = runs
  }

  static func vector(_ reader: inout ByteReader) throws(DecodingError) -> VersionVector {
    let count = try reader.count(limit: FormatLimits.devices)
    var counts: [VersionVector.Entry] = []
    for _ in 0..<count {
      let start = reader.offset
      guard let device = DeviceID(try reader.take(DeviceID.byteCount)) else {
        throw .truncated(at: start, missing: DeviceID.byteCount)
      }
      if let last = counts.last, last.device >= device { throw .outOfOrder(at: start) }
      let countStart = reader.offset
      let count = try reader.varint()
      guard count > 0, count <= FormatLimits.seq else { throw .outOfRange(at: countStart, found: count) }
      counts.append(VersionVector.Entry(device: device, count: count))
    }
    guard let vector = VersionVector(counts) else { throw .outOfOrder(at: 0) }
    return vector
  }
}

/// Follows the devices' chains through a file: each run begins where the one before ended.
struct ChainCheck {
  private var vector: VersionVector

  init(_ base: VersionVector) { vector = base }

  mutating func follow(_ run: PackedRun) throws(FormatError) {
    let expected = vector[run.device]
    guard run.first == expected else {
      throw .gap(ChangeRef(device: run.device, seq: run.first), expected: expected)
    }
    vector[run.device] = run.last + 1
  }
}
