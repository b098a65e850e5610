import ArgumentParser
import LocalBook
import Rendering

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the whole book into a file.",
    discussion: """
      The file holds the book with its history; 'restore-from' makes a book of it on any laptop, 'bundle apply' takes \
      it into one that is there. No file is written over.
      With --json: file, kind, version, changes, bytes, and what 'save' has.

        valise export --snapshot paris.snapshot
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Option(help: ArgumentHelp("The file; its name must be free.", valueName: "FILE"))
  var snapshot: String

  func run() async throws {
    try await options.withBook("export", asJSON: listing.json) { book, _ async throws(BookError) in
      try book.export(to: snapshot)
    }
  }
}
