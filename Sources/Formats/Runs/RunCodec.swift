package import Bytes
package import History

/// Packs consecutive changes of one device and unpacks them to the same changes: `formats.md`, Runs.
///
/// What follows from the rest is not sent: ids, `previous`, hashes. Whoever unpacks computes them, so a wrong byte
/// becomes another id, and the signature does not fit it.
package enum RunCodec {
  /// One run of the changes, which follow each other in one device's chain and belong to one book.
  ///
  /// `refs` names the parents that are not in the run. Few bytes become rows, more become columns; about 20 MB of text
  /// a second. `overLimit` for more than one run holds: see `fitting`.
  package static func pack(
    _ changes: [Change], signature: Signature?, refs: (ChangeID) -> ChangeRef?
  ) throws(FormatError) -> PackedRun {
    guard let first = changes.first else { throw .notARun }
    try RunMeasure(changes).check()
    try check(changes)
    let isSmall = RunMeasure.isSmall(changes)
    var packer = RunPacker(device: first.ref.device, isRows: isSmall)
    for change in changes { try packer.put(change, refs: refs) }
    if isSmall && packer.rowCount >= FormatLimits.rows {
      packer = RunPacker(device: first.ref.device, isRows: false)
      for change in changes { try packer.put(change, refs: refs) }
    }
    return PackedRun(
      device: first.ref.device, first: first.ref.seq, count: changes.count, signature: signature,
      sections: packer.sections())
  }

  /// The changes of a run, their ids computed; nothing in them has been checked against a history or a signature.
  ///
  /// - Parameters:
  ///   - book: the book's id, which all changes carry but the one that founds it.
  ///   - previous: the device's change before the run; nil when the run begins its chain.
  ///   - ids: the changes that the reader has, for parents outside the run.
  ///   - hash: SHA-256.
  package static func unpack(
    _ run: PackedRun, book: BookID, previous: ChangeID?, ids: (ChangeRef) -> ChangeID?, hash: ([UInt8]) -> Digest
  ) throws(FormatError) -> [Change] {
    var unpacker = RunUnpacker(run, columns: try ColumnReader(run))
    var changes: [Change] = []
    var previous = previous
    for _ in 0..<run.count {
      let change = try unpacker.change(book: book, previous: previous, ids: ids, hash: hash)
      unpacker.remember(change.id)
      changes.append(change)
      previous = change.id
    }
    try unpacker.finish()
    return changes
  }

  /// How many changes from the first one on fit into one run of so many unpacked bytes; at least 1 when there is one.
  ///
  /// What is sent of a device ends at a signed change, so the one who signs asks before.
  package static func fitting(_ changes: ArraySlice<Change>, bytes: Int = FormatLimits.run) -> Int {
    var measure = RunMeasure()
    for (index, change) in changes.enumerated() {
      measure.add(change)
      if measure.overLimit != nil || measure.bytes > bytes { return max(1, index) }
    }
    return changes.count
  }

  /// Unpacked bytes of changes, as `fitting` counts them.
  package static func size(of changes: [Change]) -> Int { RunMeasure(changes).bytes }

  /// Refuses what a reader could not restore: gaps, several devices or books, a root that does not found, operations
  /// beyond the format's limits. What is signed and sent cannot be taken back, so it is read once before.
  private static func check(_ changes: [Change]) throws(FormatError) {
    var book: BookID?
    for (before, change) in zip(changes, changes.dropFirst()) {
      guard change.ref.device == before.ref.device, change.ref.seq == before.ref.seq + 1,
        change.header.fields.previous == before.id
      else { throw .notARun }
    }
    for change in changes {
      let body = CanonicalBody.encode(change.operations, of: change.ref)
      do { _ = try CanonicalBody.decode(body, of: change.ref) } catch { throw .body(error, of: change.ref) }
      let own = change.header.fields.book
      if change.operations.contains(where: \.founds) {
        guard own == .zero else { throw .notARun }
      } else {
        guard book == nil || book == own else { throw .notARun }
        book = own
      }
    }
  }
}

extension Operation {
  /// Whether the change that holds it is a book's root, whose own header cannot name the book.
  var founds: Bool { if case .found = self { true } else { false } }
}

/// What changes weigh against the limits of a run: an upper bound, without encoding them.
struct RunMeasure {
  private var changes = 0
  private(set) var bytes = 0
  private var items = 0

  init() {}

  init(_ changes: [Change]) { for change in changes { add(change) } }

  /// The first limit that is broken. The bytes of one change never are: its body has a lower limit.
  var overLimit: FormatError? {
    if changes > FormatLimits.changes { return .overLimit(.changes, limit: FormatLimits.changes) }
    if items > FormatLimits.items { return .overLimit(.items, limit: FormatLimits.items) }
    return bytes > FormatLimits.run && changes > 1 ? .overLimit(.bytes, limit: FormatLimits.run) : nil
  }

  func check() throws(FormatError) { if let overLimit { throw overLimit } }

  /// Whether rows may come out small enough to be worth trying.
  static func isSmall(_ changes: [Change]) -> Bool {
    guard changes.count <= FormatLimits.rows else { return false }
    var inserted = 0
    for change in changes {
      guard change.operations.count <= FormatLimits.rows else { return false }
      for operation in change.operations {
        inserted += operation.textSize
        if inserted > FormatLimits.rows { return false }
      }
    }
    return true
  }

  mutating func add(_ change: Change) {
    changes += 1
    items += change.header.parents.count + change.operations.count
    bytes += 512 + change.header.fields.message.bytes.count
    for operation in change.operations {
      bytes += 64 + operation.textSize
      switch operation {
      case .set(_, _, let values):
        items += values.count
        bytes += 40 * values.count
      case .edit(_, let edits):
        items += edits.count
        bytes += 14 * edits.count
      default: break
      }
    }
  }
}

extension Operation {
  /// Bytes of all its texts.
  var textSize: Int {
    switch self {
    case .create(let kind): kind.bytes.count
    case .delete, .keep: 0
    case .set(_, let key, let values):
      values.reduce(key.name.bytes.count) { sum, value in
        guard let content = value.content else { return sum }
        return sum + content.source.bytes.count + content.plain.bytes.count
      }
    case .add(_, let field, let element, let order):
      field.bytes.count + element.text.bytes.count + order.text.bytes.count
    case .remove(_, let field, let element): field.bytes.count + element.text.bytes.count
    case .edit(_, let edits): edits.reduce(0) { $0 + $1.inserted.bytes.count }
    case .introduce(let introduction): introduction.name.bytes.count + 41
    case .found(let nonce): nonce.count
    case .need: 0
    case .unknown(let operation): operation.payload.count
    }
  }
}
