import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension Workbench {
  /// What waits for files that are left alone, by their paths: the changes of entries that stand there, or shall.
  mutating func waiting(
    for isLeftAlone: (ExactText) -> Bool
  ) throws(BookError) -> [ExactText: [WaitingChanges]] {
    let behind = try stored { storage throws(StorageError) in try storage.entriesBehind() }
    if behind.isEmpty { return [:] }
    let (places, targets) = (try index().places, try targets())
    var waiting: [ExactText: [WaitingChanges]] = [:]
    for id in behind {
      let (place, target) = (places[id], targets[id]?.text)
      var here = [place, target].compactMap { $0 }.filter(isLeftAlone)
      if place == target { here = Array(here.prefix(1)) }
      guard !here.isEmpty else { continue }
      let changes = try waitingChanges(of: id, from: place, to: target)
      for path in here { waiting[path, default: []].append(changes) }
    }
    return waiting
  }

  private mutating func waitingChanges(
    of id: EntryID, from place: ExactText?, to target: ExactText?
  ) throws(BookError) -> WaitingChanges {
    let (version, old, _) = try shown(id)
    let new = try entry(id)
    var what: [WaitingChanges.What] = []
    switch (place, target) {
    case (nil, _): what = [.created]
    case (_, nil): what = [.deleted]
    case (let place?, let target?):
      if place != target { what.append(.renamed(to: target.string)) }
      if let old, let new, try rendered(old) != rendered(new) { what.append(.edited) }
    }
    let changes = try changes(of: id, since: version)
    var people: Set<ExactText> = []
    for change in changes { people.insert(ExactText(try person(at: change))) }
    return WaitingChanges(what: what, changes: changes.count, people: people.sorted().map(\.string))
  }

  /// The changes that touched an entry and that a version does not hold.
  mutating func changes(of id: EntryID, since version: Version) throws(BookError) -> [ChangeIndex] {
    let touches = try stored { storage throws(StorageError) in try storage.touches(of: id) }.map(\.index)
    let newest = replica.version
    return try replicated { replica throws(ReplicaError) in
      let (old, new) = (try replica.indices(of: version), try replica.indices(of: newest))
      let later = Set(try replica.graph().difference(from: old, to: new).onlyB)
      return touches.filter(later.contains)
    }
  }
}
