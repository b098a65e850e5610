import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension Workbench {
  /// A file that still stands, whose entry colleagues have deleted.
  struct HeldDeletion {
    let entry: EntryID
    let path: ExactText
    let deletions: [Stamp]
  }

  /// The deletions by others that the folder does not follow: all that wait, where they are as many as no folder
  /// follows unasked; and those that were held before, however few are left of them. What this laptop deleted itself is
  /// not among them.
  mutating func heldDeletions() throws(BookError) -> [HeldDeletion] {
    let deleted = try stored { storage throws(StorageError) in try storage.deletedEntriesBehind() }
    if deleted.isEmpty { return [] }
    let places = try index().places
    var waiting: [HeldDeletion] = []
    for id in deleted {
      guard let path = places[id], let state = try entry(id), state.life == .deleted,
        !state.deletions.contains(where: { $0.change.device == replica.tip.device })
      else { continue }
      waiting.append(HeldDeletion(entry: id, path: path, deletions: state.deletions))
    }
    if EmptiedFolder(gone: waiting.count, emptied: 0, known: places.count) != nil { return waiting }
    let before = try heldBefore()
    return waiting.filter { before.contains($0.entry) }
  }

  /// Which entries were held when it was last looked.
  private func heldBefore() throws(BookError) -> Set<EntryID> {
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(SettingName.held) }) else {
      return []
    }
    var reader = ByteReader(bytes)
    var held: Set<EntryID> = []
    do { while !reader.isAtEnd { held.insert(EntryID(creation: try reader.operationRef())) } } catch {
      throw .storage(.damaged("\(SettingName.held): \(error)"))
    }
    return held
  }

  /// Remembers which entries are held: neither new files nor a smaller number releases them, but somebody's word.
  func put(held: [HeldDeletion]) throws(BookError) {
    var writer = ByteWriter()
    for one in held { writer.put(one.entry.creation) }
    let bytes = writer.bytes
    try stored { storage throws(StorageError) in
      if bytes.isEmpty, try storage.setting(SettingName.held) == nil { return }
      try storage.set(SettingName.held, to: bytes.isEmpty ? nil : bytes)
    }
  }

  /// The same for people; nil for none.
  func describe(_ held: [HeldDeletion]) throws(BookError) -> HeldDeletions? {
    if held.isEmpty { return nil }
    var people: Set<ExactText> = []
    for device in Set(held.flatMap { $0.deletions.map(\.change.device) }) {
      people.insert(ExactText(try person(device)))
    }
    return HeldDeletions(
      paths: held.map(\.path).sorted().map(\.string), known: try index().places.count,
      people: people.sorted().map(\.string))
  }
}
