import ArgumentParser
import LocalBook
import Rendering

struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Bring back a version, a file, or what was lost.",
    discussion: """
      A new change, which everybody gets with the next sync; nothing is taken out of the history. Without FILE the \
      whole book becomes what it was: what came later is deleted.
      With --lost, files that are gone or suddenly empty are given back as they were last recorded; and those that \
      still stand here, though colleagues deleted them with many others, are kept for everybody.
      With --json: restored (null with --lost), files (change, file, kind), noConflictAnyMore, version, and what \
      'save' has.

        valise restore 3f9c2a notes/macron.md
        valise restore --lost
        valise restore notes/macron.md@3f9c2a
        valise restore '@{2021-11-09 18:00}'
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Flag(help: "Give back what was lost and is not recorded as deleted.")
  var lost = false

  @Argument(help: ArgumentHelp("The version; or a file as it was then.", valueName: "VERSION|FILE@VERSION"))
  var version: String?

  @Argument(help: ArgumentHelp("One file; else the whole book.", valueName: "FILE"))
  var file: String?

  func validate() throws {
    if lost == (version != nil) { throw ValidationError("Name a VERSION, or say --lost.") }
  }

  func run() async throws {
    try await options.withBook("restore", asJSON: listing.json) { book, here throws(BookError) in
      guard let version else { return try book.restoreLost() }
      let named = BookPath.named(version, in: book.root, from: here)
      return try book.restore(named, file: file.map { BookPath.named($0, in: book.root, from: here) })
    }
  }
}
