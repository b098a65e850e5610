import Bytes

extension FieldSource {
  /// Changes the source of a list so that it means `new`: verbatim where it does already, else only the elements
  /// that differ are touched, and comments stay. What cannot be spliced is written canonically, in the old style. Nothing at
  /// all is a list without elements: an editor that clears one leaves `topics:`.
  /// Quadratic in the number of elements.
  package static func splice(_ source: String, to new: [String]) -> String {
    let typed = TypedValue(source: source)
    if typed == .list(new) || typed == .absent && new.isEmpty { return source }
    if let spliced = spliced(source, from: typed, to: new), TypedValue(source: spliced) == .list(new) {
      return spliced
    }
    return list(new, like: source)
  }

  private static func spliced(_ source: String, from typed: TypedValue, to new: [String]) -> String? {
    let old = typed.elements
    // The comment that stands there alone stays above the elements.
    if typed == .absent && source.has("#") { return source + list(new) }
    guard !new.isEmpty, !old.isEmpty else { return nil }
    let steps = steps(from: old, to: new)
    if var flow = FlowList(source), flow.items.count == old.count {
      flow.apply(steps)
      return flow.source
    }
    if var block = BlockList(source), block.items.count == old.count {
      block.apply(steps)
      return block.source
    }
    return nil
  }

  enum Step: Equatable {
    case keep
    case remove
    case add(String)
  }

  /// The fewest removals and additions, by a longest common subsequence; removals before additions.
  static func steps(from old: [String], to added: [String]) -> [Step] {
    let old = old.map { ExactText($0) }
    let new = added.map { ExactText($0) }
    let width = new.count + 1
    var common = [Int](repeating: 0, count: (old.count + 1) * width)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        common[i * width + j] =
          old[i] == new[j]
          ? common[(i + 1) * width + j + 1] + 1 : max(common[(i + 1) * width + j], common[i * width + j + 1])
      }
    }
    var steps: [Step] = []
    var i = 0
    var j = 0
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i] == new[j] {
        steps.append(.keep)
        i += 1
        j += 1
      } else if i < old.count, j == new.count || common[(i + 1) * width + j] >= common[i * width + j + 1] {
        steps.append(.remove)
        i += 1
      } else {
        steps.append(.add(added[j]))
        j += 1
      }
    }
    return steps
  }
}

/// `[a, b]`, possibly over lines: each element with what stands before and behind it, up to the comma.
struct FlowList {
  struct Item {
    var before: String
    var element: String
    var behind: String
  }
  var items: [Item] = []
  /// From a trailing comma or the last element to the end.
  var end = "]"
  private var hasTrailingComma = false

  init?(_ source: String) {
    let text = Array(source.utf8)
    guard text.first == UInt8(ascii: "["), let pieces = Self.pieces(text) else { return nil }
    for piece in pieces.dropLast() { items.append(Self.item(text[piece.range])) }
    guard let last = pieces.last else { return nil }
    let lastItem = Self.item(text[last.range])
    if lastItem.element.isEmpty {
      hasTrailingComma = true
      end = lastItem.before + "]"
    } else {
      items.append(Item(before: lastItem.before, element: lastItem.element, behind: ""))
      end = lastItem.behind + "]"
    }
    end += String(decoding: text[(last.range.upperBound + 1)...], as: UTF8.self)
  }

  var source: String {
    "[" + items.map { $0.before + $0.element + $0.behind }.joined(separator: ",") + (hasTrailingComma ? "," : "") + end
  }

  mutating func apply(_ steps: [FieldSource.Step]) {
    var rest = items[...]
    var result: [Item] = []
    var orphaned = ""
    for step in steps {
      switch step {
      case .keep:
        guard var item = rest.popFirst() else { continue }
        item.before = orphaned.isEmpty ? item.before : orphaned + item.before
        if result.isEmpty, let first = items.first, !first.before.has("#"), !item.before.has("#") {
          item.before = first.before
        }
        orphaned = ""
        result.append(item)
      case .remove:
        guard let item = rest.popFirst() else { continue }
        if item.before.has("#") { orphaned += item.before }
        if item.behind.has("#") { orphaned += item.behind }
      case .add(let element):
        let style = result.isEmpty ? items.first : items.dropFirst().first
        let spacing = style.map(\.before).flatMap { $0.has("#") ? nil : $0 } ?? (result.isEmpty ? "" : " ")
        result.append(Item(before: orphaned + spacing, element: FieldSource.flowScalar(element), behind: ""))
        orphaned = ""
      }
    }
    // The first element was put in front of: what was first stands behind a comma now.
    for index in result.indices.dropFirst() where result[index].before.isEmpty { result[index].before = " " }
    end = orphaned + end
    items = result
  }

  private struct Piece {
    let range: Range<Int>
  }

  /// Between the commas of the outer brackets; nil where the bracket closes before the end of the value.
  private static func pieces(_ text: [UInt8]) -> [Piece]? {
    let scanner = BlockScanner(text)
    var pieces: [Piece] = []
    var start = 1
    var at = 1
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard let end = try? scanner.quotedEnd(from: at) else { return nil }
        at = end
      case UInt8(ascii: "#"): at = scanner.lineEnd(from: at)
      case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "}"): return nil
      case UInt8(ascii: ","):
        pieces.append(Piece(range: start..<at))
        at += 1
        start = at
      case UInt8(ascii: "]"):
        pieces.append(Piece(range: start..<at))
        return pieces
      case .space, .tab, .newline, .carriageReturn: at += 1
      default: at = scanner.flowPlainEnd(from: at)
      }
    }
    return nil
  }

  /// Blanks and comments before, the element, blanks and comments behind.
  private static func item(_ piece: ArraySlice<UInt8>) -> Item {
    let text = Array(piece)
    let scanner = BlockScanner(text)
    var start = 0
    while start < text.count {
      if text[start] == UInt8(ascii: "#") {
        start = scanner.lineEnd(from: start)
      } else if text[start].isBlank || text[start] == .newline {
        start += 1
      } else {
        break
      }
    }
    var end = start
    if start < text.count {
      let isQuoted = text[start] == UInt8(ascii: "\"") || text[start] == UInt8(ascii: "'")
      end = (isQuoted ? try? scanner.quotedEnd(from: start) : scanner.flowPlainEnd(from: start)) ?? text.count
      while end > start, text[end - 1].isBlank || text[end - 1] == .newline { end -= 1 }
    }
    func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    return Item(before: part(0..<start), element: part(start..<end), behind: part(end..<text.count))
  }
}

/// `- a`, a line each: every element with the comment and blank lines above it.
struct BlockList {
  struct Item {
    var above: String
    /// From the indentation of the dash to the newline, which is not part of it.
    var lines: String
  }
  var items: [Item] = []
  /// What stands behind the colon, and what follows the last element.
  private var head: String
  private var end = ""
  private(set) var indent = "  "

  init?(_ source: String) {
    guard let firstBreak = source.utf8.firstIndex(of: .newline) else { return nil }
    head = String(source[..<firstBreak])
    guard head.utf8.first(where: { !$0.isBlank }).map({ $0 == UInt8(ascii: "#") }) ?? true else { return nil }
    var above = ""
    var dashColumn: Int?
    let below = source.utf8[source.utf8.index(after: firstBreak)...]
    for lineBytes in below.split(separator: .newline, omittingEmptySubsequences: false) {
      let line = Substring(lineBytes)
      let spaces = line.utf8.prefix { $0 == .space }.count
      let rest = line.utf8.dropFirst(spaces)
      let isDash = rest.first == UInt8(ascii: "-") && (rest.dropFirst().first.map(\.isBlank) ?? true)
      if isDash, dashColumn == nil || dashColumn == spaces {
        dashColumn = spaces
        items.append(Item(above: above, lines: String(line)))
        above = ""
      } else if rest.first(where: { !$0.isBlank }).map({ $0 == UInt8(ascii: "#") }) ?? true {
        above += line + "\n"
      } else if let column = dashColumn, spaces > column, above.isEmpty, let last = items.indices.last {
        items[last].lines += "\n" + line
      } else {
        return nil
      }
    }
    guard let dashColumn else { return nil }
    indent = String(repeating: " ", count: dashColumn)
    if !above.isEmpty { end = "\n" + above.dropLast() }
  }

  var source: String { head + items.map { "\n" + $0.above + $0.lines }.joined() + end }

  mutating func apply(_ steps: [FieldSource.Step]) {
    var rest = items[...]
    var result: [Item] = []
    var orphaned = ""
    for step in steps {
      switch step {
      case .keep:
        guard var item = rest.popFirst() else { continue }
        item.above = orphaned + item.above
        orphaned = ""
        result.append(item)
      case .remove:
        if let item = rest.popFirst() { orphaned += item.above }
      case .add(let element):
        result.append(Item(above: orphaned, lines: indent + "- " + FieldSource.scalar(element)))
        orphaned = ""
      }
    }
    if !orphaned.isEmpty { end = "\n" + orphaned.dropLast() + end }
    items = result
  }
}
