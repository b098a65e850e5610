import Bytes
import History
import LocalBook
import Rendering

/// The history as a drawing of lines and letters.
struct GraphReport: Showable {
  private let book: Inspected
  private let layout: GraphLayout

  init(_ book: Inspected) {
    self.book = book
    layout = GraphLayout(book.history)
  }

  var exitCode: ExitCode { book.findings.isEmpty ? .done : .trouble }

  func warnings(on screen: Screen) -> [Line] { book.damageWarnings }

  func lines(on screen: Screen) -> [Line] {
    let people = People(book)
    let screen = screen.on(zone: VersionEntries(book.states).zone)
    var table = Table()
    for row in layout.rows {
      if !row.joining.isEmpty { table.add(connector(row.lane, row.joining, row.before, ends: true)) }
      let change = row.change
      table.add(
        drawing(row), change.id.map { "\(own: $0.short, .warning)" } ?? "(no name)",
        screen.times.spoken(change.change.header.fields.time), "\(people[change.ref.device])",
        row.isMerge ? "\(own: "merge", .strong)  \(change.words)" : change.words)
      if !row.leaving.isEmpty {
        table.add(connector(row.lane, row.leaving, row.before.subtracting(row.joining), ends: false))
      }
    }
    return table.lines(on: screen)
  }

  /// The change's own row: a mark in its lane, and the lanes that pass it.
  private func drawing(_ row: GraphLayout.Row) -> Line {
    let passing = row.before.subtracting(row.joining)
    return cells { lane in
      if lane == row.lane { return row.isMerge ? "◆" : "●" }
      return passing.contains(lane) ? "│" : " "
    }
  }

  /// Lines between a change's lane and others that end or begin there.
  private func connector(_ own: Int, _ others: Set<Int>, _ inUse: Set<Int>, ends: Bool) -> Line {
    let all = others.union([own])
    let (left, right) = (all.min() ?? own, all.max() ?? own)
    return cells(between: { $0 >= left && $0 < right ? "─" : " " }) { lane in
      let goes = (left: lane > left, right: lane < right)
      if lane == own { return goes.left && goes.right ? "┼" : goes.left ? "┤" : goes.right ? "├" : "│" }
      guard lane > left && lane < right || others.contains(lane) else { return inUse.contains(lane) ? "│" : " " }
      guard others.contains(lane) else { return inUse.contains(lane) ? "┼" : "─" }
      // A lane that goes on is only touched; one that begins or ends here turns.
      if !ends && inUse.contains(lane) { return goes.left && goes.right ? "┼" : goes.left ? "┤" : "├" }
      if goes.left && goes.right { return ends ? "┴" : "┬" }
      return goes.left ? (ends ? "╯" : "╮") : (ends ? "╰" : "╭")
    }
  }

  private func cells(between: (Int) -> String = { _ in " " }, _ cell: (Int) -> String) -> Line {
    let text = (0..<layout.width).map { cell($0) + ($0 < layout.width - 1 ? between($0) : "") }.joined()
    return "\(own: text)"
  }

  var json: [JSON] {
    let people = People(book)
    return layout.rows.map { row in
      guard case .object(let pairs) = row.change.json(people) else { return .null }
      return .object(
        pairs + [("lane", .int(row.lane)), ("merge", .bool(row.isMerge)), ("head", .bool(row.isHead))])
    }
  }
}

extension Screen {
  /// With the times of a visit's zone, in which versions are named too.
  func on(zone: String?) -> Screen {
    var screen = self
    screen.times = times.on(zone: zone)
    return screen
  }
}

extension Inspected {
  /// For whoever asked for something else than what is wrong.
  var damageWarnings: [Line] {
    findings.isEmpty
      ? [] : ["valise-inspect: damaged: \(findings.count.of("finding")): valise-inspect verify \(word: path)"]
  }
}

/// A drawing in a language of its own, as it goes to a file or to another program.
struct DrawingReport: Showable {
  private let book: Inspected
  private let text: String

  init(_ book: Inspected, _ draw: (GraphLayout, People) -> String) {
    self.book = book
    text = draw(GraphLayout(book.history), People(book))
  }

  var exitCode: ExitCode { book.findings.isEmpty ? .done : .trouble }
  var bytes: [UInt8]? { Array(text.utf8) }
  var json: [JSON] { GraphReport(book).json }

  func warnings(on screen: Screen) -> [Line] { book.damageWarnings }
  func lines(on screen: Screen) -> [Line] { [] }
}
