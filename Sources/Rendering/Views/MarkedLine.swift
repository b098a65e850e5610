package import TextDiff

/// A line of a text with its changed words marked, `[-old-]{+new+}`, and long stretches without a change left out.
package struct MarkedLine {
  private var runs: [MarkedRun]

  package init(runs: [MarkedRun]) { self.runs = runs }

  /// The lines that hold a change. A line end that came or went is a `¶`.
  package static func changed(in text: [MarkedRun]) -> [MarkedLine] {
    var lines: [MarkedLine] = []
    var current: [MarkedRun] = []
    for run in text {
      for (index, piece) in run.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        if index > 0 {
          // The end of a line that came or went as a whole needs no mark of its own.
          if run.kind != .same, current.isEmpty || current.contains(where: { $0.kind != run.kind }) {
            current.append(MarkedRun(kind: run.kind, text: "¶"))
          }
          lines.append(MarkedLine(runs: current))
          current = []
        }
        if !piece.isEmpty { current.append(MarkedRun(kind: run.kind, text: String(piece))) }
      }
    }
    lines.append(MarkedLine(runs: current))
    return lines.filter { line in line.runs.contains { $0.kind != .same } }
  }

  /// The line as it is shown.
  package var line: Line {
    var line = Line()
    for (index, run) in runs.enumerated() {
      switch run.kind {
      case .deleted: line = "\(line)[-\(run.text, .bad)-]"
      case .inserted: line = "\(line){+\(run.text, .good)+}"
      case .same: line = "\(line)\(Self.shortened(run.text, isFirst: index == 0, isLast: index == runs.count - 1))"
      }
    }
    return line
  }

  /// Columns of unchanged text that are shown beside a change.
  private static let context = 40

  /// Around a change a few words are enough to find it.
  private static func shortened(_ text: String, isFirst: Bool, isLast: Bool) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let head = isFirst ? 0 : words.count(within: context)
    let tail = isLast ? 0 : words.reversed().count(within: context)
    guard head + tail + 2 < words.count else { return text }
    let start = words.prefix(head).joined(separator: " ")
    let end = words.suffix(tail).joined(separator: " ")
    return (head > 0 ? start + " " : "") + "…" + (tail > 0 ? " " + end : "")
  }
}

extension Collection where Element: StringProtocol {
  /// How many of the first elements fit, with blanks between them.
  fileprivate func count(within columns: Int) -> Int {
    var taken = 0
    var count = 0
    for word in self {
      taken += String(word).displayWidth + 1
      if taken > columns { break }
      count += 1
    }
    return count
  }
}
