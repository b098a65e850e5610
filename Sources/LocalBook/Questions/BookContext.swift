import BookFolder
import Bytes
import History
import Merge
import Record
import Replica
import ReplicaStore

/// What a display rule asks of the other entries: who a speaker is, and when an engagement ends.
///
/// Only entries with a conflict in such a field need it, so nothing is looked up before it is asked for.
struct BookContext {
  private let entries: any EntryLookup
  /// Knows former names; nil where there is no history.
  private let past: Replica?
  /// Keeps the former names that were found; nil where nothing is kept.
  private let store: StoreTransaction?

  init(_ transaction: StoreTransaction, _ replica: Replica) {
    (entries, past, store) = (transaction, replica, transaction)
  }

  /// Of entries that lie in no store.
  init(_ entries: any EntryLookup, past: Replica?) {
    (self.entries, self.past, store) = (entries, past, nil)
  }

  /// The context for showing an entry.
  func context(of state: EntryState) throws(StorageError) -> DisplayContext { try facts(of: state).display }

  /// What the book says now that decides how an entry is shown.
  func facts(of state: EntryState) throws(StorageError) -> ShownContext {
    var facts = ShownContext()
    guard !EntryConflict.all(in: state).isEmpty else { return facts }
    let speaker = state.register(RegisterKey(.value, "speaker"))?.shown.content?.plain
    var personName: ExactText?
    if let speaker, let link = Link(speaker), let person = try entry(named: link, inFolder: "people") {
      personName = person.register(RegisterKey(.value, "name"))?.shown.content?.plain
    }
    facts.speakerNames = SpeakerName.names(speaker: speaker, personName: personName).map { ExactText($0) }
    for member in state.register(RegisterKey(.value, "embargo"))?.openValues ?? [] {
      guard let text = member.value.content?.plain, case .link(let link)? = try? Value(text, as: .embargo),
        let engagement = try entry(named: link, inFolder: "engagements")
      else { continue }
      func plain(_ field: ExactText) -> ExactText? {
        engagement.register(RegisterKey(.value, field))?.shown.content?.plain
      }
      facts.ends.append(
        ShownContext.End(embargo: text, date: plain("date"), start: plain("start"), end: plain("end")))
    }
    return facts
  }

  /// The entry that a link names: by its path, else by its file's name, in the folder of its kind first; else by a name
  /// that it had once.
  private func entry(named link: Link, inFolder folder: String) throws(StorageError) -> EntryState? {
    let name = link.fileName + ".md"
    let paths = [link.target, ExactText(link.target.string + ".md"), ExactText("\(folder)/\(name)")]
    for path in paths {
      if let found = try entries.entry(at: path) { return try entries.entry(found) }
    }
    func isCalledSo(_ path: ExactText) -> Bool {
      ExactText(path.string.split(separator: "/").last.map(String.init) ?? "") == ExactText(name)
    }
    if let elsewhere = try entries.placedEntries().first(where: { isCalledSo($0.path) }) {
      return try entries.entry(elsewhere.id)
    }
    if let found = try formerly({ paths.contains($0) }) { return found }
    return try formerly(isCalledSo)
  }

  /// The entry that was called so before it was renamed, and is there.
  private func formerly(_ isMeant: (ExactText) -> Bool) throws(StorageError) -> EntryState? {
    for id in try formerOwners(isMeant) {
      if let state = try entries.entry(id), state.isAlive { return state }
    }
    return nil
  }

  private func formerOwners(_ isMeant: (ExactText) -> Bool) throws(StorageError) -> [EntryID] {
    guard var replica = past else { return [] }
    do throws(BookError) {
      let names = try FormerNames(&replica, keptIn: store)
      do throws(ReplicaError) { return names.owners(try replica.graph(), of: isMeant) } catch { throw BookError(error) }
    } catch {
      if case .storage(let error) = error { throw error }
      throw .damaged("former names: \(error)")
    }
  }
}

/// Entries of one version, by id and by the path that they say.
protocol EntryLookup {
  func entry(_ id: EntryID) throws(StorageError) -> EntryState?
  func entry(at path: ExactText) throws(StorageError) -> EntryID?
  func placedEntries() throws(StorageError) -> [PlacedEntry]
}

extension StoreTransaction: EntryLookup {}
