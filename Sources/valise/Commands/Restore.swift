import ArgumentParser
import LocalBook
import Rendering

struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Bring back a version, or a file as it was.",
    discussion: """
      A new change, which everybody gets with the next sync; nothing is taken out of the history. Without FILE the \
      whole book becomes what it was: what came later is deleted.
      With --json: restored, files (change, file, kind), version, and what 'save' has.

        valise restore 3f9c2a notes/macron.md
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Argument(help: ArgumentHelp("A version, by its hash.", valueName: "VERSION"))
  var version: String

  @Argument(help: ArgumentHelp("One file; else the whole book.", valueName: "FILE"))
  var file: String?

  func run() async throws {
    try await options.withBook("restore", asJSON: listing.json) { book, here throws(BookError) in
      try book.restore(version, file: file.map { BookPath.named($0, in: book.root, from: here) })
    }
  }
}
