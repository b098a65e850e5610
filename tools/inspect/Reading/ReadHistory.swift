import Bytes
import Formats
package import History
import LogStore
import Rendering
import SyncProtocol

/// The changes that runs hold, read one run after the other and judged as a replica judges them, except that nothing ends
/// it: what is wrong is noted, and what can still be read is read.
///
/// A change is *named* when everything that its id is made of is here; only then can id, signature and ancestry be judged.
package struct ReadHistory: Sendable {
  /// A change, as it was read.
  package struct ReadChange: Sendable {
    package let change: Change
    /// Nil where something is missing that the id is made of.
    package let id: ChangeID?
    /// Its parents, as far as they are known at all.
    let parents: [ChangeRef]
    var ref: ChangeRef { change.ref }
  }

  let book: BookID
  let cryptography: Cryptography
  package private(set) var changes: [ReadChange] = []
  /// The changes that are named, and in order.
  private(set) var graph = EventGraph()
  /// The names that devices gave their people, as last said.
  private(set) var persons: [DeviceID: String] = [:]
  private(set) var findings: [Finding] = []
  /// Changes whose signature was found to be right, by their run.
  package private(set) var signedChanges = 0
  private var keys: [DeviceID: PublicKey] = [:]
  /// Ids, and stand-ins for those that are missing.
  private var ids: [ChangeRef: ChangeID] = [:]
  private var refs: [ChangeID: ChangeRef] = [:]
  private var named: Set<ChangeRef> = []
  private var numbers: [ChangeRef: Int] = [:]
  /// How many changes of each device were announced up to here.
  private var reached = VersionVector()
  /// What may be built on without being here.
  private var base: VersionVector
  /// That changes were made on others that are neither here nor in the base.
  private var strays: [Finding] = []

  init(book: BookID, base: VersionVector = VersionVector(), _ cryptography: Cryptography) {
    self.book = book
    self.cryptography = cryptography
    self.base = base
    reached = base
  }

  /// The same as what is known before something else is read that builds on it.
  func asKnown(base: VersionVector) -> ReadHistory {
    var known = self
    known.changes = []
    known.numbers = [:]
    known.findings = []
    known.signedChanges = 0
    (known.base, known.reached, known.strays) = (base, base, [])
    return known
  }

  /// Changes that could be read, but build on something that is not here.
  var unnamedCount: Int { changes.count(where: { $0.id == nil }) }

  /// A change by its place in its device's chain.
  subscript(ref: ChangeRef) -> ReadChange? { numbers[ref].map { changes[$0] } }

  mutating func note(_ finding: Finding) { findings.append(finding) }

  /// Judges what changes were made on, which says something only where all that should be here could be read.
  mutating func judgeParents() { findings += strays }

  /// Reads a run; where it lies is for what is found wrong with it.
  ///
  /// - Parameter offsets: of a file: where each of the run's sections begins, with the byte that says its kind.
  mutating func read(_ run: PackedRun, at place: Place, offsets: [Int] = []) {
    var place = place
    place.run = Place.RunPlace(device: run.device, first: run.first, last: run.last)
    let expected = reached[run.device]
    if run.first != expected {
      note(.init(name: run.first > expected ? "gap" : "overlap", place: place, words: Words.gap(run, expected)))
    }
    reached[run.device] = max(expected, run.last + 1)
    guard let read = unpack(run, place, offsets) else { return }
    for change in read { take(change, place) }
    judge(run, place)
  }

  /// The run's changes; where a section's kind, which no checksum covers, keeps it from being read, with that put right.
  private mutating func unpack(_ run: PackedRun, _ place: Place, _ offsets: [Int]) -> [Change]? {
    do throws(FormatError) { return try changes(of: run) } catch {
      for (index, section) in run.sections.enumerated().prefix(Self.sectionsTried) {
        for kind in [SectionKinds.columns, SectionKinds.rows] where kind != section.kind {
          guard let changes = try? changes(of: run.withSection(index, as: kind)) else { continue }
          note(.init(kindOf: index, found: section.kind, written: kind, place, offsets))
          return changes
        }
      }
      note(Finding(error, in: run, place))
      return nil
    }
  }

  /// Sections of a run whose kind is doubted, so that a hostile run is not unpacked without end; each has up to a MiB.
  private static let sectionsTried = 64

  private mutating func changes(of run: PackedRun) throws(FormatError) -> [Change] {
    let previous = run.first == 0 ? nil : id(of: ChangeRef(device: run.device, seq: run.first - 1))
    // Whatever is asked for gets a name, so that what builds on missing changes can be read all the same.
    var asked: [ChangeRef: ChangeID] = [:]
    let known = ids
    let hash = cryptography.hash
    let changes = try RunCodec.unpack(
      run, book: book, previous: previous,
      ids: { ref in
        let id = known[ref] ?? Self.standIn(for: ref, hash)
        asked[ref] = id
        return id
      }, hash: hash)
    for (ref, id) in asked { refs[id] = ref }
    return changes
  }

  private mutating func id(of ref: ChangeRef) -> ChangeID {
    let id = ids[ref] ?? Self.standIn(for: ref, cryptography.hash)
    refs[id] = ref
    return id
  }

  private static func standIn(for ref: ChangeRef, _ hash: ([UInt8]) -> Digest) -> ChangeID {
    var writer = ByteWriter()
    writer.put(Array("a change that is not here\n".utf8))
    writer.put(ref)
    return ChangeID(hash(writer.bytes))
  }

  /// Takes a change in, and judges what it says of itself.
  mutating func take(_ change: Change, _ place: Place) {
    var place = place
    place.change = change.ref
    let fields = change.header.fields
    let parents = fields.parents.compactMap { refs[$0] }
    for parent in parents where numbers[parent] == nil && parent.seq >= base[parent.device] {
      let words: Line =
        "it was made on change \(Int(clamping: parent.seq) + 1) of device \(own: parent.device.short), which is neither here before it nor in what this builds on"
      strays.append(Finding(name: "unknownParent", place: place, words: words))
    }
    let isNamed =
      parents.count == fields.parents.count && parents.allSatisfy(named.contains)
      && (change.ref.seq == 0 || named.contains(ChangeRef(device: change.ref.device, seq: change.ref.seq - 1)))
    guard ids[change.ref] != change.id || numbers[change.ref] == nil else { return }
    ids[change.ref] = ids[change.ref] ?? change.id
    refs[change.id] = change.ref
    numbers[change.ref] = numbers[change.ref] ?? changes.count
    changes.append(ReadChange(change: change, id: isNamed ? change.id : nil, parents: parents))
    introduce(change, place)
    guard isNamed else { return }
    judgeRoot(change, place)
    do throws(HistoryError) {
      try graph.add(change.header, id: change.id)
      named.insert(change.ref)
    } catch {
      if case .known = error { return }
      note(.init(name: error.name, place: place, words: error.words))
    }
  }

  /// Who a device is, as it says.
  private mutating func introduce(_ change: Change, _ place: Place) {
    for operation in change.operations {
      guard case .introduce(let introduction) = operation else { continue }
      if !introduction.name.isEmpty { persons[change.ref.device] = introduction.name.string }
    }
    guard change.ref.seq == 0 else { return }
    guard case .introduce(let introduction) = change.operations.first, let key = introduction.key,
      DeviceID(key: key.publicKey, incarnation: key.incarnation, hash: cryptography.hash) == change.ref.device
    else {
      note(
        .init(name: "uncertified", place: place, words: "the device's first change does not vouch for it by its key"))
      return
    }
    keys[change.ref.device] = key.publicKey
  }

  /// There is one root, it comes first, and the book is named after it.
  private mutating func judgeRoot(_ change: Change, _ place: Place) {
    let isRoot = change.header.fields.book == .zero
    if isRoot, BookID(root: change.id) != book {
      note(.init(name: "foreignRoot", place: place, words: "it founds a book, but not this one"))
    } else if isRoot != (graph.count == 0) || !isRoot && change.header.parents.isEmpty {
      note(.init(name: "root", place: place, words: "the first change, and no other, founds the book"))
    }
  }

  /// The signature over the run's last change, where that is named.
  private mutating func judge(_ run: PackedRun, _ place: Place) {
    guard let signature = run.signature else {
      note(.init(name: "unsigned", place: place, words: "the run is not signed"))
      return
    }
    let last = ChangeRef(device: run.device, seq: run.last)
    guard named.contains(last), let id = ids[last], let key = keys[run.device] else { return }
    if cryptography.verify(signature, ChainSignature.message(book: book, ref: last, id: id), key) {
      signedChanges += run.count
    } else {
      let words = "the signature is not its device's over these changes: one of them, or the signature, was altered"
      note(.init(name: "signature", place: place, words: "\(own: words)"))
    }
  }
}

// What stores keep of a history beside its runs.
extension ReadHistory {
  /// Those that introduced themselves, ascending.
  var devices: [DeviceID] { keys.keys.sorted() }

  var authors: [AuthorHead] {
    devices.compactMap { device in
      guard let key = keys[device], let last = graph.last(of: device) else { return nil }
      return AuthorHead(
        device: device, key: key, head: DeviceHead(seq: graph.ref(at: last).seq, id: graph.id(at: last)))
    }
  }

  /// The changes of a run that was read; nil where one of them is not named.
  func known(of run: PackedRun) -> [KnownChange]? {
    var known: [KnownChange] = []
    for seq in run.first...run.last {
      guard let change = self[ChangeRef(device: run.device, seq: seq)], let id = change.id else { return nil }
      known.append(KnownChange(id: id, parents: change.parents))
    }
    return known
  }
}

/// Kinds of sections that hold changes (`formats.md`, Files).
enum SectionKinds {
  static let rows: UInt8 = 1
  static let columns: UInt8 = 2
}

extension PackedRun {
  /// The run with one section taken for another kind.
  fileprivate func withSection(_ index: Int, as kind: UInt8) -> PackedRun {
    var repaired = sections
    let section = sections[index]
    repaired[index] = PackedSection(
      kind: kind, rawCount: section.rawCount, isDeflated: section.isDeflated, packed: section.packed)
    return PackedRun(device: device, first: first, count: count, signature: signature, sections: repaired)
  }
}

extension Finding {
  /// The kind of a run's section was altered, and is put right.
  fileprivate init(kindOf section: Int, found: UInt8, written: UInt8, _ place: Place, _ offsets: [Int]) {
    var place = place
    place.section = place.section.map { $0 + 1 + section }
    let offset = offsets.indices.contains(section) ? offsets[section] : nil
    place.bytes = offset.map { $0..<$0 + 1 }
    let byte = AlteredByte(offset: offset ?? 0, found: found, written: written)
    self.init(name: "altered", place: place, words: FileFault.What.altered(byte).words)
  }
}

extension Finding {
  /// What a run's bytes are refused for: the section and the place in it, as far as the error says.
  init(_ error: FormatError, in run: PackedRun, _ place: Place) {
    var place = place
    switch error {
    case .content(let error, let column):
      place.column = Int(column)
      place.offset = error.offset
    case .body(let error, let ref):
      place.change = ref
      place.offset = error.offset
    case .packing(_, let section), .unknownSection(_, let section):
      place.section = place.section.map { $0 + 1 + section }
    case .change(_, let ref), .bodyHash(let ref), .unknownParent(_, let ref): place.change = ref
    default: break
    }
    self.init(name: error.name, place: place, words: error.words)
  }
}
