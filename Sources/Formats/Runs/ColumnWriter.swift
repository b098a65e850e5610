import Bytes
import Deflate

/// Collects the columns of a run, or its one stream of rows, and packs them into sections.
struct ColumnWriter {
  private let isRows: Bool
  /// By column; rows are all in column 0.
  private var columns = [ByteWriter](repeating: ByteWriter(), count: 256)

  init(isRows: Bool) { self.isRows = isRows }

  var rowCount: Int { columns[0].count }

  mutating func put(byte: UInt8, in column: UInt8) { columns[slot(column)].put(byte: byte) }
  mutating func put(varint: UInt64, in column: UInt8) { columns[slot(column)].put(varint: varint) }
  mutating func put(count: Int, in column: UInt8) { columns[slot(column)].put(count: count) }
  mutating func put(signed: Int64, in column: UInt8) { columns[slot(column)].put(signed: signed) }
  mutating func put(raw: [UInt8], in column: UInt8) { columns[slot(column)].put(raw) }
  mutating func put(prefixed: [UInt8], in column: UInt8) { columns[slot(column)].put(prefixed: prefixed) }

  private func slot(_ column: UInt8) -> Int { isRows ? 0 : Int(column) }

  /// The sections; in columns, with the repeats taken out of the text where that makes it shorter.
  func sections() -> [PackedSection] {
    if isRows {
      let rows = columns[0].bytes
      return [PackedSection(kind: RunSection.rows, rawCount: rows.count, isDeflated: false, packed: rows)]
    }
    guard let thinned = withoutRepeats() else { return packed(columns) }
    let sections = packed(thinned)
    // In a text of this length the repeats always pay; packing it twice would only cost time.
    if columns[Int(Column.text)].count > Self.certainRepeats { return sections }
    let whole = packed(columns)
    return Self.size(whole) <= Self.size(sections) ? whole : sections
  }

  private static let certainRepeats = 4 << 20

  private static func size(_ sections: [PackedSection]) -> Int { sections.reduce(0) { $0 + $1.packed.count } }

  private func packed(_ columns: [ByteWriter]) -> [PackedSection] {
    let isLarge = columns.reduce(0) { $0 + $1.count } > FormatLimits.section
    var packer = SectionPacker(level: isLarge ? 6 : 9)
    for number in UInt8.min...UInt8.max { packer.add(columns[Int(number)].bytes, column: number) }
    return packer.finish()
  }

  /// The columns with literals and copies in place of the text; nil when it repeats nothing that deflate would not see.
  private func withoutRepeats() -> [ByteWriter]? {
    let text = columns[Int(Column.text)].bytes
    guard text.count > LongRange.nearest else { return nil }
    let matches = LongRange.split(text)
    guard !matches.gaps.isEmpty else { return nil }
    var literals = ByteWriter(reserving: matches.literals.count)
    literals.put(matches.literals)
    var gaps = ByteWriter(reserving: 2 * matches.gaps.count)
    var lengths = ByteWriter(reserving: matches.gaps.count)
    var places = ByteWriter(reserving: 4 * matches.gaps.count)
    gaps.put(count: text.count)
    for index in matches.gaps.indices {
      gaps.put(varint: UInt64(matches.gaps[index]))
      lengths.put(varint: UInt64(matches.lengths[index]))
      places.put(varint: UInt64(matches.sources[index]))
    }
    var columns = columns
    columns[Int(Column.text)] = literals
    columns[Int(Column.gaps)] = gaps
    columns[Int(Column.lengths)] = lengths
    columns[Int(Column.places)] = places
    return columns
  }
}

/// Gathers small columns into one section, gives large ones their own, and packs each.
struct SectionPacker {
  /// Below this many bytes a column shares a section: a deflate stream of its own would cost more than it saves.
  static let small = 400
  /// A piece of a column: its number, a length, the bytes.
  private static let pieceHead = 4

  private let level: Int
  private var shared = ByteWriter()
  private var own: [PackedSection] = []

  init(level: Int) { self.level = level }

  mutating func add(_ bytes: [UInt8], column: UInt8) {
    if bytes.isEmpty { return }
    if bytes.count < Self.small {
      if shared.count + bytes.count + Self.pieceHead > FormatLimits.section { flush() }
      shared.put(byte: column)
      shared.put(prefixed: bytes)
      return
    }
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + FormatLimits.section - Self.pieceHead)
      var piece = ByteWriter(reserving: end - start + Self.pieceHead)
      piece.put(byte: column)
      piece.put(prefixed: Array(bytes[start..<end]))
      own.append(pack(piece.bytes, strategy: Self.strategy(of: column)))
      start = end
    }
  }

  mutating func finish() -> [PackedSection] {
    flush()
    return own
  }

  private mutating func flush() {
    if shared.count > 0 { own.append(pack(shared.bytes, strategy: .default)) }
    shared = ByteWriter()
  }

  private static func strategy(of column: UInt8) -> Deflate.Strategy {
    switch column {
    case Column.gaps, Column.lengths, Column.places: .huffmanOnly
    case Column.positions, Column.deletions, Column.insertions, Column.entries, Column.times: .filtered
    default: .default
    }
  }

  private func pack(_ raw: [UInt8], strategy: Deflate.Strategy) -> PackedSection {
    let packed = Deflate.pack(raw, level: level, strategy: strategy)
    let isShorter = packed.count < raw.count
    return PackedSection(
      kind: RunSection.columns, rawCount: raw.count, isDeflated: isShorter, packed: isShorter ? packed : raw)
  }
}
