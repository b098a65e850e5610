import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

// Whose file is meant by a name: a file may have been renamed, or deleted, and another one made under its name since.

extension Workbench {
  /// The entry whose file is called so, with or without `.md`: in the version, else now or under its last name, else
  /// under a name that it had once, which is said.
  mutating func file(named name: String, at version: Version?) throws(BookError) -> (EntryID, ExactText) {
    let names = [ExactText(name), ExactText(name + ".md")]
    let present = try presentOwner(of: names)
    if let version, version != replica.version, let then = try owner(of: names, at: version, present?.0) {
      if then.id != present?.0, let now = try entry(then.id) { note(now, askedAs: name) }
      return (then.id, EntryView.path(of: then))
    }
    if let present { return present }
    guard let (id, now) = try formerOwner(of: names), let state = try entry(id) else {
      throw .noSuchFile(name, nearest: try nearest(to: name))
    }
    note(state, askedAs: name)
    return (id, now)
  }

  /// The entry, as a version has it, that was called so then: the one that is called so now; else one that was renamed
  /// since; else one that was deleted since, or stands elsewhere because another has its name. One that was deleted by then
  /// counts only where none was there.
  private mutating func owner(
    of names: [ExactText], at version: Version, _ present: EntryID?
  ) throws(BookError) -> EntryState? {
    var deleted: EntryState?
    if let found = try owner(among: [present].compactMap { $0 }, of: names, at: version, &deleted) { return found }
    if let found = try owner(among: formerOwners(of: names), of: names, at: version, &deleted) { return found }
    var namesakes: [EntryID] = []
    for name in names {
      namesakes += try stored { storage throws(StorageError) in try storage.entries(lastCalled: name) }
    }
    return try owner(among: namesakes, of: names, at: version, &deleted) ?? deleted
  }

  private mutating func owner(
    among ids: [EntryID], of names: [ExactText], at version: Version, _ deleted: inout EntryState?
  ) throws(BookError) -> EntryState? {
    for id in ids {
      let state = try replicated { replica throws(ReplicaError) in try replica.entry(id, at: version) }
      guard let state, names.contains(EntryView.path(of: state)) else { continue }
      if state.isAlive { return state }
      deleted = deleted ?? state
    }
    return nil
  }

  private func note(_ state: EntryState, askedAs name: String) {
    let now = ((try? index().places[state.id]) ?? nil) ?? EntryView.path(of: state)
    book.note(FormerName(asked: name, now: now.string, isDeleted: !state.isAlive))
  }

  private mutating func presentOwner(of names: [ExactText]) throws(BookError) -> (EntryID, ExactText)? {
    if let owner = try existingOwner(of: names) { return owner }
    for id in try stored({ storage throws(StorageError) in try storage.entries() }) {
      guard let state = try entry(id) else { continue }
      let path = EntryView.path(of: state)
      if names.contains(path) { return (id, path) }
    }
    return nil
  }

  /// The entry whose file stands there, under the name with or without `.md`.
  func existingFile(named name: String) throws(BookError) -> (EntryID, ExactText)? {
    try existingOwner(of: [ExactText(name), ExactText(name + ".md")])
  }

  private func existingOwner(of names: [ExactText]) throws(BookError) -> (EntryID, ExactText)? {
    let index = try index()
    for candidate in names {
      if let entry = index.owner(of: candidate) { return (entry, candidate) }
    }
    return nil
  }

  /// A file that the words may have meant: the same file name elsewhere.
  func nearest(to name: String) throws(BookError) -> String? {
    let wanted =
      name.split(separator: "/").last.map { $0.hasSuffix(".md") ? String($0.dropLast(3)) : String($0) } ?? name
    return try index().entries.map(\.path.string).first {
      ($0.split(separator: "/").last.map(String.init) ?? "").contains(wanted)
    }
  }
}
