import ArgumentParser
import LocalBook
import Rendering

struct Share: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share",
    abstract: "Move a file out of private/, for everybody.",
    discussion: """
      Files in private/ are recorded, and never leave this laptop. A shared one becomes a new file of the book, as it is \
      now: its drafts stay private. Moving it by hand does the same.
      With --json: from, to, version, and what 'save' has.

        valise share private/notes/macron.md
        valise share private/idea.md notes/macron.md
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Argument(help: ArgumentHelp("A file in private/.", valueName: "FILE"))
  var file: String

  @Argument(
    help: ArgumentHelp("Where it goes; else the same place below the book's folder.", valueName: "NEW-NAME"))
  var name: String?

  func run() async throws {
    try await options.withBook("share", asJSON: listing.json) { book, here throws(BookError) in
      try book.share(BookPath.named(file, in: book.root, from: here), to: name)
    }
  }
}
