import ArgumentParser
import LocalBook
import Rendering

struct Sync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Send, receive, and bring the folder up to date.",
    discussion: """
      Without a network everything is saved here, and the exit code is 3. Conflicts are no error: the exit code is 0.
      With --json: offline (null, or why), version, sent, received (person, changes, files), differences (as 'diff' \
      has them; null when there are many), together (file, field, people), settled (file, field, value, people), \
      settledApart (file, field, ways), sameNames (name, files), kept (file, deletedBy, editedBy), renumbered, \
      newConflicts, olderConflicts, server, serverNotices, bytesUp, bytesDown, roundTrips, and what 'save' has.

        valise sync
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions
  @OptionGroup var deletions: DeletionOptions

  func run() async throws {
    try await options.withBook("sync", asJSON: listing.json) { book, _ async throws(BookError) in
      try await book.sync(acceptDeletions: deletions.accepted)
    }
  }
}
