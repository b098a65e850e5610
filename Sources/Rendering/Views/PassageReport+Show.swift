package import LocalBook
import TextDiff

extension PassageReport: Showable {
  /// Each passage: where, what it was, each side against that with who and when, and what came of both.
  package func lines(on screen: Screen) -> [Line] {
    guard !passages.isEmpty else {
      return [
        versions.count > 1
          ? "No passage was edited on both sides."
          : "Nothing was edited on two laptops at the same time."
      ]
    }
    let head: Line = "\(passages.count.of("passage")), edited on both sides"
    return [head.styled(.strong)] + passages.flatMap { [Line()] + $0.lines(on: screen) }
  }

  package var json: [JSON] { passages.map(\.json) }
}

extension [FoundPassage] {
  /// More than so many are only counted: `passages` lists them all.
  private static var named: Int { 10 }

  /// A line for each in a report about other things, and how to read them; nothing for none.
  func named(on screen: Screen) -> [Line] {
    guard !isEmpty else { return [] }
    var table = Table(indent: 2)
    for passage in prefix(Self.named) {
      table.add(passage.place, passage.people.listed(), .short(passage.merged.onOneLine))
    }
    let head: Line =
      count == 1
      ? "1 passage was edited on both sides; read what came of it: valise passages"
      : "\(count) passages were edited on both sides; read what came of them: valise passages"
    let rest: [Line] = count > Self.named ? ["  and \(count - Self.named) more"] : []
    return [head] + table.lines(on: screen) + rest
  }
}

extension FoundPassage {
  fileprivate var place: Line {
    if let line { return "\(file):\(own: String(line))" }
    switch since {
    case .edited: return "\(file) (edited since)"
    case .deleted: return "\(file) (deleted since)"
    case nil: return "\(file)"
    }
  }

  /// Everybody who touched it, once.
  fileprivate var people: [String] {
    var all: [String] = []
    for person in sides.flatMap(\.people) where !all.contains(person) { all.append(person) }
    return all
  }

  fileprivate func lines(on screen: Screen) -> [Line] {
    var table = Table(indent: 2)
    table.add("before", base.isEmpty ? "(nothing)" : "\(base.onOneLine)")
    for side in sides { table.add(side.who(on: screen), side.change(from: base)) }
    table.add(since == nil ? "together" : "together then", merged.isEmpty ? "(nothing)" : "\(merged.onOneLine)")
    // No line is cut: the words are what this is about.
    var wide = screen
    wide.width = nil
    return ["\(place.styled(.strong))  \(own: id, .faint)"] + table.lines(on: wide)
  }

  var json: JSON {
    .object([
      ("passage", .string(id)), ("entry", .string(entry)), ("file", .string(file)), ("line", .number(line)),
      ("since", .text(since?.rawValue)),
      ("base", .string(base)), ("sides", .array(sides.map(\.json))), ("merged", .string(merged)),
    ])
  }
}

extension FoundPassage.Side {
  fileprivate func who(on screen: Screen) -> Line { "\(people.listed()), \(screen.times.spoken(time))" }

  /// What this side made of the passage, `[-old-]{+new+}`.
  fileprivate func change(from base: String) -> Line {
    let runs = TextDiff.marked(from: base.onOneLine, to: text.onOneLine)
    return runs.contains { $0.kind != .same } ? MarkedLine(runs: runs).line : "\(text.onOneLine)"
  }

  fileprivate var json: JSON {
    .object([
      ("people", .array(people.map { .string($0) })), ("time", .time(time)), ("version", .string(version)),
      ("text", .string(text)),
    ])
  }
}

extension String {
  /// Line ends as `¶`.
  fileprivate var onOneLine: String { replacing("\n", with: "¶") }
}
