package import Bytes

/// The visit record's schema: which kinds of entry a book knows, which fields they have, and how each field behaves.
///
/// The schema advises and displays; it never decides what is recorded. A kind or a field that it does not know is kept,
/// synced and merged as a text register, and a value that it cannot read is kept as typed.
package enum Schema {
  /// Counts up when a display rule changes, or when a field gets another one. A book stores the level that it needs.
  package static let level: UInt64 = 1

  /// Whether a program that knows the display rules up to `known` may write the files of a book that needs `level`.
  ///
  /// A program that may not still records and syncs: the state of a field does not depend on its display rule.
  package static func canDisplay(level: UInt64, known: UInt64 = Schema.level) -> Bool { level <= known }

  /// The kind of that name; nil for one that this program does not know.
  package static func kind(named name: ExactText) -> KindSchema? {
    kinds.first { $0.name == name }
  }

  /// The kind whose entries stand in the folder of that name, such as `people`.
  package static func kind(inFolder folder: ExactText) -> KindSchema? {
    kinds.first { $0.folder == folder }
  }

  /// The kind of a new entry without a `kind` field: by the folder at the top of its path, else a note.
  ///
  /// `path` is relative to the book and has `/` between its parts. `visit.md` at the top is the visit.
  package static func kindName(forPath path: ExactText) -> ExactText {
    if path == "visit.md" { return "visit" }
    let parts = path.bytes.split(separator: UInt8(ascii: "/"), maxSplits: 1)
    guard parts.count == 2, let folder = ExactText(validating: Array(parts[0])) else { return "note" }
    return kind(inFolder: folder)?.name ?? "note"
  }

  /// How a field behaves in entries of a kind; for unknown kinds and fields, a text register that shows its last value.
  package static func field(_ key: ExactText, ofKind kind: ExactText) -> FieldSchema {
    let own = Schema.kind(named: kind)?.fields ?? []
    return (own + common).first { $0.key == key } ?? FieldSchema(key, .text, "Not in this schema.")
  }
}
