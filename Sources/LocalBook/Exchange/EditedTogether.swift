import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension Workbench {
  /// The fields and bodies that two people edited at the same time, where one of the edits came just now: two changes,
  /// neither made on the other.
  mutating func editedTogether(
    _ arrived: [ChangeIndex], _ places: [EntryID: ExactText]
  ) throws(BookError) -> [SyncSummary.EditedTogether] {
    let pairs = try concurrentPairs(arrived)
    var parts: [ChangeIndex: [EntryID: Set<EditedPart>]] = [:]
    for index in Set(pairs.flatMap { [$0.one, $0.other] }).sorted() {
      let change = try replicated { replica throws(ReplicaError) in try replica.change(at: index) }
      parts[index] = EditedPart.all(in: change)
    }
    var people: [EntryID: [EditedPart: Set<ExactText>]] = [:]
    for pair in pairs {
      let (one, other) = (ExactText(try person(at: pair.one)), ExactText(try person(at: pair.other)))
      let shared = (parts[pair.one]?[pair.entry] ?? []).intersection(parts[pair.other]?[pair.entry] ?? [])
      guard one != other else { continue }
      for part in shared { people[pair.entry, default: [:]][part, default: []].formUnion([one, other]) }
    }
    var found: [SyncSummary.EditedTogether] = []
    for id in people.keys.sorted() {
      guard let state = try entry(id) else { continue }
      let path = (places[id] ?? EntryView.path(of: state)).string
      for part in (people[id] ?? [:]).keys.sorted() {
        let names = (people[id]?[part] ?? []).sorted().map(\.string)
        found.append(SyncSummary.EditedTogether(path: path, field: part.fieldName, people: names))
      }
    }
    return found.enumerated().sorted {
      (ExactText($0.element.path), $0.offset) < (ExactText($1.element.path), $1.offset)
    }.map(\.element)
  }

  private struct Pair {
    let entry: EntryID
    let one: ChangeIndex
    let other: ChangeIndex
  }

  /// Changes on one entry of which neither was made on the other; one of them arrived.
  private mutating func concurrentPairs(_ arrived: [ChangeIndex]) throws(BookError) -> [Pair] {
    guard !arrived.isEmpty else { return [] }
    let graph = try replicated { replica throws(ReplicaError) in try replica.graph() }
    var cursor = PastCursor(at: graph)
    var touches: [EntryID: [ChangeIndex]] = [:]
    var pairs: [Pair] = []
    for index in arrived {
      cursor.move(to: graph.parents(of: index), in: graph)
      let change = try replicated { replica throws(ReplicaError) in try replica.change(at: index) }
      for entry in EditedPart.all(in: change).keys.sorted() {
        if touches[entry] == nil {
          touches[entry] = try stored { storage throws(StorageError) in try storage.touches(of: entry) }.map(\.index)
        }
        for other in touches[entry] ?? [] where other < index && !cursor.contains(other) {
          pairs.append(Pair(entry: entry, one: other, other: index))
        }
      }
    }
    return pairs
  }

  private func person(at index: ChangeIndex) throws(BookError) -> String {
    guard let row = try stored({ storage throws(StorageError) in try storage.row(at: index) }) else { return "" }
    return try person(row.ref.device)
  }
}

/// A part of an entry that people edit and see: a field, the path, or the body.
private enum EditedPart: Hashable, Comparable {
  case path
  case field(ExactText)
  case body

  /// What a change edited, by entry; layout aside, and new entries aside: nobody else can have edited those.
  static func all(in change: Change) -> [EntryID: Set<EditedPart>] {
    var parts: [EntryID: Set<EditedPart>] = [:]
    for operation in change.operations {
      guard let entry = operation.entry, entry.creation.change != change.ref else { continue }
      switch operation {
      case .set(_, let key, _) where key.role == .value: parts[entry, default: []].insert(.field(key.name))
      case .set(_, .path, _): parts[entry, default: []].insert(.path)
      case .add(_, let field, _, _), .remove(_, let field, _): parts[entry, default: []].insert(.field(field))
      case .edit: parts[entry, default: []].insert(.body)
      default: break
      }
    }
    return parts
  }

  /// Nil for the body.
  var fieldName: String? {
    switch self {
    case .path: "path"
    case .field(let name): name.string
    case .body: nil
    }
  }
}
