import ArgumentParser
import LocalBook
import Rendering

struct Join: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join",
    abstract: "Get a book from a server into a folder.",
    discussion: """
      Nothing that is in the folder is written over. To work on a colleague's book, join it; do not begin one of \
      your own.
      A join that breaks off is begun again by the same command, and goes on where it was.
      With --json: what 'publish' has; kept (changes that an earlier join had brought).

        valise join valise://localhost/paris-2021 paris --name "Paul Roux"
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions
  @OptionGroup var person: NameOptions

  @Argument(help: ArgumentHelp("Server and name: valise://HOST[:PORT]/BOOK.", valueName: "URL"))
  var url: String

  @Argument(help: ArgumentHelp("The folder; made where it is missing.", valueName: "DIR"))
  var folder: String

  func run() async throws {
    try await options.run("join", asJSON: listing.json) { environment async throws(BookError) in
      NewBook(try await LocalBook.join(url: url, at: folder, name: person.name, environment), .joined)
    }
  }
}
