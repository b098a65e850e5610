import ArgumentParser
import Rendering

struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw the changes, and what each was made on.",
    discussion: """
      The newest first; ◆ is a change that brings several together. Text for a terminal, DOT for Graphviz, or SVG.
      With --json, a change a line: change, device, seq, person, time, origin, message, does, operations, parents, \
      lane, merge, head.

        valise-inspect graph paris.snapshot
        valise-inspect graph paris.snapshot --svg > paris.svg
        valise-inspect graph paris --dot | dot -Tpdf > paris.pdf
      """)

  @OptionGroup var output: OutputOptions
  @OptionGroup var book: BookOption

  @Flag(help: "Print it in the language of Graphviz.")
  var dot = false

  @Flag(help: "Print it as a picture.")
  var svg = false

  @Argument(help: ArgumentHelp("A file, or a folder with a store.", valueName: "FILE"))
  var file: String

  func validate() throws {
    if dot && svg { throw ValidationError("--dot and --svg exclude each other") }
  }

  func run() throws {
    if dot || svg {
      try output.show { () throws(InspectError) in
        DrawingReport(try history()) { dot ? $0.dot($1) : $0.svg($1) }
      }
    } else {
      try output.show { () throws(InspectError) in GraphReport(try history()) }
    }
  }

  private func history() throws(InspectError) -> Inspected {
    let book = try Subject.book(file, named: book.name)
    guard book.light == nil else { throw .noHistory(path: file) }
    return book
  }
}
