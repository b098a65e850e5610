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
    let created = draft.operations.count
    draft.append(.set(entry, .path, [RegisterValue(path)]))
    let state = EntryState(entry, kind: kind, stamp: stamp(created - 1))
    do { try edit(file, of: state, since: created, isNew: true) } catch {
      draft.cut(to: start)
      throw error
    }
    return entry
  }

  /// Records what an edit changed; nothing when the file shows what it showed. `state` is the entry as the file
  /// showed it.
  package mutating func edit(_ file: EntryFile, of state: EntryState) throws(RecorderError) {
    try edit(file, of: state, since: draft.operations.count, isNew: false)
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
      _ = state.apply(draft.operations[index], at: stamp(index)) { _ in true }
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

  /// Adds nothing on an error.
  private mutating func edit(
    _ file: EntryFile, of state: EntryState, since start: Int, isNew: Bool
  ) throws(RecorderError) {
    try Self.checkLimits(file)
    let wanted = file.rendered()
    let before = draft.operations.count
    for thoroughness in [EntryDifference.Thoroughness.changedParts, .everyPart] {
      let difference = EntryDifference(
        file, state, isNew ? EntryFile() : EntryFile(EntryView(state, in: context)), context, thoroughness)
      // Tried in place: a copy of the draft for each file would copy all that was recorded before it.
      for operation in difference.operations { draft.append(operation) }
      if rendering(of: state, after: draft.operations[start...]) == wanted { return }
      draft.cut(to: before)
    }
    throw .unfaithful
  }

  private func rendering(of state: EntryState, after operations: ArraySlice<Operation>) -> [UInt8] {
    var state = state
    for (index, operation) in zip(operations.indices, operations) where operation.entry == state.id {
      _ = state.apply(operation, at: stamp(index)) { _ in true }
    }
    return EntryFile(EntryView(state, in: context)).rendered()
  }

  /// Later than anything the entry holds: what is tried here is made on all of it.
  private func stamp(_ index: Int) -> Stamp {
    Stamp(lamport: .max, operation: OperationRef(change: draft.ref, index: UInt32(clamping: index)))
  }

  private static func checkLimits(_ file: EntryFile) throws(RecorderError) {
    for field in file.fields {
      if field.key.utf8.count > ChangeLimits.label { throw .keyTooLong(bytes: field.key.utf8.count) }
      let longest = max(field.value.utf8.count, field.above.utf8.count, field.behind.utf8.count)
      if longest > ChangeLimits.value { throw .fieldTooLarge(key: field.key, bytes: longest) }
    }
    if file.tail.utf8.count > ChangeLimits.value { throw .fieldTooLarge(key: "", bytes: file.tail.utf8.count) }
  }
}

/// Why a readable file is not recorded: it is named and left alone, as an unreadable one is.
package enum RecorderError: Error, Equatable, Sendable {
  case keyTooLong(bytes: Int)
  /// The value, or the comments above it (an empty key: those after the last field).
  case fieldTooLarge(key: String, bytes: Int)
  /// What was recorded would not give back the file's bytes.
  case unfaithful
}
