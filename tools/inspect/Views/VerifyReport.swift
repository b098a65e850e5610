import Formats
import Rendering

/// Whether what was looked at is what was written.
struct VerifyReport: Showable {
  private let books: [Inspected]

  init(_ books: [Inspected]) { self.books = books }

  var exitCode: ExitCode { books.allSatisfy { $0.findings.isEmpty } ? .done : .trouble }

  func lines(on screen: Screen) -> [Line] { books.flatMap(\.verdict) }

  var json: [JSON] { books.flatMap { $0.findings.map(\.json) + [$0.summary] } }
}

extension Inspected {
  /// What is wrong, thing by thing; or that nothing is.
  fileprivate var verdict: [Line] {
    let people = People(self)
    guard !findings.isEmpty else { return [what, "\(own: "Sound", .good): \(checked)"] + uncheckedLines }
    let count = findings.count
    return [what] + findings.map { $0.line(people) }
      + ["\(own: "Damaged", .bad): \(count.of("finding")). \(readable) can still be read."]
  }

  private var checked: Line {
    if light != nil { return "\(readable), as its id says" }
    let changes = history.changes.count
    let signed: Line = history.signedChanges == changes ? "all signed" : "\(history.signedChanges) signed"
    return
      "\(changes.of("change")), \(signed), in \(sections.count.of(sections.first?.range == nil ? "run" : "section"))"
  }

  private var uncheckedLines: [Line] {
    let what: Line
    let count = history.unnamedCount
    if light != nil, !isCompared {
      what = "whether its changes make it so, which are not in this file"
    } else if count > 0 {
      what = "the names and signatures of \(count.of("change")), which build on changes that are not in this file"
    } else {
      return []
    }
    return [
      helper.map { "Not checked: \(what), and not in '\($0)' either." } ?? "Not checked: \(what).",
      "Next: valise-inspect verify \(word: path) --with FILE   (a file that has them)",
    ]
  }

  fileprivate var summary: JSON {
    .object([
      ("file", .string(path)), ("kind", .string(kindName)), ("sound", .bool(findings.isEmpty)),
      ("changes", .int(history.changes.count)), ("signed", .int(history.signedChanges)),
      ("unchecked", .int(history.unnamedCount)), ("entries", .number(light.map { $0.entries.count })),
    ])
  }
}
