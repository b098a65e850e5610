import ArgumentParser
import LocalBook
import Rendering

struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a file, as it is or was, or a change.",
    discussion: """
      FILE is the file as recorded, FILE@VERSION the file at a version, VERSION the change that ends that version, or \
      the changes that it brings together. A version is a hash from 'log', a tag, a time, or '~2' for two changes back.
      With --json: file, version, text; or what 'log' has, entries as 'diff' has them, and passages as 'passages' has.

        valise show notes/macron.md@3f9c2a
        valise show --raw notes/macron.md@3f9c2a > before.md
        valise show 'notes/macron.md@{2021-11-09 18:00}'
        valise show 3f9c2a
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Flag(help: "Print the file's bytes exactly, without making them safe for a terminal.")
  var raw = false

  @Argument(help: ArgumentHelp("What to show.", valueName: "FILE|FILE@VERSION|VERSION"))
  var what: String

  func run() async throws {
    try await options.withBook("show", asJSON: listing.json) { book, here throws(BookError) in
      ShownReport(try book.show(BookPath.named(what, in: book.root, from: here)), isRaw: raw)
    }
  }
}
