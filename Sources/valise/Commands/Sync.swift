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
      With --watch it stays connected until it is stopped (Ctrl-C), or nobody reads what it prints any more: what colleagues save comes at once, what you save \
      goes at once, and other commands work beside it. With --json: a line for each news (news, and what it has).

        valise sync
        valise sync --watch
        valise sync --capture sync.pcap      for valise-inspect frames, tshark and Wireshark
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions
  @OptionGroup var deletions: DeletionOptions

  @Flag(help: "Stay connected: send and receive as things change, until stopped.")
  var watch = false

  @Option(help: ArgumentHelp("Write the connection into a new file, as a packet capture.", valueName: "FILE"))
  var capture: String?

  func run() async throws {
    var environment = Environment.system
    var file: CaptureFile?
    let tapped = { () throws(BookError) in
      if let capture { file = try CaptureFile(capture, now: environment.now) }
      environment.tap = file
      return environment
    }
    if watch {
      return try await options.watch(
        "sync --watch", asJSON: listing.json, acceptDeletions: deletions.accepted, in: tapped)
    }
    try await options.withBook("sync", asJSON: listing.json, in: tapped) { book, _ async throws(BookError) in
      Captured(try await book.sync(acceptDeletions: deletions.accepted), file?.report)
    }
  }
}
