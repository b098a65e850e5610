import LocalBook

/// How much a kind of entry matters when somebody reads a summary aloud: times and places first, then people, then
/// terms, then text.
enum Seriousness {
  static let kinds = ["engagement", "visit", "place", "person", "statement", "question", "topic", "note"]

  static func rank(ofKind kind: String) -> Int { kinds.firstIndex(of: kind) ?? kinds.count }
}

extension SaveReport.FileChange {
  var verb: String {
    switch what {
    case .created: "added"
    case .edited: "edited"
    case .settled: "settled"
    case .deleted: "deleted"
    case .broughtBack: "brought back"
    case .renamed: "renamed"
    }
  }

  /// The path, and where it was.
  var place: Line {
    if case .renamed(let from) = what, !from.isEmpty { return "\(from) -> \(path)" }
    return "\(path)"
  }

  var json: JSON {
    var pairs: [(String, JSON)] = [("change", .string(verb)), ("file", .string(path)), ("kind", .string(kind))]
    if case .renamed(let from) = what { pairs.append(("from", .string(from))) }
    return .object(pairs)
  }
}

extension [SaveReport.FileChange] {
  /// `3 notes edited, 1 person added`, most serious first; `38 entries added` where that would be a long list.
  var summary: Line {
    var counts: [(kind: String, verb: String, count: Int)] = []
    for file in bySeriousness {
      if let index = counts.firstIndex(where: { $0.kind == file.kind && $0.verb == file.verb }) {
        counts[index].count += 1
      } else {
        counts.append((file.kind, file.verb, 1))
      }
    }
    var parts: [Line] = []
    for (index, each) in counts.enumerated() {
      let same = counts.filter { $0.verb == each.verb }
      if same.count <= KindName.listed {
        parts.append("\(each.count.entries(ofKind: each.kind)) \(own: each.verb)")
      } else if counts.firstIndex(where: { $0.verb == each.verb }) == index {
        parts.append("\(same.reduce(0) { $0 + $1.count }.of("entry", "entries")) \(own: each.verb)")
      }
    }
    return parts.listed
  }

  /// A row for each, at most so many, and then where to see all; behind it what `words` say about the file.
  func rows(
    on screen: Screen, indent: Int = 2, atMost limit: Int = 20, all: Line = "valise log -v",
    words: (SaveReport.FileChange) -> Line = { _ in "" }
  ) -> [Line] {
    var table = Table(indent: indent)
    var said: Set<String> = []
    for file in bySeriousness.prefix(limit) {
      let words: Line = said.insert(file.path).inserted ? words(file) : ""
      table.add("\(own: file.verb)", words.isEmpty ? file.place : "\(file.place): \(words)")
    }
    let more: Line = "… and \((count - limit)) more: \(all)"
    // Cut off, a sentence could say the contrary.
    var uncut = screen
    uncut.width = nil
    return table.lines(on: uncut) + (count > limit ? [more.styled(.faint).indented(by: indent)] : [])
  }

  private var bySeriousness: Self {
    enumerated().sorted { one, other in
      let (first, second) = (Seriousness.rank(ofKind: one.element.kind), Seriousness.rank(ofKind: other.element.kind))
      return (first, one.offset) < (second, other.offset)
    }.map(\.element)
  }
}
