import ArgumentParser
import Rendering

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a file or a store is, and what it holds.",
    discussion: """
      In words first; then its version, devices, changes and sections, with their places and sizes. A store also shows \
      the journal of files that are being written, where there is one.
      With --json: file, kind, words, formatVersion, bytes, book, title, version, heads, vector (device, person, \
      changes, base), entries, name, epoch, position, changes, sections (offset, length, raw, packed, sound), \
      journal, findings (finding, where, words).

        valise-inspect show paris.snapshot
        valise-inspect show paris            a laptop's folder
        valise-inspect show server           a server's data folder
      """)

  @OptionGroup var output: OutputOptions

  @Flag(help: "List all changes and sections, not only the newest and the first.")
  var all = false

  @Argument(help: ArgumentHelp("A file, or a folder with a store.", valueName: "FILE"))
  var file: String

  func run() throws {
    try output.show { () throws(InspectError) in
      guard case .books(let books) = try Subject(file) else { throw .isCapture(path: file) }
      return ShowReport(books, limit: all ? .max : 20)
    }
  }
}
