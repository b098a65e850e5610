import ArgumentParser
import LocalBook
import Rendering

struct Publish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Put this book on a server.",
    discussion: """
      From then on 'sync' exchanges with it, and colleagues 'join' there. The port is 7420 where none is given.
      With --json: did, root, book, url, kinds (kind, count), version, bytesUp, bytesDown, roundTrips, and what 'save' \
      has.

        valise publish valise://localhost/paris-2021
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Argument(help: ArgumentHelp("Server and name: valise://HOST[:PORT]/BOOK.", valueName: "URL"))
  var url: String

  func run() async throws {
    try await options.withBook("publish", asJSON: listing.json) { book, _ async throws(BookError) in
      NewBook(try await book.publish(url: url), .published)
    }
  }
}
