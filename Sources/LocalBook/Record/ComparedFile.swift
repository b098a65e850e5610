import BookFolder
import Bytes
import History
import Merge
import Replica

/// An edited file beside what it showed; compared without the store, on any core.
struct ComparedFile: Sendable {
  /// Nil where the file is gone.
  private let bytes: [UInt8]?
  private let state: EntryState
  private let context: ShownContext
  private let change: ChangeRef

  /// - Parameters:
  ///   - state: the entry as the file showed it.
  ///   - context: what its bytes followed from beside the entry.
  ///   - change: the one that an edit goes into.
  init(_ bytes: [UInt8]?, of state: EntryState, _ context: ShownContext, for change: ChangeRef) {
    (self.bytes, self.state, self.context, self.change) = (bytes, state, context, change)
  }

  enum Outcome: Sendable {
    /// The very bytes that were written.
    case same
    case different(EntryEdit)
    case unreadable(UnreadableFile)
    case unrecordable(RecorderError)
  }

  func outcome() -> Outcome {
    guard let bytes else { return .same }
    let shown = EntryFile(EntryView(state, in: context.display))
    if shown.rendered() == bytes { return .same }
    let file: EntryFile
    do { file = try EntryFile.parse(bytes) } catch { return .unreadable(error) }
    do {
      return .different(try EntryEdit(file, of: state, since: shown, in: context.display, for: change))
    } catch { return .unrecordable(error) }
  }
}
