/// What the text goes to: how wide it is, whether it has colours, and which time it is there.
package struct Screen: Sendable {
  /// Columns; nil where nothing is ever cut, as in a file.
  package var width: Int?
  package var hasColour: Bool
  package var times: Times

  package init(width: Int?, hasColour: Bool, times: Times) {
    self.width = width.map { Swift.max(20, $0) }
    self.hasColour = hasColour
    self.times = times
  }

  /// The lines as they are printed, each ended.
  package func text(_ lines: [Line]) -> String {
    lines.map { line in line.spans.map(text).joined() + "\n" }.joined()
  }

  private func text(_ span: Line.Span) -> String {
    guard hasColour, let code = span.style.code else { return span.text }
    return "\u{1B}[\(code)m\(span.text)\u{1B}[0m"
  }
}

extension Line.Style {
  fileprivate var code: Int? {
    switch self {
    case .plain: nil
    case .strong: 1
    case .faint: 2
    case .good: 32
    case .warning: 33
    case .bad: 31
    }
  }
}
