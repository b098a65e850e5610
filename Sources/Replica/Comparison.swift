package import Bytes
package import History
package import Merge
package import Record
package import TextDiff

/// The difference of two versions of a book, by path.
package struct Comparison: Equatable, Sendable {
  package let entries: [EntryComparison]
  package init(entries: [EntryComparison]) { self.entries = entries }
}

/// The difference of an entry between two versions.
package struct EntryComparison: Equatable, Sendable {
  package let id: EntryID
  /// Nil where the version does not have the entry, or has it deleted.
  package let before: EntryView?
  package let after: EntryView?
  /// The fields that differ in value, in the order of the newer file.
  package let fields: [FieldComparison]
  /// The bodies with changed words marked; empty when they are equal.
  package let body: [MarkedRun]

  package struct FieldComparison: Equatable, Sendable {
    package let name: ExactText
    package let before: FieldView.Value?
    package let after: FieldView.Value?
  }

  /// Nil when the versions show the same. `context` is what showing an entry asks of the book.
  package init?(
    _ id: EntryID, from old: EntryState?, to new: EntryState?,
    in context: (EntryState) throws(StorageError) -> DisplayContext
  ) throws(StorageError) {
    self.init(id, from: try Self.view(old, in: context), to: try Self.view(new, in: context))
  }

  /// The same of an entry as it was shown; nil for one that was not, because it was deleted or not there yet.
  package init?(_ id: EntryID, from before: EntryView?, to after: EntryView?) {
    guard before != nil || after != nil, before != after else { return nil }
    self.id = id
    self.before = before
    self.after = after
    var fields: [FieldComparison] = []
    var names = after?.fields.map(\.name) ?? []
    names += (before?.fields.map(\.name) ?? []).filter { !names.contains($0) }
    for name in names {
      let (one, other) = (before?[field: name]?.value, after?[field: name]?.value)
      if one?.plain != other?.plain { fields.append(FieldComparison(name: name, before: one, after: other)) }
    }
    self.fields = fields
    let (oldBody, newBody) = (before?.body ?? "", after?.body ?? "")
    body = oldBody == newBody ? [] : TextDiff.marked(from: oldBody.string, to: newBody.string)
  }

  private static func view(
    _ state: EntryState?, in context: (EntryState) throws(StorageError) -> DisplayContext
  ) throws(StorageError) -> EntryView? {
    guard let state, state.isAlive else { return nil }
    return EntryView(state, in: try context(state))
  }

  /// Where the entry is now, or was.
  package var path: ExactText { after?.path ?? before?.path ?? "" }

  package var kind: Kind {
    switch (before, after) {
    case (nil, _): .added
    case (_, nil): .deleted
    case (let old?, let new?): old.path == new.path ? .changed : .renamed
    }
  }

  package enum Kind: String, Sendable { case added, deleted, changed, renamed }
}

extension FieldView.Value {
  /// What the value says, spelling aside: one text, or the elements.
  package var plain: [ExactText] {
    switch self {
    case .single(let content): [content.plain]
    case .set(let elements, _): elements.map(\.text)
    }
  }
}
