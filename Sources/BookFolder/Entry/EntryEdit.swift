package import History
package import Merge
package import Record
import Replica

/// What an edited file says of its entry: worked out apart from the change that it goes into, so that many files can be
/// at the same time.
package struct EntryEdit: Sendable {
  package let operations: [Operation]

  /// Compares a file with what it showed. Recording the operations and rendering again gives the file's bytes, or it
  /// throws `unfaithful`.
  ///
  /// - Parameters:
  ///   - state: the entry as the file showed it.
  ///   - base: the file that it was then; an empty one where the file is new.
  ///   - context: what the display rules ask of the book around the entry.
  ///   - change: the change that the operations go into.
  package init(
    _ file: EntryFile, of state: EntryState, since base: EntryFile, in context: DisplayContext, for change: ChangeRef
  ) throws(RecorderError) {
    try Self.checkLimits(file)
    let wanted = file.rendered()
    for thoroughness in [EntryDifference.Thoroughness.changedParts, .everyPart] {
      let found = EntryDifference(file, state, base, context, thoroughness).operations
      if Self.rendering(of: state, after: found, in: context, change) == wanted {
        operations = found
        return
      }
    }
    throw .unfaithful
  }

  private static func rendering(
    of state: EntryState, after operations: [Operation], in context: DisplayContext, _ change: ChangeRef
  ) -> [UInt8] {
    var state = state
    // An entry that the change itself creates takes only what follows that.
    let first = state.creation.change == change ? Int(state.creation.operation.index) + 1 : 0
    for (place, operation) in operations.enumerated() where operation.entry == state.id {
      _ = state.apply(operation, at: Stamp(late: first + place, in: change)) { _ in true }
    }
    return EntryFile(EntryView(state, in: context)).rendered()
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

extension Stamp {
  /// Later than anything an entry holds: what is tried before it is recorded is made on all of it.
  init(late index: Int, in change: ChangeRef) {
    self.init(lamport: .max, operation: OperationRef(change: change, index: UInt32(clamping: index)))
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
