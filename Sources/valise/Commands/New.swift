import ArgumentParser
import LocalBook
import Rendering

struct New: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Begin a book in a folder.",
    discussion: """
      Notes that are in the folder already become the book's entries, unchanged byte for byte.
      With --json: did, root, book, url, kinds (kind, count), version, and what 'save' has.

        valise new paris-2021 --name "Anne Martin"
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions
  @OptionGroup var person: NameOptions

  @Argument(help: ArgumentHelp("The folder; made where it is missing.", valueName: "DIR"))
  var folder: String

  func run() async throws {
    try await options.run("new", asJSON: listing.json) { environment throws(BookError) in
      NewBook(try LocalBook.new(at: folder, name: person.name, environment), .made)
    }
  }
}
