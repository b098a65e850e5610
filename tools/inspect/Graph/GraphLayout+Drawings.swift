import Bytes
import History
import Rendering

extension GraphLayout {
  /// In the language of Graphviz.
  func dot(_ people: People) -> String {
    var out = "digraph history {\n  rankdir=BT;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
    for (number, row) in rows.enumerated() {
      let label = [row.change.id?.short ?? "no name", people[row.change.ref.device], row.change.words.text]
      let shape = row.isMerge ? ", shape=octagon" : ""
      out += "  c\(number) [label=\"\(label.map(\.dotSafe).joined(separator: "\\n"))\"\(shape)];\n"
    }
    for edge in edges {
      if let parent = edge.parent { out += "  c\(edge.child) -> c\(parent);\n" }
    }
    return out + "}\n"
  }

  /// A picture that needs nothing besides itself.
  func svg(_ people: People) -> String {
    let height = rows.count * Drawing.row + Drawing.margin
    let text = Drawing.margin + width * Drawing.lane + Drawing.lane
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(text + 760)" height="\(height)" \
      viewBox="0 0 \(text + 760) \(height)" role="img" aria-label="History of a book" \
      font-family="sans-serif" font-size="13">
      <rect width="100%" height="100%" fill="#ffffff"/>

      """
    for edge in edges { out += path(edge, height) }
    for (number, row) in rows.enumerated() { out += mark(row, number, people, text) }
    return out + "</svg>\n"
  }

  /// Down from the child into the lane, along it, and into the parent.
  private func path(_ edge: Edge, _ height: Int) -> String {
    let (x, y) = (Drawing.x(rows[edge.child].lane), Drawing.y(edge.child))
    let lane = Drawing.x(edge.lane)
    let half = Drawing.row / 2
    let colour = Drawing.colour(edge.lane)
    let end: String
    if let parent = edge.parent {
      let (toX, toY) = (Drawing.x(rows[parent].lane), Drawing.y(parent))
      end = "V \(toY - Drawing.row) C \(lane) \(toY - half), \(toX) \(toY - half), \(toX) \(toY)"
    } else {
      end = "V \(height)"
    }
    let into = "C \(x) \(y + half), \(lane) \(y + half), \(lane) \(y + Drawing.row)"
    let direct = edge.parent == edge.child + 1
    let shape = direct ? "L \(Drawing.x(rows[edge.child + 1].lane)) \(y + Drawing.row)" : "\(into) \(end)"
    let dashes = edge.parent == nil ? " stroke-dasharray=\"3 3\"" : ""
    return "<path d=\"M \(x) \(y) \(shape)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"\(dashes)/>\n"
  }

  private func mark(_ row: Row, _ number: Int, _ people: People, _ text: Int) -> String {
    let (x, y) = (Drawing.x(row.lane), Drawing.y(number))
    let colour = Drawing.colour(row.lane)
    let shape =
      row.isMerge
      ? "<path d=\"M \(x - 7) \(y) L \(x) \(y - 7) L \(x + 7) \(y) L \(x) \(y + 7) Z\" fill=\"#ffffff\" stroke=\"\(colour)\" stroke-width=\"2\"/>"
      : "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"5\" fill=\"\(colour)\"/>"
    let change = row.change
    let name = change.id?.short ?? "no name"
    let time = Times.iso(change.change.header.fields.time)
    let words = change.words.cut(to: 60).text
    return """
      \(shape)
      <text x="\(text)" y="\(y + 4)"><tspan font-family="monospace">\(name)</tspan>\
      <tspan dx="10" fill="#555555">\(time)</tspan>\
      <tspan dx="10" font-weight="bold">\(people[change.ref.device].xmlSafe)</tspan>\
      <tspan dx="10">\((row.isMerge ? "merge: " : "") + words.xmlSafe)</tspan></text>

      """
  }
}

/// Sizes and colours of the picture.
private enum Drawing {
  static let margin = 24
  static let row = 28
  static let lane = 22

  static func x(_ lane: Int) -> Int { margin + lane * Self.lane }
  static func y(_ row: Int) -> Int { margin + row * Self.row }

  /// Told apart by people who see colours differently, too (after Okabe and Ito).
  private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555"]

  static func colour(_ lane: Int) -> String { colours[lane % colours.count] }
}

extension String {
  /// As the text of an XML element: nothing in it is markup, and nothing that XML forbids.
  fileprivate var xmlSafe: String {
    var out = ""
    for scalar in madeSafe().unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case _ where scalar.value & 0xfffe == 0xfffe: out += "\u{fffd}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Inside a quoted string of Graphviz.
  fileprivate var dotSafe: String { madeSafe().replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }
}
