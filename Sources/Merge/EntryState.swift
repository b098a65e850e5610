package import Bytes
package import History

/// What an entry is at one version: its registers, sets, body, and whether somebody deleted it.
///
/// A function of the changes alone, in whichever topological order they were applied.
package struct EntryState: Equatable, Sendable {
  package let id: EntryID
  package let kind: ExactText
  /// When the entry was created.
  package let creation: Stamp
  /// Ascending by key.
  package internal(set) var registers: [KeyedRegister]
  /// Ascending by field.
  package internal(set) var sets: [FieldSet]
  var text: TextBuffer
  /// The last edits of the body, none below another, ascending.
  package internal(set) var bodyHeads: [ChangeRef]
  /// How many edit operations the body holds, in order of arrival: what `TextHistory.edits(since:)` calls known.
  package internal(set) var bodyEdits: Int
  /// Edit operations that came since, and wait for `rewriteBody`.
  package internal(set) var waitingEdits: Int
  /// Deletions that no later operation on the entry has seen, none below another, ascending.
  package internal(set) var deletions: [Stamp]
  /// All other operations on the entry that no deletion has seen, none below another, ascending.
  package internal(set) var touches: [Stamp]

  package struct KeyedRegister: Equatable, Sendable {
    package let key: RegisterKey
    package internal(set) var register: Register
  }

  package struct FieldSet: Equatable, Sendable {
    package let field: ExactText
    package internal(set) var set: ElementSet
  }

  /// An entry just created, by the operation that its id names.
  package init(_ id: EntryID, kind: ExactText, stamp: Stamp) {
    self.id = id
    self.kind = kind
    creation = stamp
    registers = []
    sets = []
    text = TextBuffer()
    bodyHeads = []
    bodyEdits = 0
    waitingEdits = 0
    deletions = []
    touches = [stamp]
  }

  /// The register of a key; nil when nobody has set it.
  package func register(_ key: RegisterKey) -> Register? {
    let place = place(of: key)
    return place < registers.count && registers[place].key == key ? registers[place].register : nil
  }

  /// The set of a field; nil when it has no elements.
  package func set(_ field: ExactText) -> ElementSet? {
    let place = place(ofSet: field)
    return place < sets.count && sets[place].field == field ? sets[place].set : nil
  }

  /// Whether the body holds all edits that came.
  package var isSettled: Bool { waitingEdits == 0 }

  /// Every change that the state goes back to by name, in no order, more than once perhaps.
  package var changes: [ChangeRef] {
    var all = [creation.change] + bodyHeads + (deletions + touches).map(\.change)
    for keyed in registers { all += keyed.register.members.map(\.stamp.change) }
    for slot in sets.flatMap(\.set.slots) { all += slot.additions.map(\.stamp.change) }
    return all
  }

  /// The text of the body. Cost: its length.
  package var body: ExactText { text.text }
  /// How long that is, in bytes.
  package var bodyBytes: Int { text.byteCount }

  func place(of key: RegisterKey) -> Int { registers.partitioningIndex { $0.key >= key } }
  func place(ofSet field: ExactText) -> Int { sets.partitioningIndex { $0.field >= field } }

  /// Deleted when there is a deletion, and deletions have seen every other operation on the entry.
  package var life: Life {
    if deletions.isEmpty { return .alive }
    return touches.isEmpty ? .deleted : .disputed(deletions: deletions, edits: touches)
  }
}

/// Whether an entry is there.
package enum Life: Equatable, Sendable {
  case alive
  case deleted
  /// Deleted by some while others, who did not know, edited it: it stays, and people are told.
  case disputed(deletions: [Stamp], edits: [Stamp])
}

/// What an operation left to do.
package enum BodyOutcome: Equatable, Sendable {
  /// Nothing.
  case settled
  /// The edit is concurrent with others of the body, or waits behind one that is: merge with `TextHistory`, then
  /// `rewriteBody`.
  case concurrent
}
