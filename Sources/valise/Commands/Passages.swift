import ArgumentParser
import LocalBook
import Rendering

struct Passages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passages",
    abstract: "List the sentences that two people edited at the same time.",
    discussion: """
      Each with what it was, what each side made of it, and what came of both; nothing waits for a decision. What was \
      edited or deleted since the merge says so. Without versions, those that the newest merge brought together; with \
      one, those that it brought together; with two, those that both changed since they parted. FILE@VERSION is one file.
      With --json, a passage a line: passage, entry, file, line and since (edited or deleted since the merge, or null), \
      base, sides (people, time, version, text), merged.

        valise passages
        valise passages 3f9c2a 81d07e
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Argument(help: ArgumentHelp("A version: one side, or what was brought together.", valueName: "A"))
  var one: String?

  @Argument(help: ArgumentHelp("The other side.", valueName: "B"))
  var other: String?

  func run() async throws {
    try await options.withBook("passages", asJSON: listing.json) { book, here throws(BookError) in
      let named = [one, other].map { $0.map { BookPath.named($0, in: book.root, from: here) } }
      return try book.passages(named[0], named[1])
    }
  }
}
