import ArgumentParser
import BookServer
import Glibc

struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the books of a folder into a new one, while a server serves them.",
    discussion: """
      The copy holds everything that was acknowledged before, and is verified. A server can be started on it as it is.

        valised backup --data /srv/valise /backup/2021-11-09

      Exit codes:
        0   copied, verified, and on the disk
        64  wrong arguments
        65  copied, but what was copied is damaged
        66  there are no books in that folder
        73  a folder, or the store in it, cannot be used
      """)

  @Option(help: ArgumentHelp("The folder that holds the books.", valueName: "dir"))
  var data: String

  @Argument(help: ArgumentHelp("The folder to make.", valueName: "folder"))
  var target: String

  func run() throws {
    try showing(data) { () throws(ServeError) in
      let report = try BookServer.backup(data: data, to: target)
      return LogWords(report, end: "Backed up into '\(target)'.")
    }
  }
}
