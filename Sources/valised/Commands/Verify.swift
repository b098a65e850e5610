import ArgumentParser
import BookServer
import Glibc

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check every byte of a folder's books, or of a backup.",
    discussion: """
      Reads all changes as if they came in just now: bytes, ids, chains, signatures, parents. Changes nothing; a server \
      may go on serving the folder.

        valised verify --data /srv/valise

      Exit codes:
        0   all is as it was written
        64  wrong arguments
        65  something is damaged: the book and the position are named
        66  there are no books in that folder
        73  the folder, or the store in it, cannot be used
      """)

  @Option(help: ArgumentHelp("The folder that holds the books.", valueName: "dir"))
  var data: String

  func run() throws {
    try showing(data) { () throws(ServeError) in
      LogWords(try BookServer.verify(data: data), end: "Nothing is damaged.")
    }
  }
}
