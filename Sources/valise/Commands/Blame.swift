import ArgumentParser
import LocalBook
import Rendering

struct Blame: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blame",
    abstract: "Say who wrote each part of a file, and what stood there.",
    discussion: """
      For each field and each sentence: the person, the time and the change that made it what it is, and below it what \
      stood there before. What 'undo' brings back is whose it was.
      With --json, a part a line: file, at (the version), line, field, text, person, time, version (of the change), former.

        valise blame notes/macron.md
        valise blame notes/macron.md@as-printed
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Argument(help: ArgumentHelp("The file.", valueName: "FILE[@VERSION]"))
  var file: String

  func run() async throws {
    try await options.withBook("blame", asJSON: listing.json) { book, here throws(BookError) in
      try book.blame(BookPath.named(file, in: book.root, from: here))
    }
  }
}
