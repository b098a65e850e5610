import ArgumentParser
import LocalBook
import Rendering

struct Resolve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Settle a conflict.",
    discussion: """
      Take somebody's value, or give another one. The decision is a change like any other, \
      and goes to everybody with the next sync.
      With --json: file, field, value, conflictsLeft, version, and what 'save' has.

        valise resolve engagements/dinner.md:start --take "Anne Martin"
        valise resolve engagements/dinner.md:start --value 20:30
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Option(help: ArgumentHelp("Whose value, as 'conflicts' names it.", valueName: "NAME"))
  var take: String?

  @Option(help: ArgumentHelp("Another value; an empty one is no value.", valueName: "TEXT"))
  var value: String?

  @Argument(help: ArgumentHelp("The conflict, as 'conflicts' names it.", valueName: "FILE:FIELD"))
  var conflict: String

  func validate() throws {
    if (take == nil) == (value == nil) { throw ValidationError("say either --take NAME or --value TEXT") }
  }

  func run() async throws {
    try await options.withBook("resolve", asJSON: listing.json) { book, here throws(BookError) in
      try book.resolve(BookPath.named(conflict, in: book.root, from: here), take: take, value: value)
    }
  }
}
