import ArgumentParser
import LocalBook
import Rendering

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the whole book into a file.",
    discussion: """
      The file holds the book with its history; 'restore-from' makes a book of it on any laptop, 'bundle apply' takes \
      it into one that is there. With --light it holds the book as it is now, without the history: quick to open and to \
      read, but nothing that syncs can be made of it. No file is written over.
      With --json: file, kind, version, changes, bytes, and what 'save' has.

        valise export --snapshot paris.snapshot
        valise export --snapshot paris.light --light
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Option(help: ArgumentHelp("The file; its name must be free.", valueName: "FILE"))
  var snapshot: String

  @Flag(help: "Without the history: the book as it is now.")
  var light = false

  func run() async throws {
    try await options.withBook("export", asJSON: listing.json) { book, _ async throws(BookError) in
      try book.export(to: snapshot, light: light)
    }
  }
}
