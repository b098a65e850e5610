import ArgumentParser
import LocalBook
import Rendering

struct Bundle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Sync by a stick or by mail: changes in a file.",
    discussion: """
      A bundle taken in twice, or late, does no harm, and says so.

        valise bundle create for-paul --since 1a2b3c4d    what that version lacks
        valise bundle apply for-paul                      on the other laptop
      """,
    subcommands: [Create.self, Apply.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create",
      abstract: "Write changes into a file.",
      discussion: """
        Without --since the file holds all changes of the book. With it, those that the version lacks: a version that \
        the other laptop has, by its 'log' or 'status'. No file is written over.
        With --json: file, kind, version, changes, bytes, and what 'save' has.
        """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var listing: ListOptions

    @Argument(help: ArgumentHelp("The file; its name must be free.", valueName: "FILE"))
    var file: String

    @Option(help: ArgumentHelp("A version that the other laptop has.", valueName: "VERSION"))
    var since: String?

    func run() async throws {
      try await options.withBook("bundle create", asJSON: listing.json) { book, _ async throws(BookError) in
        try book.createBundle(at: file, since: since)
      }
    }
  }

  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "apply",
      abstract: "Take in what a bundle or a snapshot holds.",
      discussion: """
        Merged as a sync merges. With --json: what 'sync' has; changesInFile.
        """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var listing: ListOptions
    @OptionGroup var deletions: DeletionOptions

    @Argument(help: ArgumentHelp("The bundle.", valueName: "FILE"))
    var file: String

    func run() async throws {
      try await options.withBook("bundle apply", asJSON: listing.json) { book, _ async throws(BookError) in
        try book.apply(file, acceptDeletions: deletions.accepted)
      }
    }
  }
}
