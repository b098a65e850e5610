/// The two parts of a book's folder, and the two histories that keep them (model.md 2 and 3).
package enum BookSide: Sendable {
  /// What the book shares: everything outside `private/`.
  case shared
  /// What lies in `private/`, and never leaves the laptop.
  case `private`

  /// Which side a file belongs to.
  package init(of path: EntryPath) { self = path.isPrivate ? .private : .shared }
}
