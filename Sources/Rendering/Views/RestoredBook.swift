package import LocalBook

/// What a snapshot was made into, and what comes next.
package struct RestoredBook: Showable {
  private let restored: Restored
  private let file: String

  package init(_ restored: Restored, from file: String) {
    self.restored = restored
    self.file = file
  }

  private var book: NewBook? {
    if case .book(let report) = restored { NewBook(report, .restored(from: file)) } else { nil }
  }

  package func lines(on screen: Screen) -> [Line] {
    switch restored {
    case .book: return book?.lines(on: screen) ?? []
    case .files(let report):
      let head: Line =
        "Wrote \(report.files.of("file")) into \(report.root): the book as it was in the version \(report.version), to read."
      let conflicts: [Line] =
        report.conflicts == 0
        ? [] : ["\(report.conflicts.of("conflict")) waited for a decision; the files show one value of each."]
      return [head] + conflicts + [
        "It has no history, so it is no book: edits there are not recorded, and cannot sync.",
        "Next: valise join URL DIR   (in another folder, to work on the book)",
      ]
    }
  }

  package func warnings(on screen: Screen) -> [Line] { book?.warnings(on: screen) ?? [] }

  package var exitCode: ExitCode { book?.exitCode ?? .done }

  package var json: [JSON] {
    switch restored {
    case .book: book?.json ?? []
    case .files(let report):
      [
        .object([
          ("did", .string("files")), ("root", .string(report.root)), ("file", .string(file)),
          ("version", .string(report.version)), ("files", .int(report.files)), ("conflicts", .int(report.conflicts)),
        ])
      ]
    }
  }
}
