import Bytes
package import Formats
import History
import LocalBook
import Merge
import Rendering
import Replica
import Signing

/// A book, or a part of one, as a file or a store holds it: what can be read of it, and what is wrong with it.
package struct Inspected: Sendable {
  let path: String
  let kind: Kind
  let byteCount: Int
  let formatVersion: UInt64
  let book: BookID
  /// What whoever takes a bundle has to have.
  var base = VersionVector()
  /// Of a snapshot or a server's log: the life of the log that counts the positions, and how many there are.
  var log: (epoch: [UInt8], last: UInt64)?
  var sections: [SectionRow] = []
  package internal(set) var history: ReadHistory
  /// The runs that could be read, in order.
  var runs: [PackedRun] = []
  /// What is wrong with the file or the store itself; what is wrong with the changes, the history says.
  var ownFindings: [Finding] = []
  /// Of a laptop's store: files that are being written.
  var journal: JournalReport?
  /// Of a light snapshot: what stands in the place of a history.
  package internal(set) var light: LightContents?
  /// Of a light snapshot: whether it was held against a history.
  private(set) var isCompared = false
  /// The file that was given as one that has what this builds on.
  private(set) var helper: String?

  package var findings: [Finding] { ownFindings + history.findings }

  enum Kind: Equatable, Sendable {
    case snapshot, light, bundle, change
    /// A laptop's store; what it shares, or what stays in its `private/`.
    case laptop(isPrivate: Bool)
    /// A server's store: one of its books, by the server's name for it.
    case server(name: String)
  }
}

/// A section, as it lies there.
struct SectionRow: Equatable, Sendable {
  let number: Int
  /// Bytes of the file; nil in a store.
  let range: Range<Int>?
  let role: Role
  /// As it is written.
  let kind: UInt8
  let rawCount: Int
  let packedCount: Int
  let isSound: Bool

  enum Role: Equatable, Sendable {
    case plain(SectionRole)
    /// The head of a run: whose, and which of its changes.
    case run(Place.RunPlace, isSigned: Bool)
    /// The head of a chunk.
    case chunk(first: UInt64, count: Int)
  }
}

extension Inspected {
  /// A file of Valise's, whatever is wrong with it behind its first bytes.
  ///
  /// - Parameter other: a book that has what the file builds on.
  package init(file path: String, _ bytes: [UInt8], with other: Inspected? = nil) throws(FormatError) {
    let contents = try FileContents(of: bytes, hash: Signing.hash)
    guard let kind = contents.kind else { throw .otherKind(contents.outline.head.kind) }
    self.path = path
    byteCount = bytes.count
    formatVersion = contents.outline.head.version
    book = contents.outline.head.book
    base = contents.base ?? VersionVector()
    history =
      other?.history.asKnown(base: base) ?? ReadHistory(book: book, base: base, Signing.cryptography)
    switch kind {
    case .change: self.kind = .change
    case .diff: self.kind = .bundle
    case .snapshot: self.kind = .snapshot
    case .light: self.kind = .light
    }
    light = contents.light
    ownFindings = contents.faults.map { Finding($0) }
    sections = SectionRow.rows(of: contents)
    if let first = contents.chunks.first {
      log = (first.epoch, contents.chunks.reduce(0) { $0 + UInt64($1.runCount) })
    }
    for placed in contents.runs { read(placed) }
    forgetNamedKinds()
    if kind != .change, findings.isEmpty { history.judgeParents() }
    if kind == .change { readChange(contents) }
    helper = other?.path
    if let other { judgeLight(by: other) }
  }

  /// A light snapshot is what the history of another file makes of the book at the same version.
  private mutating func judgeLight(by other: Inspected) {
    guard let light, var replica = other.replayed()?.replica else { return }
    isCompared = true
    let entries: [EntryState]
    do { entries = try replica.entries(at: light.version) } catch {
      ownFindings.append(
        Finding(name: "version", place: Place(), words: "the version that it shows is not in '\(other.path)'"))
      return
    }
    let made = Dictionary(entries.map { ($0.id, $0) }) { first, _ in first }
    for entry in light.entries where made[entry.id] != entry {
      let words: Line = "'\(EntryView.path(of: entry))' is not what its changes make of it"
      ownFindings.append(Finding(name: "entry", place: Place(change: entry.id.creation.change), words: words))
    }
    if light.entries.count != entries.count {
      ownFindings.append(
        Finding(
          name: "entry", place: Place(),
          words: "it has \(light.entries.count.of("entry", "entries")), its changes make \(entries.count)"))
    }
  }

  private mutating func read(_ placed: FileContents.PlacedRun) {
    guard let run = placed.run else { return }
    runs.append(run)
    history.read(
      run, at: Place(bytes: placed.range, section: placed.section), offsets: placed.sections.map(\.range.lowerBound))
  }

  /// Where the history names the byte that makes a section's kind wrong, it need not be said that this is of no meaning.
  private mutating func forgetNamedKinds() {
    let named = Set(history.findings.filter { $0.name == "altered" }.compactMap(\.place.section))
    ownFindings.removeAll { $0.name == "unknownKind" && $0.place.section.map(named.contains) ?? false }
  }

  private mutating func readChange(_ contents: FileContents) {
    guard !contents.header.isEmpty else { return }
    do {
      let change = try ChangeFile.change(header: contents.header, body: contents.body, hash: Signing.hash)
      history.take(change, Place())
    } catch {
      ownFindings.append(Finding(name: error.name, place: Place(error), words: error.words))
    }
  }
}

extension Place {
  /// Where an error about a change stands.
  fileprivate init(_ error: FormatError) {
    self.init()
    switch error {
    case .header(let error): offset = error.offset
    case .body(let error, let ref): (change, offset) = (ref, error.offset)
    case .change(_, let ref), .bodyHash(let ref): change = ref
    default: break
    }
  }
}

extension Finding {
  fileprivate init(_ fault: FileFault) {
    var place = Place(bytes: fault.range, section: fault.section)
    switch fault.what {
    case .altered(let byte): place.bytes = byte.offset..<byte.offset + 1
    case .incompleteRun(let device, let first, _, _):
      place.run = Place.RunPlace(device: device, first: first, last: first)
    case .refused(.section(let error, _)): place.offset = error.offset
    default: break
    }
    self.init(name: fault.what.name, place: place, words: fault.what.words)
  }
}

extension SectionRow {
  fileprivate static func rows(of contents: FileContents) -> [SectionRow] {
    let heads = Dictionary(contents.runs.map { ($0.section, $0.head) }) { first, _ in first }
    var chunks = contents.chunks[...]
    return contents.outline.parts.compactMap { part in
      guard case .section(let placed) = part else { return nil }
      let plain = contents.roles[placed.index] ?? .unknown
      var role = Role.plain(plain)
      if let head = heads[placed.index] {
        let place = Place.RunPlace(device: head.device, first: head.first, last: head.first + UInt64(head.count) - 1)
        role = .run(place, isSigned: head.signature != nil)
      } else if plain == .chunk, let chunk = chunks.popFirst() {
        role = .chunk(first: chunk.first, count: chunk.runCount)
      }
      return SectionRow(
        number: placed.index, range: placed.range, role: role, kind: placed.section.kind,
        rawCount: placed.section.rawCount, packedCount: placed.section.packed.count, isSound: placed.damage == nil)
    }
  }

  /// A run of a store, which has no file around it.
  static func rows(of run: PackedRun, from number: Int) -> [SectionRow] {
    let place = Place.RunPlace(device: run.device, first: run.first, last: run.last)
    let raw = run.sections.reduce(0) { $0 + $1.rawCount }
    let packed = run.sections.reduce(0) { $0 + $1.packed.count }
    return [
      SectionRow(
        number: number, range: nil, role: .run(place, isSigned: run.signature != nil), kind: 0, rawCount: raw,
        packedCount: packed, isSound: true)
    ]
  }
}
