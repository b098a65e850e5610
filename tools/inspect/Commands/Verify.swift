import ArgumentParser
import Formats
import Rendering

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check every byte: checksums, ids, signatures, causality.",
    discussion: """
      Each section has its checksum, each change the id that its bytes make, each run its device's signature, each \
      device its key; each change follows the one before of its device, and those that it was made on. Of a store, \
      also: SQLite's pages, a server's chain hashes, and every row that repeats what the changes say, but for the \
      checkpoints of long texts.
      A bundle builds on changes that are not in it; to check its ids and signatures, name a file that has them.
      With --json, an object a finding: finding, where, words; then one that sums up: file, kind, sound, changes, \
      signed, unchecked.

        valise-inspect verify paris.snapshot
        valise-inspect verify for-paul.bundle --with paris.snapshot
      """)

  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("A file that has what this one builds on.", valueName: "FILE"))
  var with: String?

  @Argument(help: ArgumentHelp("A file, or a folder with a store.", valueName: "FILE"))
  var file: String

  func run() throws {
    try output.show { () throws(InspectError) in
      guard case .books(let books) = try Subject(file) else { throw .isCapture(path: file) }
      guard let with, let book = books.first, books.count == 1 else { return VerifyReport(books) }
      let other = try Subject.book(with, named: nil)
      guard other.book == book.book else { throw .differentBooks(one: file, other: with) }
      let bytes = try Subject.bytes(of: file)
      do throws(FormatError) { return VerifyReport([try Inspected(file: file, bytes, with: other)]) } catch {
        throw .notReadable(path: file, error)
      }
    }
  }
}
