import ArgumentParser
import LocalBook
import Rendering

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say how the book stands, and what is saved and sent.",
    discussion: """
      With --json: title, version, conflicts, behind (files not at the newest version), server (url, unsent, \
      oldestUnsent, lastSync), received (asOf; laptops: person, device, lacks: how many changes, null where \
      nobody has told), and what 'save' has; trouble has file, line, column, why, waiting (what, \
      changes, people).

        valise status
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions
  @OptionGroup var deletions: DeletionOptions

  func run() async throws {
    try await options.withBook("status", asJSON: listing.json) { book, _ throws(BookError) in
      try book.status(acceptDeletions: deletions.accepted)
    }
  }
}
