package import LocalBook

/// The conflicts as they are listed: `FILE:FIELD`, each value with who and when, and the command that settles it.
package struct ConflictReport: Showable {
  private let conflicts: [ConflictLine]

  package init(_ conflicts: [ConflictLine]) { self.conflicts = conflicts }

  package func lines(on screen: Screen) -> [Line] {
    guard !conflicts.isEmpty else { return ["No conflicts."] }
    return [conflicts.count.of("conflict").styled(.strong)] + conflicts.flatMap { [Line()] + $0.lines(on: screen) }
  }

  package var json: [JSON] { conflicts.map(\.json) }
}

extension ConflictLine {
  fileprivate func lines(on screen: Screen) -> [Line] {
    var head: Line = "\("\(file):\(field)", .strong)"
    if let line { head = "\(head) (line \(own: String(line)))" }
    if field == "deleted" { head = "\(head) (deleted by one, edited by another)" }
    if isDeleted { head = "\(head) (the entry is deleted; this is its last name)" }
    var table = Table(indent: 2)
    for value in values {
      let cells = about(value, on: screen)
      table.add(value.line(columns: room(on: screen)), cells[0], cells[1], cells[2])
    }
    return [head] + table.lines(on: screen) + commands
  }

  /// Who, when, and whether it is shown.
  private func about(_ value: Value, on screen: Screen) -> [Line] {
    ["\(value.person)", screen.times.spoken(value.time), value.isShown ? shownMark : ""]
  }

  /// Columns for the values, so that who and when still fit beside them.
  private func room(on screen: Screen) -> Int {
    let longest = 60
    guard let width = screen.width else { return longest }
    let rows = values.map { about($0, on: screen) }
    let taken = (0..<3).reduce(0) { sum, column in sum + 2 + (rows.map { $0[column].width }.max() ?? 0) }
    return min(longest, max(12, width - 2 - taken))
  }

  private var shownMark: Line {
    if isDeleted { return "(shown last)" }
    switch field {
    case "deleted": return "(shown: it is still there)"
    case "path": return "(shown: it is called so now)"
    default: return "(shown)"
    }
  }

  /// One command for each side, ready to be copied.
  private var commands: [Line] {
    let target = "\(file):\(field)"
    var takes: [String] = []
    for value in values where !takes.contains(value.take) { takes.append(value.take) }
    var lines = takes.enumerated().map { index, take in
      let lead = index == 0 ? "  settle it: " : "         or: "
      return "\(own: lead)valise resolve \(target) --take \(word: take)" as Line
    }
    if field != "deleted" { lines.append("         or: valise resolve \(word: target) --value TEXT") }
    return lines
  }

  fileprivate var json: JSON {
    .object([
      ("entry", .string(entry)), ("file", .string(file)), ("field", .string(field)), ("line", .number(line)),
      ("deleted", .bool(isDeleted)), ("values", .array(values.map(\.json))),
    ])
  }
}

extension ConflictLine.Value {
  fileprivate func line(columns: Int) -> Line {
    guard let text else { return "(no value)" }
    return text.isEmpty ? "(empty)" : .short(text, columns: columns)
  }

  fileprivate var json: JSON {
    .object([
      ("value", .text(text)), ("person", .string(person)), ("time", .time(time)), ("shown", .bool(isShown)),
      ("take", .string(take)),
    ])
  }
}
