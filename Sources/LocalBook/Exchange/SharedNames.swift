import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

/// What came of files that were given the same name.
struct SharedNames {
  /// Groups of which a member was named just now.
  var same: [SyncSummary.SameName] = []
  /// Files that another file of the same name stood before, and does not any more.
  var renumbered: [String] = []
}

extension Workbench {
  /// Files that were given the same name by several laptops all stand; all but the first have a number behind their
  /// names, as long as the first is there.
  mutating func sharedNames(
    _ arrived: [ChangeIndex], _ places: [EntryID: ExactText]
  ) throws(BookError) -> SharedNames {
    let (named, left) = try namings(arrived)
    guard !named.isEmpty || !left.isEmpty else { return SharedNames() }
    let placed = try stored { storage throws(StorageError) in try storage.placedEntries() }
    let moved = placed.filter { places[$0.id] != nil && places[$0.id] != $0.path }
    let keys = Set(moved.compactMap { Self.key($0.path) }).union(left.map(\.key))
    guard !keys.isEmpty else { return SharedNames() }
    var groups: [ExactText: [PlacedEntry]] = [:]
    for entry in placed {
      if let key = Self.key(entry.path), keys.contains(key) { groups[key, default: []].append(entry) }
    }
    var names = SharedNames()
    for key in groups.keys.sorted() {
      let group = groups[key] ?? []
      if group.count > 1, group.contains(where: { named.contains($0.id) }) {
        names.same.append(try sameName(group, places))
      }
      guard let first = left.filter({ $0.key == key }).map(\.stamp).min() else { continue }
      for entry in group where entry.stamp > first && !named.contains(entry.id) {
        names.renumbered.append((places[entry.id] ?? entry.path).string)
      }
    }
    return names
  }

  /// A name that an entry had and was deleted or renamed from, and since when it had it.
  private struct LeftName {
    let key: ExactText
    let stamp: Stamp
  }

  /// The entries that changes gave a name, and the names that they gave up.
  private mutating func namings(
    _ arrived: [ChangeIndex]
  ) throws(BookError) -> (named: Set<EntryID>, left: [LeftName]) {
    var named: Set<EntryID> = []
    var left: [LeftName] = []
    for index in arrived {
      let change = try replicated { replica throws(ReplicaError) in try replica.change(at: index) }
      for (place, operation) in change.operations.enumerated() {
        guard let id = operation.entry(at: place, of: change.ref) else { continue }
        switch operation {
        case .create, .keep: named.insert(id)
        case .set(_, .path, _):
          named.insert(id)
          if id.creation.change != change.ref { left += try nameBefore(index, of: id) }
        case .delete: if let state = try entry(id), state.life == .deleted { left += Self.name(in: state) }
        default: break
        }
      }
    }
    return (named, left)
  }

  private mutating func nameBefore(_ index: ChangeIndex, of id: EntryID) throws(BookError) -> [LeftName] {
    let state = try replicated { replica throws(ReplicaError) in
      let graph = try replica.graph()
      return try replica.entry(id, at: graph.version(of: graph.parents(of: index)))
    }
    return state.map(Self.name) ?? []
  }

  private static func name(in state: EntryState) -> [LeftName] {
    guard let key = key(EntryView.path(of: state)), let since = state.register(.path)?.members.first else { return [] }
    return [LeftName(key: key, stamp: since.stamp)]
  }

  private func sameName(
    _ group: [PlacedEntry], _ places: [EntryID: ExactText]
  ) throws(BookError) -> SyncSummary.SameName {
    var files: [SyncSummary.SameName.File] = []
    for entry in group {
      let person = try person(entry.stamp.change.device)
      files.append(SyncSummary.SameName.File(path: (places[entry.id] ?? entry.path).string, person: person))
    }
    return SyncSummary.SameName(name: group.first?.path.string ?? "", files: files)
  }

  /// What decides whether two names are the same on every system; nil for one that no system may have.
  private static func key(_ path: ExactText) -> ExactText? { (try? EntryPath(fromPeer: path))?.key }
}
