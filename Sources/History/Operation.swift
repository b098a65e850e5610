package import Bytes

/// One step of a change, on the state after the step before it.
///
/// An operation on an entry names the entry first and its role next, so that merging needs no schema. Types that this
/// version does not know hash, travel and wait (`formats.md`, Operations).
package enum Operation: Equatable, Sendable {
  /// Creates the entry that this very operation names.
  case create(kind: ExactText)
  /// Deletes an entry as far as the change's parents know it; an edit made at the same time keeps it.
  case delete(EntryID)
  /// Says that an entry stays: settles a deletion that met an edit, or brings a deleted entry back.
  case keep(EntryID)
  /// Sets a register to one value; to several when an open conflict is restored or respelled.
  case set(EntryID, RegisterKey, [RegisterValue])
  /// Puts an element into a set, or gives one that is there a new place.
  case add(EntryID, field: ExactText, SetElement, at: OrderKey)
  /// Takes an element out of a set; additions made at the same time stay.
  case remove(EntryID, field: ExactText, SetElement)
  /// Edits the body, one edit after the other.
  case edit(EntryID, [TextEdit])
  /// Says who a device is; the first operation of its first change.
  case introduce(Introduction)
  /// Founds the book: only in the root change, whose id is the book's.
  case found(nonce: [UInt8])
  /// Says up to which level a program must know the record's schema to write the book's files; the highest counts.
  case need(level: UInt64)
  /// An operation of a later version.
  case unknown(UnknownOperation)

  /// The entry that the operation names; nil for those without, and for `create`, which names its own.
  package var entry: EntryID? {
    switch self {
    case .delete(let entry), .keep(let entry), .set(let entry, _, _), .add(let entry, _, _, _),
      .remove(let entry, _, _), .edit(let entry, _):
      entry
    case .unknown(let operation): operation.entry
    case .create, .introduce, .found, .need: nil
    }
  }
}

/// What a register is for. Roles below 16 keep concurrent values and are listed as conflicts; from 16 on the last by
/// the history's order counts, silently.
package struct Role: Hashable, Comparable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A field's value, as typed.
  package static let value = Role(rawValue: 0)
  /// The file's path.
  package static let path = Role(rawValue: 1)
  /// Where a field stands between its neighbours.
  package static let order = Role(rawValue: 16)
  /// A field's key as typed, up to its value.
  package static let label = Role(rawValue: 17)
  /// Comments and blank lines above a field.
  package static let above = Role(rawValue: 18)
  /// The comment behind a value.
  package static let behind = Role(rawValue: 19)
  /// A set's source as typed.
  package static let source = Role(rawValue: 20)
  /// Something about the whole file: line ending, byte order mark, fences, the comments after the last field.
  package static let attribute = Role(rawValue: 32)

  /// Whether concurrent values are a conflict that people see.
  package var isListed: Bool { rawValue < 16 }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A register of an entry: a role, and the field or attribute it belongs to (empty for the path).
package struct RegisterKey: Hashable, Comparable, Sendable {
  package let role: Role
  package let name: ExactText

  package init(_ role: Role, _ name: ExactText = "") {
    self.role = role
    self.name = name
  }

  package static let path = RegisterKey(.path)

  package static func < (a: Self, b: Self) -> Bool { (a.role, a.name) < (b.role, b.name) }
}

/// One value of a register: source and plain text, or absence; and the event it came from, when that is another one.
package struct RegisterValue: Hashable, Sendable {
  /// The value as typed; nil for absence.
  package let content: Content?
  /// The event that first set this value, when a later one only brings it back.
  package let from: OperationRef?

  package struct Content: Hashable, Sendable {
    /// The text as typed.
    package let source: ExactText
    /// What the text means once quotes are gone; compared, ranked and typed.
    package let plain: ExactText

    package init(source: ExactText, plain: ExactText) {
      self.source = source
      self.plain = plain
    }
  }

  package init(content: Content?, from: OperationRef? = nil) {
    self.content = content
    self.from = from
  }

  /// A value whose source and plain text are the same.
  package init(_ text: ExactText) { self.init(content: Content(source: text, plain: text)) }

  package static let absent = RegisterValue(content: nil)
}

/// An element of a set: its unquoted text, and a count that tells equal ones apart.
package struct SetElement: Hashable, Comparable, Sendable {
  package let text: ExactText
  package let ordinal: UInt32

  package init(_ text: ExactText, ordinal: UInt32 = 0) {
    self.text = text
    self.ordinal = ordinal
  }

  package static func < (a: Self, b: Self) -> Bool { (a.text, a.ordinal) < (b.text, b.ordinal) }
}

/// One edit of a body: at `position`, `deleted` scalars go and `inserted` comes. Unicode scalars, on the text after the
/// edits before it. What lies beyond the end of the text means its end (`formats.md`, Text).
package struct TextEdit: Hashable, Sendable {
  package let position: Int
  package let deleted: Int
  package let inserted: ExactText

  package init(position: Int, deleted: Int, inserted: ExactText) {
    self.position = position
    self.deleted = deleted
    self.inserted = inserted
  }
}

/// An edit without its letters: where it stands, and how many scalars go and come. Enough to merge, since letters never
/// decide.
package struct EditShape: Hashable, Sendable {
  package let position: Int
  package let deleted: Int
  package let inserted: Int

  package init(position: Int, deleted: Int, inserted: Int) {
    self.position = position
    self.deleted = deleted
    self.inserted = inserted
  }

  package init(_ edit: TextEdit) {
    self.init(position: edit.position, deleted: edit.deleted, inserted: edit.inserted.scalarCount)
  }
}

/// Who a device is: its key and incarnation (in its first change), and the person's name.
package struct Introduction: Hashable, Sendable {
  package let key: Key?
  package let name: ExactText

  package struct Key: Hashable, Sendable {
    package let publicKey: PublicKey
    package let incarnation: Incarnation

    package init(publicKey: PublicKey, incarnation: Incarnation) {
      self.publicKey = publicKey
      self.incarnation = incarnation
    }
  }

  package init(key: Key?, name: ExactText) {
    self.key = key
    self.name = name
  }
}

/// An operation of a type that this version does not know, kept to the byte. Types below 64 name an entry first.
package struct UnknownOperation: Hashable, Sendable {
  package let type: UInt64
  package let entry: EntryID?
  package let payload: [UInt8]

  package init(type: UInt64, entry: EntryID?, payload: [UInt8]) {
    self.type = type
    self.entry = entry
    self.payload = payload
  }
}
