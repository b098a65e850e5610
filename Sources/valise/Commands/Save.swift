import ArgumentParser
import LocalBook
import Rendering

struct Save: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "save",
    abstract: "Record what changed in the folder.",
    discussion: """
      Every command does this first; 'save' is for those who like to say what they did.
      With --json: version, saved (change, file, kind), settledHere (file, field, value, people), trouble, held (files, of, \
      people), neededLevel, leftAlone, notices.

        valise save -m "times after the call with the embassy"
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions
  @OptionGroup var deletions: DeletionOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("What you did, in a line.", valueName: "TEXT"))
  var message: String?

  func run() async throws {
    try await options.withBook("save", asJSON: listing.json) { book, _ throws(BookError) in
      try book.save(message: message, acceptDeletions: deletions.accepted)
    }
  }
}
