package import LocalBook

extension BlameReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    guard !lines.isEmpty else { return ["Nothing is in \(path) yet."] }
    var table = Table()
    for (index, part) in lines.enumerated() {
      let isAgain = index > 0 && lines[index - 1].version == part.version
      // Who and when stand where they change.
      table.add(
        part.line.map { "\(own: String($0))" } ?? "", isAgain ? "" : "\(part.person)",
        isAgain ? "" : screen.times.spoken(part.time), isAgain ? "" : "\(part.version, .warning)",
        part.field.map { "\($0, .strong): \(.short(part.text, columns: Self.longest))" }
          ?? .short(part.text, columns: Self.longest))
      if let former = part.former {
        table.add("", "", "", "", ("  was: \(.short(former, columns: Self.longest))" as Line).styled(.faint))
      }
    }
    return table.lines(on: screen)
  }

  /// Columns of a text that are shown where the screen has no width; `--json` has all of it.
  private static let longest = 400

  package var json: [JSON] { lines.map { $0.json(in: self) } }
}

extension BlameLine {
  fileprivate func json(in report: BlameReport) -> JSON {
    .object([
      ("file", .string(report.path)), ("at", .string(report.version)), ("line", .number(line)), ("field", .text(field)),
      ("text", .string(text)), ("person", .string(person)), ("time", .time(time)), ("version", .string(version)),
      ("former", .text(former)),
    ])
  }
}
