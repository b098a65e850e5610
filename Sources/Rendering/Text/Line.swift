package import Bytes

/// One line for a terminal. Its literals are ours; whatever is interpolated is taken for somebody else's and made safe.
package struct Line: Equatable, Sendable, ExpressibleByStringInterpolation {
  package private(set) var spans: [Span]

  /// Text of one look, safe to print.
  package struct Span: Equatable, Sendable {
    package var text: String
    package var style: Style
  }

  /// How text stands out where there is colour; colour never carries a meaning alone.
  package enum Style: Sendable {
    case plain, strong, faint, good, warning, bad
  }

  package init() { spans = [] }

  package init(stringLiteral text: StaticString) {
    spans = text.utf8CodeUnitCount == 0 ? [] : [Span(text: "\(text)", style: .plain)]
  }

  package init(stringInterpolation: StringInterpolation) { spans = stringInterpolation.spans }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var spans: [Span] = []

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ text: StaticString) { add("\(text)", .plain) }

    /// A literal inside an interpolation is a line wherever it can be: as a `String` it would count as somebody else's,
    /// and describe the lines in it.
    @_disfavoredOverload package mutating func appendInterpolation(_ text: String, _ style: Style = .plain) {
      add(text.madeSafe().isolated, style)
    }

    package mutating func appendInterpolation(_ text: ExactText, _ style: Style = .plain) {
      appendInterpolation(text.string, style)
    }

    package mutating func appendInterpolation(_ number: Int, _ style: Style = .plain) { add(number.grouped, style) }

    /// A word of ours that is chosen when the line is made.
    package mutating func appendInterpolation(own text: String, _ style: Style = .plain) { add(text, style) }

    /// A word to be copied into a shell: quoted where need be, and without marks that would be copied with it.
    package mutating func appendInterpolation(word text: String, _ style: Style = .plain) { add(text.shellWord, style) }

    package mutating func appendInterpolation(_ line: Line) { spans += line.spans }

    private mutating func add(_ text: String, _ style: Style) {
      if !text.isEmpty { spans.append(Span(text: text, style: style)) }
    }
  }
}

extension Line {
  package static func + (one: Line, other: Line) -> Line { "\(one)\(other)" }

  /// The text without colours.
  package var text: String { spans.map(\.text).joined() }

  /// Columns that it takes.
  package var width: Int { text.displayWidth }

  package var isEmpty: Bool { spans.isEmpty }

  /// The same words in one look.
  package func styled(_ style: Style) -> Line {
    var line = self
    line.spans = spans.map { Span(text: $0.text, style: style) }
    return line
  }

  package func indented(by columns: Int = 2) -> Line { "\(own: String(repeating: " ", count: columns))\(self)" }

  /// Filled with blanks up to so many columns.
  package func padded(to columns: Int) -> Line {
    let missing = columns - width
    return missing > 0 ? "\(self)\(own: String(repeating: " ", count: missing))" : self
  }

  /// Somebody's text, cut to so many columns.
  package static func short(_ text: String, columns: Int = 60) -> Line { ("\(text)" as Line).cut(to: columns) }

  /// At most so many columns, with `…` for what is cut off.
  package func cut(to columns: Int) -> Line {
    guard width > columns, columns > 0 else { return self }
    var left = columns - 1
    var line = Line()
    for span in spans {
      let text = span.text.prefix(columns: left)
      line.spans.append(Span(text: text, style: span.style))
      left -= text.displayWidth
      if text.utf8.count < span.text.utf8.count { break }
    }
    // What was cut off may have closed an isolate that its beginning opened.
    let opened = line.text.unicodeScalars.reduce(0) { $0 + ($1 == "\u{2068}" ? 1 : $1 == "\u{2069}" ? -1 : 0) }
    return opened > 0 ? "\(line)\(own: "\u{2069}…")" : "\(line)…"
  }
}

extension Sequence<Line> {
  /// The lines in one, with something of ours between.
  package func joined(by separator: String) -> Line {
    var all = Line()
    for (index, line) in enumerated() { all = index == 0 ? line : "\(all)\(own: separator)\(line)" }
    return all
  }
}
