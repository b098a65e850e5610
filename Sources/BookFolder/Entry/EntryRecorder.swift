package import Bytes
package import History
package import Merge
package import Record
import Replica
import TextDiff

/// From an edited file to operations that say what the person did (folder.md 4).
///
/// The base is what the file showed before the edit, as rendered; never stored text. Recording and rendering again
/// gives the file's bytes, or nothing is recorded.
package struct EntryRecorder {
  private var draft: ChangeDraft
  /// What the display rules ask of the book around the entry that is recorded next.
  package var context: DisplayContext

  package init(_ draft: ChangeDraft, in context: DisplayContext = DisplayContext()) {
    self.draft = draft
    self.context = context
  }

  /// The operations so far, to be recorded as one change.
  package var recorded: ChangeDraft { draft }

  /// Records a file that is new, and names its entry.
  package mutating func create(_ file: EntryFile, at path: ExactText) throws(RecorderError) -> EntryID {
    let start = draft.operations.count
    let kind = Schema.kindName(forPath: EntryPath.shared(path))
    let entry = draft.create(kind: kind)
    draft.append(.set(entry, .path, [RegisterValue(path)]))
    let state = EntryState(entry, kind: kind, stamp: Stamp(lamport: 0, operation: entry.creation))
    do {
      add(try EntryEdit(file, of: state, since: EntryFile(), in: context, for: draft.ref))
    } catch {
      draft.cut(to: start)
      throw error
    }
    return entry
  }

  /// Records what an edit changed; nothing when the file shows what it showed. `state` is the entry as the file
  /// showed it.
  package mutating func edit(_ file: EntryFile, of state: EntryState) throws(RecorderError) {
    let base = EntryFile(EntryView(state, in: context))
    add(try EntryEdit(file, of: state, since: base, in: context, for: draft.ref))
  }

  /// Records what was found out apart.
  package mutating func add(_ edit: EntryEdit) {
    for operation in edit.operations { draft.append(operation) }
  }

  /// The kind that a created entry got.
  package func kind(of entry: EntryID) -> String {
    guard case .create(let kind)? = draft.operations.dropFirst(Int(entry.creation.index)).first else { return "note" }
    return kind.string
  }

  /// The entry as its file shows it after the operations from `start` on.
  package func shownNow(_ state: EntryState, since start: Int) -> EntryState {
    var state = state
    for index in start..<draft.operations.count where draft.operations[index].entry == state.id {
      _ = state.apply(draft.operations[index], at: Stamp(late: index, in: draft.ref)) { _ in true }
    }
    return state
  }

  /// Records a rename.
  package mutating func rename(_ entry: EntryID, to path: ExactText) {
    draft.append(.set(entry, .path, [RegisterValue(path)]))
  }

  /// Records that a deleted entry is there again.
  package mutating func keep(_ entry: EntryID) { draft.append(.keep(entry)) }

  /// Records a deletion.
  package mutating func delete(_ entry: EntryID) { draft.append(.delete(entry)) }
}
