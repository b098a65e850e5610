import ArgumentParser
import LocalBook
import Rendering

struct RestoreFrom: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore-from",
    abstract: "Make a book of a snapshot, in another folder.",
    discussion: """
      The book has all its history, and this laptop counts as a new one in it. Nothing that is in the folder is \
      written over. To have it on a server again: 'publish', with the address that it had. A light snapshot has no \
      history: of one, the folder gets the files as they were, to read, and is no book.
      With --json: what 'publish' has; of a light snapshot: did, root, file, version, files, conflicts.

        valise restore-from paris.snapshot paris --name "Paul Roux"
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions
  @OptionGroup var person: NameOptions

  @Argument(help: ArgumentHelp("A snapshot, or a bundle that holds everything.", valueName: "FILE"))
  var file: String

  @Argument(help: ArgumentHelp("The folder; made where it is missing.", valueName: "DIR"))
  var folder: String

  func run() async throws {
    try await options.run("restore-from", asJSON: listing.json) { environment async throws(BookError) in
      RestoredBook(try LocalBook.restore(from: file, at: folder, name: person.name, environment), from: file)
    }
  }
}
