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
    for path in [link.target, ExactText(link.target.string + ".md"), ExactText("\(folder)/\(name)")] {
      if let found = try transaction.entry(at: path) { return try transaction.entry(found) }
    }
    let elsewhere = try transaction.placedEntries().first {
      ExactText($0.path.string.split(separator: "/").last.map(String.init) ?? "") == ExactText(name)
    }
    return try elsewhere.flatMap { placed throws(StorageError) in try transaction.entry(placed.id) }
  }
}
