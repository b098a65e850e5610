import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension Workbench {
  /// The files that were given the same name by several laptops, where one of them was named just now: each stands, and
  /// all but the first have a number behind their names.
  mutating func sameNames(
    _ arrived: [ChangeIndex], _ places: [EntryID: ExactText]
  ) throws(BookError) -> [SyncSummary.SameName] {
    var named: Set<EntryID> = []
    for index in arrived {
      let change = try replicated { replica throws(ReplicaError) in try replica.change(at: index) }
      for (place, operation) in change.operations.enumerated() {
        switch operation {
        case .create, .keep, .set(_, .path, _):
          if let id = operation.entry(at: place, of: change.ref) { named.insert(id) }
        default: break
        }
      }
    }
    guard !named.isEmpty else { return [] }
    let placed = try stored { storage throws(StorageError) in try storage.placedEntries() }
    func key(_ entry: PlacedEntry) -> ExactText? { (try? EntryPath(fromPeer: entry.path))?.key }
    let moved = placed.filter { places[$0.id] != nil && places[$0.id] != $0.path }
    let keys = Set(moved.compactMap(key))
    guard !keys.isEmpty else { return [] }
    var groups: [ExactText: [PlacedEntry]] = [:]
    for entry in placed { if let key = key(entry), keys.contains(key) { groups[key, default: []].append(entry) } }
    var found: [SyncSummary.SameName] = []
    for key in groups.keys.sorted() {
      let group = groups[key] ?? []
      guard let first = group.first, group.count > 1, group.contains(where: { named.contains($0.id) }) else { continue }
      var files: [SyncSummary.SameName.File] = []
      for entry in group {
        let person = try person(entry.stamp.change.device)
        files.append(SyncSummary.SameName.File(path: (places[entry.id] ?? entry.path).string, person: person))
      }
      found.append(SyncSummary.SameName(name: first.path.string, files: files))
    }
    return found
  }
}
