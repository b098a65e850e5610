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
    let room = room(on: screen)
    var table = Table()
    var counts: [Int] = []
    for change in changes {
      let words = change.words(columns: room)
      counts.append(words.count)
      table.add(
        "\(change.hash, .warning)", screen.times.spoken(change.time), "\(change.person)", words.first ?? Line())
      for more in words.dropFirst() { table.add(Line(), Line(), Line(), more) }
    }
    var rows = table.lines(on: screen)[...]
    guard showsFiles else { return Array(rows) }
    var lines: [Line] = []
    for (change, count) in zip(changes, counts) {
      lines +=
        rows.prefix(count) + change.files.rows(on: screen, indent: 4, atMost: 100, all: "valise show \(change.hash)")
      rows = rows.dropFirst(count)
    }
    return lines
  }

  /// Columns beside hash, time and person; nil where nothing is folded.
  private func room(on screen: Screen) -> Int? {
    func widest(_ cell: (LogLine) -> Line) -> Int { changes.map { cell($0).width }.max() ?? 0 }
    let taken = widest { "\($0.hash)" } + widest { screen.times.spoken($0.time) } + widest { "\($0.person)" } + 6
    return screen.width.flatMap { $0 - taken >= 16 ? $0 - taken : nil }
  }

  package var json: [JSON] { changes.map(\.json) }
}

extension LogLine {
  /// What the person said, else what the change did.
  var words: Line { isDerived ? "\(message, .faint)" : "\(message)" }

  /// The same; what the change did is folded between its parts. What a person said is one line, and cut as one.
  fileprivate func words(columns: Int?) -> [Line] {
    guard isDerived, let columns else { return [words] }
    var lines: [Line] = []
    var line = Line()
    let parts = message.split(separator: ", ")
    for (index, part) in parts.enumerated() {
      let part: Line = index < parts.count - 1 ? "\(String(part))," : "\(String(part))"
      if !line.isEmpty && line.width + 1 + part.width > columns {
        lines.append(line)
        line = part
      } else {
        line = line.isEmpty ? part : "\(line) \(part)"
      }
    }
    return (lines + [line]).map { $0.styled(.faint) }
  }

  var json: JSON { .object(jsonPairs) }

  var jsonPairs: [(String, JSON)] {
    [
      ("version", .string(hash)), ("person", .string(person)), ("time", .time(time)), ("message", .string(message)),
      ("said", .bool(!isDerived)), ("files", .array(files.map(\.json))),
    ]
  }
}
