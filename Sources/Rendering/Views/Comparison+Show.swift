import Bytes
import History
package import Replica
import TextDiff

/// Two versions side by side: in sentences first, then field by field, then the words of the text.
package struct ComparisonReport: Showable {
  private let comparison: Comparison

  /// With more entries than this, those added or deleted are only named.
  private static let shownInFull = 10

  package init(_ comparison: Comparison) { self.comparison = comparison }

  package func lines(on screen: Screen) -> [Line] {
    let entries = comparison.entries.bySeriousness
    guard !entries.isEmpty else { return ["No difference."] }
    let isLong = entries.count > Self.shownInFull
    let details = entries.filter { $0.kind == .changed || $0.kind == .renamed || !isLong }
    let rest: Line = "What was added is shown in full by: valise show FILE"
    return entries.map(\.sentence) + details.flatMap(\.details)
      + (details.count < entries.count ? [Line(), rest.styled(.faint)] : [])
  }

  package var json: [JSON] { comparison.entries.map(\.json) }
}

extension EntryComparison {
  /// The file, each field that differs, and each line of the text with a changed word in it.
  fileprivate var details: [Line] {
    let fields = fields.map { "  \($0.name): \($0.marked)" as Line }
    let text = MarkedLine.changed(in: body).map { "  | \($0.line)" as Line }
    let layout: [Line] =
      fields.isEmpty && text.isEmpty && kind == .changed ? ["  the way it is written, nothing that it says"] : []
    guard !(fields + text + layout).isEmpty else { return [] }
    return [Line(), "\(path, .strong)"] + fields + text + layout
  }

  var json: JSON {
    var pairs: [(String, JSON)] = [
      ("file", .string(path.string)), ("change", .string(kind.rawValue)),
      ("kind", .string((after ?? before)?.kind.string ?? "")),
    ]
    if kind == .renamed, let before { pairs.append(("from", .string(before.path.string))) }
    pairs.append(("fields", .array(fields.map(\.json))))
    pairs.append(
      (
        "text",
        .array(body.map { .object([("mark", .string($0.kind.name)), ("text", .string($0.text))]) })
      ))
    return .object(pairs)
  }
}

extension EntryComparison.FieldComparison {
  /// `[-10:00-]{+11:30+}`; elements one by one.
  fileprivate var marked: Line {
    if isSet {
      let changes = elementChanges
      let removed = changes.removed.map { "[-\($0, .bad)-]" as Line }
      let added = changes.added.map { "{+\($0, .good)+}" as Line }
      return removed.isEmpty && added.isEmpty
        ? "another order: \(newPlain.listed(atMost: 100))" : (removed + added).joined(by: " ")
    }
    let (old, new) = (oldPlain.first ?? "", newPlain.first ?? "")
    let hasWords = old.contains { $0.isWhitespace } && new.contains { $0.isWhitespace }
    let runs =
      hasWords
      ? TextDiff.marked(from: old, to: new)
      : [MarkedRun(kind: .deleted, text: old), MarkedRun(kind: .inserted, text: new)].filter { !$0.text.isEmpty }
    return MarkedLine(runs: runs).line
  }

  var isSet: Bool {
    if case .set = before { return true }
    if case .set = after { return true }
    return false
  }

  var oldPlain: [String] { before?.plain.map(\.string) ?? [] }
  var newPlain: [String] { after?.plain.map(\.string) ?? [] }

  /// By count, so that an element that stood twice can go once.
  var elementChanges: (added: [String], removed: [String]) {
    let difference = newPlain.sorted().difference(from: oldPlain.sorted())
    var (added, removed): ([String], [String]) = ([], [])
    for change in difference {
      switch change {
      case .insert(_, let element, _): added.append(element)
      case .remove(_, let element, _): removed.append(element)
      }
    }
    return (added.sorted(), removed.sorted())
  }

  fileprivate var json: JSON {
    .object([("field", .string(name.string)), ("before", Self.json(before)), ("after", Self.json(after))])
  }

  private static func json(_ value: FieldView.Value?) -> JSON {
    switch value {
    case nil: .null
    case .single(let content): .string(content.plain.string)
    case .set(let elements, _): .array(elements.map { .string($0.text.string) })
    }
  }
}

extension MarkedRun.Kind {
  fileprivate var name: String {
    switch self {
    case .same: "same"
    case .deleted: "deleted"
    case .inserted: "inserted"
    }
  }
}
