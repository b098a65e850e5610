package import Bytes
package import History

/// What the sections of a file say, as far as they can be read, and everything that is wrong with them.
///
/// Never empty of faults for a file that `DiffFile`, `SnapshotFile` or `ChangeFile` refuses.
package struct FileContents: Equatable, Sendable {
  package let outline: FileOutline
  /// What each section of the outline is, as far as it was used.
  package private(set) var roles: [Int: SectionRole] = [:]
  /// Of a diff: what the one who lacks the changes has.
  package private(set) var base: VersionVector?
  package private(set) var chunks: [SnapshotChunkHead] = []
  package private(set) var runs: [PlacedRun] = []
  /// Of a change: its canonical header and body.
  package private(set) var header: [UInt8] = []
  package private(set) var body: [UInt8] = []
  /// Of a light snapshot: whose changes its version holds; nil where that cannot be read.
  package private(set) var light: LightContents?
  package internal(set) var faults: [FileFault] = []
  private var open: PlacedRun?
  private var hasEnd = false

  /// A chunk as its head announces it.
  package struct SnapshotChunkHead: Equatable, Sendable {
    package let epoch: [UInt8]
    package let first: UInt64
    package let runCount: Int
  }

  /// A run, and where in the file it lies.
  package struct PlacedRun: Equatable, Sendable {
    package let head: PackedRunHead
    /// Of its head, among the sections of the file; its own follow.
    package let section: Int
    package internal(set) var range: Range<Int>
    package internal(set) var sections: [FileOutline.PlacedSection]

    /// Nil while sections are missing.
    package var run: PackedRun? {
      sections.count == head.sectionCount ? head.run(sections.map(\.section)) : nil
    }
  }

  /// `notAFile` and `unknownVersion` as `FileOutline` says; all else is a fault.
  package init(of bytes: [UInt8], hash: ([UInt8]) -> Digest) throws(FormatError) {
    let written = try FileContents(asWritten: bytes, hash: hash)
    self = written.withKindPutRight(in: bytes, hash: hash) ?? written
  }

  /// Takes every section for what its kind says that it is.
  init(asWritten bytes: [UInt8], hash: ([UInt8]) -> Digest) throws(FormatError) {
    outline = try FileOutline(of: bytes)
    noteHead()
    for part in outline.parts {
      switch part {
      case .section(let section): read(section)
      case .lost(let range): lose(range, ofCount: bytes.count)
      }
    }
    close()
    if !hasEnd { faults.append(FileFault(range: bytes.count..<bytes.count, section: nil, what: .noEnd)) }
    if faults.isEmpty, let refusal = refusal(bytes, hash: hash) {
      faults.append(FileFault(range: 0..<bytes.count, section: nil, what: .refused(refusal)))
    }
  }

  package var kind: FileKind? { FileKind(rawValue: outline.head.kind) }

  /// What whoever takes the file in says of it.
  private func refusal(_ bytes: [UInt8], hash: ([UInt8]) -> Digest) -> FormatError? {
    do throws(FormatError) {
      switch kind {
      case .change: _ = try ChangeFile.decode(bytes, hash: hash)
      case .diff: _ = try DiffFile(decoding: bytes)
      case .snapshot: _ = try SnapshotFile(decoding: bytes)
      case .light: _ = try LightSnapshotFile(decoding: bytes, hash: hash)
      case nil: throw .otherKind(outline.head.kind)
      }
    } catch { return error }
    return nil
  }

  private mutating func noteHead() {
    guard let damage = outline.head.damage else { return }
    faults.append(FileFault(range: 0..<FileOutline.Head.byteCount, section: nil, what: FileFault.What(damage)))
  }

  private mutating func lose(_ range: Range<Int>, ofCount count: Int) {
    // What stands behind the end was never a section.
    faults.append(FileFault(range: range, section: nil, what: hasEnd && range.upperBound == count ? .trailing : .lost))
  }

  private mutating func read(_ placed: FileOutline.PlacedSection) {
    if let damage = placed.damage { note(placed, FileFault.What(damage)) }
    let raw: [UInt8]
    do { raw = try placed.section.raw(index: placed.index) } catch {
      if placed.damage == nil { note(placed, .refused(error)) }
      // A run keeps the place: what its other sections hold is still counted.
      if wantsSections { add(placed) }
      return
    }
    let role = role(of: placed, raw)
    roles[placed.index] = role
    switch role {
    case .header: header = raw
    case .body: body += raw
    case .base: base = read(placed, raw) { reader throws(DecodingError) in try DiffFile.vector(&reader) }
    case .chunk:
      close()
      if let head = read(placed, raw, Self.chunkHead) { chunks.append(head) }
    case .run:
      close()
      open = runHead(raw).map { PlacedRun(head: $0, section: placed.index, range: placed.range, sections: []) }
      if open == nil { note(placed, .content) }
    case .rows, .columns: add(placed)
    case .standing:
      light = read(placed, raw) { reader throws(DecodingError) in LightContents(try LightStanding(from: &reader)) }
    case .entries, .entriesGoOn:
      if let error = light?.add(placed.section, index: placed.index) { note(placed, .refused(error)) }
    case .stateID: light?.id = Digest(raw)
    case .end: hasEnd = true
    case .ignorable: if wantsSections { add(placed) }
    case .unknown: note(placed, .unknownKind(placed.section.kind))
    }
  }

  /// By its kind; where that has no meaning here, by what it holds.
  private mutating func role(of placed: FileOutline.PlacedSection, _ raw: [UInt8]) -> SectionRole {
    let said = SectionRole(kind: placed.section.kind)
    if fits(said, raw) { return said }
    let held: SectionRole
    if wantsSections {
      held = .columns
    } else if runHead(raw) != nil {
      held = .run
    } else if count(raw) == UInt64(placed.index) {
      held = .end
    } else {
      return .unknown
    }
    note(placed, .unknownKind(placed.section.kind))
    return held
  }

  /// Whether sections of the run that was announced last are still to come.
  private var wantsSections: Bool { open.map { $0.sections.count < $0.head.sectionCount } ?? false }

  private func fits(_ role: SectionRole, _ raw: [UInt8]) -> Bool {
    switch role {
    case .rows, .columns: wantsSections
    case .run: kind != .change && runHead(raw) != nil
    case .end: count(raw) != nil
    case .chunk: kind == .snapshot && isChunkHead(raw)
    case .base: kind == .diff && base == nil
    case .header, .body: kind == .change
    case .standing: kind == .light && light == nil
    case .entries, .entriesGoOn: kind == .light
    case .stateID: kind == .light && raw.count == Digest.byteCount
    case .ignorable: true
    case .unknown: false
    }
  }

  private func runHead(_ raw: [UInt8]) -> PackedRunHead? {
    var reader = ByteReader(raw)
    guard let head = try? reader.runHead(), reader.isAtEnd else { return nil }
    return head
  }

  /// Where sections of a run are to come, one of these with its kind altered looks like a chunk that is damaged.
  private func isChunkHead(_ raw: [UInt8]) -> Bool {
    guard wantsSections else { return raw.count > SnapshotChunk.epochByteCount }
    var reader = ByteReader(raw)
    return (try? Self.chunkHead(&reader)) != nil && reader.isAtEnd
  }

  private static func chunkHead(_ reader: inout ByteReader) throws(DecodingError) -> SnapshotChunkHead {
    let epoch = try reader.take(SnapshotChunk.epochByteCount)
    return SnapshotChunkHead(
      epoch: epoch, first: try reader.varint(), runCount: try reader.count(limit: FormatLimits.runs))
  }

  private func count(_ raw: [UInt8]) -> UInt64? {
    var reader = ByteReader(raw)
    guard let count = try? reader.varint(), reader.isAtEnd else { return nil }
    return count
  }

  private mutating func add(_ placed: FileOutline.PlacedSection) {
    guard var run = open, run.sections.count < run.head.sectionCount else { return note(placed, .stray) }
    run.sections.append(placed)
    run.range = run.range.lowerBound..<placed.range.upperBound
    open = run
  }

  private mutating func close() {
    guard let run = open else { return }
    open = nil
    runs.append(run)
    if run.run == nil {
      let what = FileFault.What.incompleteRun(
        device: run.head.device, first: run.head.first, sections: run.sections.count, of: run.head.sectionCount)
      faults.append(FileFault(range: run.range, section: run.section, what: what))
    }
  }

  private mutating func read<Item>(
    _ placed: FileOutline.PlacedSection, _ raw: [UInt8],
    _ item: (inout ByteReader) throws(DecodingError) -> Item
  ) -> Item? {
    var reader = ByteReader(raw)
    do {
      let found = try item(&reader)
      try reader.finish()
      return found
    } catch {
      note(placed, .refused(.section(error, placed.index)))
      return nil
    }
  }

  private mutating func note(_ placed: FileOutline.PlacedSection, _ what: FileFault.What) {
    faults.append(FileFault(range: placed.range, section: placed.index, what: what))
  }
}
