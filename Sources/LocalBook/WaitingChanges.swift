/// Changes of an entry that its file does not show yet, because something about the file has to be seen to first.
package struct WaitingChanges: Equatable, Sendable {
  /// What becomes of the file once it can be written: edited and renamed, or one of the others; nothing where the changes
  /// take each other back.
  package let what: [What]
  /// How many changes wait.
  package let changes: Int
  /// Whose they are, by name.
  package let people: [String]

  package enum What: Equatable, Sendable {
    /// It is a new file, of the name that is taken.
    case created
    case edited
    case renamed(to: String)
    case deleted
  }

  package init(what: [What], changes: Int, people: [String]) {
    self.what = what
    self.changes = changes
    self.people = people
  }
}

/// Deletions by colleagues, so many at once that the folder does not follow them until they are accepted (F6). They
/// are in the history, and the files stand as they were.
package struct HeldDeletions: Equatable, Sendable {
  /// The files, by path.
  package let paths: [String]
  /// How many files of the book there are in the folder.
  package let known: Int
  /// Who deleted them, by name.
  package let people: [String]

  package init(paths: [String], known: Int, people: [String]) {
    self.paths = paths
    self.known = known
    self.people = people
  }
}
