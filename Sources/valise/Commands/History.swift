import ArgumentParser
import LocalBook
import Rendering

struct History: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List the changes of a file, the newest first.",
    discussion: """
      Under all names that it had, and when it is deleted. 'show FILE@VERSION' shows it as it was, 'restore' brings it \
      back. With FILE@VERSION, the changes that the version has.
      With --json: what 'log' has.

        valise history notes/macron.md
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Option(name: .customShort("n"), help: ArgumentHelp("How many at most.", valueName: "N"))
  var limit = 20

  @Argument(help: ArgumentHelp("The file.", valueName: "FILE[@VERSION]"))
  var file: String

  func validate() throws {
    if limit < 1 { throw ValidationError("-n wants a number from 1") }
  }

  func run() async throws {
    try await options.withBook("history", asJSON: listing.json) { book, here throws(BookError) in
      LogReport(try book.history(of: BookPath.named(file, in: book.root, from: here), limit: limit))
    }
  }
}
