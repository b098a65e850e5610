import ArgumentParser
import BookServer
import Glibc
import Logging

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the books of a folder until told to stop.",
    discussion: """
      Prints one line when laptops can connect. Ends in good order on SIGTERM and SIGINT. \
      The log goes to standard error and holds ids and sizes, never what is in a book.

      Exit codes:
        0   stopped in good order
        64  wrong arguments
        69  cannot listen there
        70  stopped for a reason that nobody foresaw
        73  the folder, or the store in it, cannot be used
        74  a commit failed: what was acknowledged before is there; start the server again
        75  another server has the folder
        77  others could reach that address, and --insecure was not given
      """)

  @Option(help: ArgumentHelp("The folder that holds the books; made when it is not there.", valueName: "dir"))
  var data: String

  @Option(
    help: ArgumentHelp("Where to listen; port 0 lets the system choose.", valueName: "host:port"),
    transform: { text in
      guard let address = ListenAddress(text) else { throw ValidationError("'\(text)' is not HOST:PORT") }
      return address
    })
  var listen = ListenAddress.default

  @Flag(help: "Listen where others can reach it, though nothing is encrypted yet.")
  var insecure = false

  @Flag(help: "Log every connection.")
  var verbose = false

  func run() async throws {
    var logger = Logger(label: "valised") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = verbose ? .debug : .info
    do throws(ServeError) {
      try await BookServer.serve(data: data, listen: listen, insecure: insecure, logger: logger) { address in
        say("listening on valise://\(address)", to: STDOUT_FILENO)
      }
    } catch {
      let failure = Failure(error, data: data)
      say(failure.text, to: STDERR_FILENO)
      throw ExitCode(failure.code)
    }
  }
}
