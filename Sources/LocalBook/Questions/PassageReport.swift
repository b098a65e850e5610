/// The passages that several people edited at the same time, in some merge.
package struct PassageReport: Equatable, Sendable {
  /// The versions that were merged, by their short names; none where nothing was made at the same time.
  package let versions: [String]
  /// By file, then by place.
  package let passages: [FoundPassage]
}

/// A passage of a file that two sides of a merge touched, widened to whole sentences.
package struct FoundPassage: Equatable, Sendable {
  /// The passage's first digits; the same on every laptop.
  package let id: String
  /// The entry's id, in hexadecimal.
  package let entry: String
  /// What the file is called now, or was when it was deleted.
  package let file: String
  /// Where it begins in the file as it is by now, from 1; nil where it does not stand there any more.
  package let line: Int?
  /// What became of it since; nil: it stands as it was merged.
  package let since: Since?
  /// What stood there in the newest version that both sides know.
  package let base: String
  /// In the order of their names.
  package let sides: [Side]
  package let merged: String

  package enum Since: String, Sendable {
    /// Its words were changed.
    case edited
    /// The file was deleted.
    case deleted
  }

  package struct Side: Equatable, Sendable {
    /// Who touched it, by name; several where one side brought several people's changes.
    package let people: [String]
    /// When it was last touched.
    package let time: Int64
    /// Short name of the version that has this side.
    package let version: String
    package let text: String
  }
}
