import Bytes
import History

/// The edits that come out of a walk; one that continues the edit before it is joined to it.
struct EditCollector {
  private(set) var edits: [TextEdit] = []
  /// While known edits are walked, nothing comes out.
  var isSilent = false

  mutating func delete(_ count: Int, at position: Int) {
    guard count > 0, !isSilent else { return }
    if let last = edits.last, last.position == position, last.inserted.isEmpty {
      edits[edits.count - 1] = TextEdit(position: position, deleted: last.deleted + count, inserted: "")
    } else {
      edits.append(TextEdit(position: position, deleted: count, inserted: ""))
    }
  }

  mutating func insert(_ text: ExactText, at position: Int) {
    guard !text.isEmpty, !isSilent else { return }
    if let last = edits.last, last.position == position, last.inserted.isEmpty {
      edits[edits.count - 1] = TextEdit(position: position, deleted: last.deleted, inserted: text)
    } else {
      edits.append(TextEdit(position: position, deleted: 0, inserted: text))
    }
  }
}
