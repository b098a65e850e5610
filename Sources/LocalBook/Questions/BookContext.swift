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
  private let transaction: StoreTransaction

  init(_ transaction: StoreTransaction) { self.transaction = transaction }

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

  /// The entry that a link names: by its path, else by its file's name, in the folder of its kind first.
  private func entry(named link: Link, inFolder folder: String) throws(StorageError) -> EntryState? {
    let name = link.fileName + ".md"
    let placed = try transaction.placedEntries()
    func find(_ matches: (String) -> Bool) -> EntryID? { placed.first { matches($0.path.string) }?.id }
    let wanted =
      find { $0 == link.target.string || $0 == link.target.string + ".md" }
      ?? find { $0 == "\(folder)/\(name)" } ?? find { $0.hasSuffix("/" + name) || $0 == name }
    guard let wanted else { return nil }
    return try transaction.entry(wanted)
  }
}
