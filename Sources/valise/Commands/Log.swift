import ArgumentParser
import LocalBook
import Rendering

struct Log: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "List the changes, the newest first.",
    discussion: """
      The hash names the version that ends with the change; 'show' and 'diff' take it.
      With --json: version, person, time, message, said (by the person), files (change, file, kind).

        valise log -n 50 -v
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup var listing: ListOptions

  @Option(name: .customShort("n"), help: ArgumentHelp("How many at most.", valueName: "N"))
  var limit = 20

  @Flag(name: .customLong("private"), help: "List the changes in private/ instead, which nobody else has.")
  var ofPrivate = false

  @Flag(name: .shortAndLong, help: "List the files of each change.")
  var verbose = false

  func validate() throws {
    if limit < 1 { throw ValidationError("-n wants a number from 1") }
  }

  func run() async throws {
    try await options.withBook("log", asJSON: listing.json) { book, _ throws(BookError) in
      LogReport(try book.log(limit: limit, ofPrivate: ofPrivate), showsFiles: verbose)
    }
  }
}
