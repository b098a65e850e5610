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
        valise sync --capture sync.pcap      for valise-inspect frames, tshark and Wireshark
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions
  @OptionGroup var deletions: DeletionOptions

  @Option(help: ArgumentHelp("Write the connection into a new file, as a packet capture.", valueName: "FILE"))
  var capture: String?

  func run() async throws {
    var environment = Environment.system
    var file: CaptureFile?
    try await options.withBook(
      "sync", asJSON: listing.json,
      in: { () throws(BookError) in
        if let capture { file = try CaptureFile(capture, now: environment.now) }
        environment.tap = file
        return environment
      }
    ) { book, _ async throws(BookError) in
      Captured(try await book.sync(acceptDeletions: deletions.accepted), file?.report)
    }
  }
}
