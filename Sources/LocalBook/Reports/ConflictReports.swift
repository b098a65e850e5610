/// A conflict as `conflicts` lists it.
package struct ConflictLine: Equatable, Sendable {
  /// The entry's id, in hexadecimal.
  package let entry: String
  /// The entry's present path, or its last one.
  package let file: String
  package let isDeleted: Bool
  /// A field's key, `path` for a rename, `deleted` for a deletion that met an edit.
  package let field: String
  /// Where the field stands in the file, from 1; nil when it does not.
  package let line: Int?
  /// What the file shows comes first.
  package let values: [Value]

  package struct Value: Equatable, Sendable {
    /// Nil for "no value".
    package let text: String?
    package let person: String
    package let time: Int64
    /// Whether the file shows this one.
    package let isShown: Bool
    /// What `--take` wants to choose this side.
    package let take: String
  }
}

/// What `resolve` settled.
package struct ResolveReport: Sendable {
  package let saved: SaveReport
  package let file: String
  package let field: String
  /// Nil: settled to no value.
  package let value: String?
  package let conflictsLeft: Int
}

/// What waited for a decision, and does not any more.
package struct SettledConflict: Equatable, Sendable {
  package let path: String
  /// As `FILE:FIELD` has it.
  package let field: String
  /// What it is now; nil for no value, `yes` or `no` for whether the entry is deleted.
  package let value: String?
  /// Whoever made it so; several where they agree.
  package let people: [String]
}
