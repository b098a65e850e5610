import ArgumentParser
import LocalBook
import Rendering

struct Diff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two versions, down to the words.",
    discussion: """
      Without B, up to the newest version; without A, from what the server has. A version is a hash from 'log', a \
      tag, a time, or '~2' for two changes back; FILE@VERSION is one file. What is gone is [-marked so-], what is new {+so+}.
      With --json, an entry a line: file, change, kind, from, fields (field, before, after), text (mark, text).

        valise diff
        valise diff 3f9c2a
        valise diff '@{2021-11-09 18:00}' as-printed
        valise diff notes/macron.md@3f9c2a
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Argument(help: ArgumentHelp("The older version.", valueName: "A"))
  var older: String?

  @Argument(help: ArgumentHelp("The newer version.", valueName: "B"))
  var newer: String?

  func run() async throws {
    try await options.withBook("diff", asJSON: listing.json) { book, here throws(BookError) in
      let named = [older, newer].map { $0.map { BookPath.named($0, in: book.root, from: here) } }
      return ComparisonReport(try book.compare(named[0], named[1]))
    }
  }
}
