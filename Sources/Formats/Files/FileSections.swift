import Bytes
import Deflate
import History

/// Writes a file's sections one after the other, and the end, which counts them.
struct FileWriter {
  private var writer = ByteWriter()
  private var count = 0

  init(_ kind: FileKind, of book: BookID) { FileHead.encode(kind, of: book, into: &writer) }

  /// A section of its own; deflated where that is shorter.
  mutating func put(_ kind: UInt8, _ raw: [UInt8]) {
    let packed = raw.count < 100 ? raw : Deflate.pack(raw)
    let isShorter = packed.count < raw.count
    put(
      PackedSection(
        kind: kind, rawCount: raw.count, isDeflated: isShorter, packed: isShorter ? packed : raw))
  }

  /// A run: a section with its head, then its own, as they are.
  mutating func put(_ run: PackedRun) {
    var head = ByteWriter()
    head.put(head: run)
    put(FileSection.run, head.bytes)
    for section in run.sections { put(section) }
  }

  mutating func finish() -> [UInt8] {
    var end = ByteWriter()
    end.put(count: count)
    put(FileSection.end, end.bytes)
    return writer.bytes
  }

  private mutating func put(_ section: PackedSection) {
    writer.put(section)
    count += 1
  }
}

/// Reads a file's sections front to back; the last one has to be the end.
struct FileReader {
  private var reader: ByteReader
  /// How many sections have been read.
  private(set) var count = 0
  let book: BookID

  init(_ kind: FileKind, _ bytes: [UInt8]) throws(FormatError) {
    reader = ByteReader(bytes)
    let (found, book) = try FileHead.decode(from: &reader)
    guard found == kind.rawValue else { throw .otherKind(found) }
    self.book = book
  }

  /// The next section, with those left out that a reader may skip; nil at the end of the file.
  mutating func next() throws(FormatError) -> PackedSection? {
    while true {
      let section = try any()
      if section.kind >= RunSection.firstIgnorable { continue }
      guard section.kind == FileSection.end else { return section }
      let expected = count - 1
      let found = try section.read(index: expected) { reader throws(DecodingError) in try reader.varint() }
      guard found == UInt64(expected) else { throw .sectionOrder(kind: section.kind, section: expected) }
      try reader.layout { reader throws(DecodingError) in try reader.finish() }
      return nil
    }
  }

  /// The run whose head a section holds; its own sections follow.
  mutating func run(_ head: PackedSection) throws(FormatError) -> PackedRun {
    let index = count - 1
    try expect(head, FileSection.run)
    var content = ByteReader(try head.raw(index: index))
    let run = try content.runHead()
    try content.layout { reader throws(DecodingError) in try reader.finish() }
    var sections: [PackedSection] = []
    for _ in 0..<run.sectionCount {
      let section = try any()
      guard !FileSection.all.contains(section.kind) else {
        throw .sectionOrder(kind: section.kind, section: count - 1)
      }
      sections.append(section)
    }
    return run.run(sections)
  }

  /// Refuses a section that stands where another has to.
  @discardableResult
  func expect(_ section: PackedSection?, _ kind: UInt8) throws(FormatError) -> PackedSection {
    let index = count - 1
    guard let section else { throw .sectionOrder(kind: FileSection.end, section: index) }
    guard section.kind == kind else {
      throw FileSection.isKnown(section.kind)
        ? .sectionOrder(kind: section.kind, section: index) : .unknownSection(kind: section.kind, section: index)
    }
    return section
  }

  /// Refuses a section behind the last one that its file has.
  func refuse(_ section: PackedSection) throws(FormatError) {
    throw FileSection.isKnown(section.kind)
      ? .sectionOrder(kind: section.kind, section: count - 1) : .unknownSection(kind: section.kind, section: count - 1)
  }

  private mutating func any() throws(FormatError) -> PackedSection {
    let section = try reader.section(index: count)
    count += 1
    return section
  }
}

extension FileSection {
  /// Every kind that has its place in a file and not in a run.
  static let all: Set<UInt8> = [
    header, body, base, run, chunk, standing, entries, entriesGoOn, stateID, end,
  ]

  /// Whether this version gives a section of this kind a meaning, in a file or in a run.
  static func isKnown(_ kind: UInt8) -> Bool { all.contains(kind) || RunSection.all.contains(kind) }
}

extension PackedSection {
  /// Reads what the section holds, all of it.
  func read<Result>(
    index: Int, _ content: (inout ByteReader) throws(DecodingError) -> Result
  ) throws(FormatError) -> Result {
    var reader = ByteReader(try raw(index: index))
    do {
      let result = try content(&reader)
      try reader.finish()
      return result
    } catch { throw .section(error, index) }
  }
}
