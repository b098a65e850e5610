import ArgumentParser
import LocalBook
import Rendering

struct Passages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passages",
    abstract: "List the sentences that two people edited at the same time.",
    discussion: """
      Each with what it was, what each side made of it, and what stands there now; nothing waits for a decision. \
      Without versions, those that the newest merge brought together; with one, those that it brought together; with \
      two, those that both changed since they parted.
      With --json, a passage a line: passage, entry, file, line, base, sides (people, time, version, text), merged.

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
    try await options.withBook("passages", asJSON: listing.json) { book, _ throws(BookError) in
      try book.passages(one, other)
    }
  }
}
