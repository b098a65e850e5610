import Bytes
import History
import Replica

/// A part of an entry that people edit and see: its name, a field, whether it is there at all, or the text.
enum EditedPart: Hashable, Comparable {
  case deletion
  case path
  case field(ExactText)
  case body

  /// The conflict that there may be about it; two people's edits of a text never are one.
  var subject: EntryConflict.Subject? {
    switch self {
    case .deletion: .deletion
    case .path: .path
    case .field(let name): .field(name)
    case .body: nil
    }
  }
}

/// What somebody did to a part of an entry, so that it can be told whether others did the same.
struct PartEdit: Equatable {
  /// What the part was set to, in plain text; nil for no value. Several where a conflict was only written anew.
  private var values: [ExactText?]?
  /// Elements that were added or taken out.
  private var elements: [SetElement: Bool] = [:]

  /// Whether values were set; a set of elements merges without anybody's decision.
  var setsValue: Bool { values != nil }

  /// The same person's next edit on top.
  mutating func add(_ later: PartEdit) {
    values = later.values ?? values
    elements.merge(later.elements) { $1 }
  }

  /// What a change did, by entry and part; layout aside, and new entries aside: nobody else can have edited those.
  static func all(in change: Change) -> [EntryID: [EditedPart: PartEdit]] {
    var parts: [EntryID: [EditedPart: PartEdit]] = [:]
    // What a rule takes out nobody did.
    if case .rule = change.header.fields.origin { return parts }
    for operation in change.operations {
      guard let entry = operation.entry, entry.creation.change != change.ref else { continue }
      func note(_ part: EditedPart, _ edit: PartEdit) {
        parts[entry, default: [:]][part, default: PartEdit()].add(edit)
      }
      switch operation {
      case .set(_, let key, let values) where key.role == .value:
        note(.field(key.name), PartEdit(values: values.map { $0.content?.plain }))
      case .set(_, .path, let values): note(.path, PartEdit(values: values.map { $0.content?.plain }))
      case .add(_, let field, let element, _): note(.field(field), PartEdit(elements: [element: true]))
      case .remove(_, let field, let element): note(.field(field), PartEdit(elements: [element: false]))
      case .edit: note(.body, PartEdit())
      case .delete: note(.deletion, PartEdit(values: ["yes"]))
      case .keep: note(.deletion, PartEdit(values: ["no"]))
      default: break
      }
    }
    return parts
  }
}
