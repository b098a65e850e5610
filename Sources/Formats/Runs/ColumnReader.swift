import Bytes
import Deflate

/// Reads the columns of a run, or its one stream of rows. Every read is bounded and says which column it stands in.
struct ColumnReader {
  private let isRows: Bool
  /// By column; rows are all in column 0.
  private var columns: [ByteReader]

  /// Unpacks the sections; what they hold together is bounded before the first is unpacked.
  init(_ run: PackedRun) throws(FormatError) {
    let known = try Self.known(run)
    isRows = known.contains { $0.section.kind == RunSection.rows }
    if isRows {
      guard known.count == 1 else { throw .sectionOrder(kind: RunSection.rows, section: known[known.count - 1].index) }
      columns = [ByteReader(try known[0].section.raw(index: known[0].index))]
      return
    }
    var bytes = [[UInt8]](repeating: [], count: 256)
    for (index, section) in known { try Self.share(out: section.raw(index: index), to: &bytes) }
    if !bytes[Int(Column.gaps)].isEmpty { try Self.bringRepeatsBack(&bytes) }
    columns = bytes.map { ByteReader($0) }
  }

  mutating func read<Item>(
    _ column: UInt8, _ item: (inout ByteReader) throws(DecodingError) -> Item
  ) throws(FormatError) -> Item {
    let slot = isRows ? 0 : Int(column)
    do { return try item(&columns[slot]) } catch { throw .content(error, column: UInt8(slot)) }
  }

  mutating func byte(_ column: UInt8) throws(FormatError) -> UInt8 {
    let slot = isRows ? 0 : Int(column)
    do { return try columns[slot].byte() } catch { throw .content(error, column: UInt8(slot)) }
  }

  mutating func varint(_ column: UInt8) throws(FormatError) -> UInt64 {
    let slot = isRows ? 0 : Int(column)
    do { return try columns[slot].varint() } catch { throw .content(error, column: UInt8(slot)) }
  }

  mutating func signed(_ column: UInt8) throws(FormatError) -> Int64 {
    let slot = isRows ? 0 : Int(column)
    do { return try columns[slot].signedVarint() } catch { throw .content(error, column: UInt8(slot)) }
  }

  mutating func count(_ column: UInt8, limit: Int) throws(FormatError) -> Int {
    let slot = isRows ? 0 : Int(column)
    do { return try columns[slot].count(limit: limit) } catch { throw .content(error, column: UInt8(slot)) }
  }

  mutating func take(_ count: Int, _ column: UInt8) throws(FormatError) -> [UInt8] {
    let slot = isRows ? 0 : Int(column)
    do { return try columns[slot].take(count) } catch { throw .content(error, column: UInt8(slot)) }
  }

  /// An error about what was just read from a column.
  func refuse(_ column: UInt8, found: UInt64) -> FormatError {
    let slot = isRows ? 0 : Int(column)
    return .content(.outOfRange(at: columns[slot].offset, found: found), column: UInt8(slot))
  }

  /// Refuses items that no change asked for.
  func finish() throws(FormatError) {
    for (number, column) in columns.enumerated() {
      do { try column.finish() } catch { throw .content(error, column: UInt8(number)) }
    }
  }

  /// The sections that this version knows, and where they stand.
  private static func known(_ run: PackedRun) throws(FormatError) -> [(index: Int, section: PackedSection)] {
    guard run.sections.count <= FormatLimits.sections else {
      throw .overLimit(.sections, limit: FormatLimits.sections)
    }
    guard (1...FormatLimits.changes).contains(run.count) else {
      throw .overLimit(.changes, limit: FormatLimits.changes)
    }
    var known: [(index: Int, section: PackedSection)] = []
    var rawCount = 0
    for (index, section) in run.sections.enumerated() {
      guard section.rawCount <= FormatLimits.section, rawCount + section.rawCount <= FormatLimits.run else {
        throw .overLimit(.bytes, limit: FormatLimits.run)
      }
      rawCount += section.rawCount
      switch section.kind {
      case RunSection.rows, RunSection.columns: known.append((index, section))
      case RunSection.firstIgnorable...: continue
      default: throw .unknownSection(kind: section.kind, section: index)
      }
    }
    return known
  }

  /// Hands the pieces of a section to their columns.
  private static func share(out raw: [UInt8], to columns: inout [[UInt8]]) throws(FormatError) {
    var reader = ByteReader(raw)
    while !reader.isAtEnd {
      let (column, piece) = try reader.layout { reader throws(DecodingError) in
        (try reader.byte(), try reader.prefixed(limit: FormatLimits.section))
      }
      if columns[Int(column)].isEmpty { columns[Int(column)] = piece } else { columns[Int(column)] += piece }
    }
  }

  /// Makes the text from its literals and copies.
  private static func bringRepeatsBack(_ columns: inout [[UInt8]]) throws(FormatError) {
    let text = Int(Column.text)
    var gaps = ByteReader(columns[Int(Column.gaps)])
    let rawCount: Int
    do { rawCount = try gaps.count(limit: FormatLimits.run) } catch { throw .content(error, column: Column.gaps) }
    let matches = LongRange.Matches(
      gaps: try numbers(&gaps, Column.gaps),
      lengths: try numbers(columns[Int(Column.lengths)], Column.lengths),
      sources: try numbers(columns[Int(Column.places)], Column.places),
      literals: columns[text])
    do { columns[text] = try LongRange.join(matches, rawCount: rawCount) } catch { throw .copies(error) }
    for column in [Column.gaps, Column.lengths, Column.places] { columns[Int(column)] = [] }
  }

  private static func numbers(_ bytes: [UInt8], _ column: UInt8) throws(FormatError) -> [UInt32] {
    var reader = ByteReader(bytes)
    return try numbers(&reader, column)
  }

  /// All that is left of a column, as numbers within a run's bytes.
  private static func numbers(_ reader: inout ByteReader, _ column: UInt8) throws(FormatError) -> [UInt32] {
    var numbers: [UInt32] = []
    numbers.reserveCapacity(min(reader.remaining / 2, FormatLimits.copies))
    while !reader.isAtEnd {
      guard numbers.count < FormatLimits.copies else { throw .overLimit(.copies, limit: FormatLimits.copies) }
      do { numbers.append(UInt32(try reader.count(limit: FormatLimits.run))) } catch {
        throw .content(error, column: column)
      }
    }
    return numbers
  }
}

extension PackedSection {
  /// The unpacked bytes; inflates at most one byte more than the section declares.
  func raw(index: Int) throws(FormatError) -> [UInt8] {
    guard isDeflated else { return packed }
    do { return try Deflate.unpack(packed, rawCount: rawCount) } catch { throw .packing(error, section: index) }
  }
}
