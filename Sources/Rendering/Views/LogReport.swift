package import LocalBook

/// The log as it is listed: the newest change first.
package struct LogReport: Showable {
  private let changes: [LogLine]
  private let showsFiles: Bool

  package init(_ changes: [LogLine], showsFiles: Bool = false) {
    self.changes = changes
    self.showsFiles = showsFiles
  }

  package func lines(on screen: Screen) -> [Line] {
    guard !changes.isEmpty else { return ["Nothing is recorded yet."] }
    var table = Table()
    for change in changes {
      table.add("\(change.hash, .warning)", screen.times.spoken(change.time), "\(change.person)", change.words)
    }
    let rows = table.lines(on: screen)
    guard showsFiles else { return rows }
    return zip(rows, changes).flatMap { [$0] + $1.files.rows(on: screen, indent: 4, atMost: 100) }
  }

  package var json: [JSON] { changes.map(\.json) }
}

extension LogLine {
  /// What the person said, else what the change did.
  var words: Line { isDerived ? "\(message, .faint)" : "\(message)" }

  var json: JSON { .object(jsonPairs) }

  var jsonPairs: [(String, JSON)] {
    [
      ("version", .string(hash)), ("person", .string(person)), ("time", .time(time)), ("message", .string(message)),
      ("said", .bool(!isDerived)), ("files", .array(files.map(\.json))),
    ]
  }
}
