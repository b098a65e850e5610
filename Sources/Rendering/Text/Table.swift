/// Rows of cells that stand in columns, however wide their letters are.
package struct Table {
  private var rows: [[Line]] = []
  private let indent: Int

  package init(indent: Int = 0) { self.indent = indent }

  /// Cells from left to right; the last one needs no room kept for it.
  package mutating func add(_ cells: Line...) {
    var cells = cells
    while cells.last?.isEmpty == true { cells.removeLast() }
    rows.append(cells)
  }

  /// The rows as lines; the last cell is cut where the screen has a width.
  package func lines(on screen: Screen) -> [Line] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      // A last cell, or one without a neighbour to the right, needs no room kept for it.
      rows.compactMap { column < $0.count - 1 ? $0[column].width : nil }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { index, cell in index < row.count - 1 ? cell.padded(to: widths[index]) : cell }
      let line = cells.joined(by: "  ").indented(by: indent)
      return screen.width.map { line.cut(to: $0) } ?? line
    }
  }
}
