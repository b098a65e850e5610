import ArgumentParser
import LocalBook
import Rendering

struct Undo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back what you did last.",
    discussion: """
      Again and again, it goes further back: edits, decisions, renames, deletions, what 'restore' did. What the folder \
      holds is recorded before, and is what you did last, where it is new. Only what this laptop did is taken back, in a \
      new change; what colleagues did stays, and is named where it stands in the way. A file that 'share' moved out of \
      private/ is there again; its text stays in the shared history all the same.
      With --json: undone (as 'log' has it), fields, files, left, inHistory, noConflictAnyMore, conflictsAgain, version, \
      and what 'save' has.
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  func run() async throws {
    try await options.withBook("undo", asJSON: listing.json) { book, _ throws(BookError) in try book.undo() }
  }
}

struct Redo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redo",
    abstract: "Do again what 'undo' took back.",
    discussion: """
      Until you edit something: then there is nothing to do again.
      With --json: redone, and what 'undo' has.
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  func run() async throws {
    try await options.withBook("redo", asJSON: listing.json) { book, _ throws(BookError) in try book.redo() }
  }
}
