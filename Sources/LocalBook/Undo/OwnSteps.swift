import Bytes
import History
import Replica
import ReplicaStore
import Signing

/// What this laptop did and took back, as its own changes tell it: nothing else remembers it, so it is the same after a
/// crash, after a sync, and in a copy of the folder.
///
/// Own are the changes of this laptop's device, and those that a former life of it had made before the present one began:
/// a person who restores a backup, or moves to a new machine, has done them. What another copy of the folder did after
/// that is another laptop's.
struct OwnSteps {
  /// One `undo` or `redo` takes so much: one change; or all parts of an undo that was too large for one.
  struct Step {
    /// In the order in which they were made.
    let parts: [ChangeRow]
    /// The change that a person made, and that this is, takes back, or makes again.
    let original: ChangeRow

    /// The part that was made last.
    var last: ChangeRow { parts.last ?? original }
  }

  enum Direction { case undo, redo }

  /// What an own change is to those who want to take something back.
  private enum Meaning {
    /// The book's beginning, or nothing that is in a file.
    case nothing
    case did
    case undid(ChangeRow)
    case redid(ChangeRow)

    var target: ChangeRow? {
      switch self {
      case .nothing, .did: nil
      case .undid(let row), .redid(let row): row
      }
    }
  }

  /// In the order in which they were made.
  private let own: [ChangeIndex]
  private let graph: EventGraph
  private let storage: StoreTransaction
  private var meanings: [ChangeID: Meaning] = [:]

  init(_ workbench: inout Workbench) throws(BookError) {
    storage = workbench.storage
    let graph = try workbench.replicated { replica throws(ReplicaError) in try replica.graph() }
    self.graph = graph
    own = try workbench.ownChanges(in: graph)
  }

  /// The last step that is not taken back, or the last one that is and can be made again; nil when there is none.
  ///
  /// Looks at own changes from the newest to the one that it finds.
  mutating func last(
    _ direction: Direction, isEdit: (ChangeRow) throws(BookError) -> Bool
  ) throws(BookError) -> Step? {
    var takenBack: Set<ChangeID> = []
    for place in own.indices.reversed() {
      let row = try row(at: own[place])
      if takenBack.contains(row.id) { continue }
      switch (try meaning(of: row), direction) {
      case (.nothing, _): continue
      case (.did, .redo): if try isEdit(row) { return nil }
      case (.did, .undo): if try isEdit(row) { return Step(parts: [row], original: row) }
      case (.undid, .redo), (.redid, .undo):
        return Step(parts: try parts(endingAt: place), original: try original(of: row))
      case (.undid(let target), .undo), (.redid(let target), .redo): takenBack.insert(target.id)
      }
    }
    return nil
  }

  /// The last edit that is no undoing or redoing; nil where there was none.
  mutating func lastEdit(isEdit: (ChangeRow) throws(BookError) -> Bool) throws(BookError) -> ChangeRow? {
    for index in own.reversed() {
      let row = try row(at: index)
      if case .did = try meaning(of: row), try isEdit(row) { return row }
    }
    return nil
  }

  /// An undo that is larger than a change may be is several changes, and so is what takes it back.
  private mutating func parts(endingAt place: Int) throws(BookError) -> [ChangeRow] {
    var parts = [try row(at: own[place])]
    for earlier in own[..<place].reversed() {
      let row = try row(at: earlier)
      guard try isPart(row, beside: parts[0]) else { break }
      parts.insert(row, at: 0)
    }
    return parts
  }

  private mutating func isPart(_ row: ChangeRow, beside other: ChangeRow) throws(BookError) -> Bool {
    guard let one = try meaning(of: row).target, let two = try meaning(of: other).target else { return false }
    if one.id == two.id { return true }
    return try isPart(one, beside: two)
  }

  /// The change at the beginning of a chain of undoing and redoing.
  mutating func original(of row: ChangeRow) throws(BookError) -> ChangeRow {
    var row = row
    while let target = try meaning(of: row).target { row = target }
    return row
  }

  private mutating func meaning(of row: ChangeRow) throws(BookError) -> Meaning {
    var waiting = [row]
    while let next = waiting.last {
      if meanings[next.id] != nil {
        waiting.removeLast()
        continue
      }
      guard case .undo(let id) = next.origin, let index = graph.index(of: id) else {
        meanings[next.id] = try isBeginning(next) ? .nothing : .did
        continue
      }
      let target = try self.row(at: index)
      switch meanings[target.id] {
      case nil: waiting.append(target)
      case .undid: meanings[next.id] = .redid(target)
      case .nothing, .did, .redid: meanings[next.id] = .undid(target)
      }
    }
    return meanings[row.id] ?? .nothing
  }

  /// Rules are nobody's doing. The files that a book began with were there before it, and stay.
  private func isBeginning(_ row: ChangeRow) throws(BookError) -> Bool {
    var row = row
    while true {
      switch row.origin {
      case .rule: return true
      case .imported where row.parents.count == 1: row = try self.row(at: row.parents[0])
      default: return row.parents.isEmpty
      }
    }
  }

  private func row(at index: ChangeIndex) throws(BookError) -> ChangeRow {
    let found: ChangeRow?
    do { found = try storage.row(at: index) } catch { throw BookError(error) }
    guard let found else { throw .storage(.damaged("no row for change \(index.int)")) }
    return found
  }
}

extension Workbench {
  /// This laptop's changes, those of its former lives first.
  fileprivate mutating func ownChanges(in graph: EventGraph) throws(BookError) -> [ChangeIndex] {
    guard let device = replica.tip.device else { return [] }
    let present = changes(of: device, in: graph)
    var before = PastCursor(at: graph)
    if let first = present.first { before.move(to: graph.parents(of: first), in: graph) }
    let key = book.device.key.publicKey
    let former = try stored { storage throws(StorageError) in try storage.devices() }.filter {
      $0.id != device && $0.key == key
    }
    let past = former.flatMap { changes(of: $0.id, in: graph) }.filter(before.contains)
    return past.sorted { graph.place($0) < graph.place($1) } + present
  }

  private func changes(of device: DeviceID, in graph: EventGraph) -> [ChangeIndex] {
    var changes: [ChangeIndex] = []
    while let index = graph.index(of: ChangeRef(device: device, seq: UInt64(changes.count))) { changes.append(index) }
    return changes
  }
}
