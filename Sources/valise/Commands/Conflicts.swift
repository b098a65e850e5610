import ArgumentParser
import LocalBook
import Rendering

struct Conflicts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conflicts",
    abstract: "List what waits for a decision.",
    discussion: """
      Each as FILE:FIELD, with every value, who wrote it and when, and the command that settles it. Editing the field \
      in the file settles it too.
      With --json, a conflict a line: entry, file, field, line, deleted, values (value, person, time, shown, take).

        valise conflicts
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  func run() async throws {
    try await options.withBook("conflicts", asJSON: listing.json) { book, _ throws(BookError) in
      ConflictReport(try book.conflicts())
    }
  }
}
