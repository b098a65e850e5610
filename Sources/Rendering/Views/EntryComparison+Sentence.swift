import Bytes
import Record
import Replica
import TextDiff

extension [EntryComparison] {
  /// Times and places first, then people, terms, other fields, and text last; by path among equals.
  var bySeriousness: Self {
    sorted { ($0.seriousness, $0.kindRank, $0.path) < ($1.seriousness, $1.kindRank, $1.path) }
  }
}

extension EntryComparison {
  /// What happened to the entry, as a colleague would say it.
  var sentence: Line {
    let noun: Line = "\((after ?? before)?.kind ?? "entry")"
    switch kind {
    case .added: return "Added: \(noun) \(name) (\(path))"
    case .deleted: return "Deleted: \(noun) \(name) (\(path))"
    case .renamed: return "\(name): \(([renaming] + phrases).joined(by: "; "))"
    case .changed: return "\(name): \(phrases.isEmpty ? "written in another way" : phrases.joined(by: "; "))"
    }
  }

  private var renaming: Line { "renamed from \(before?.path ?? "") to \(path)" }

  /// The title or name, else the file's.
  private var name: Line {
    let view = after ?? before
    let titles = ["title", "name"].compactMap { view?[field: ExactText($0)]?.value.plain.first?.string }
    if let title = titles.first(where: { !$0.isEmpty }) { return "\(title, .strong)" }
    return "\(path.string.split(separator: "/").last.map(String.init) ?? path.string, .strong)"
  }

  /// What changed in it, most serious first, but for the fields named; empty for an entry that came or went.
  func changes(but fields: Set<String>) -> Line {
    kind == .added || kind == .deleted ? "" : phrases(but: fields).joined(by: "; ")
  }

  private var phrases: [Line] { phrases(but: []) }

  private func phrases(but left: Set<String>) -> [Line] {
    var phrases = fields.filter { !left.contains($0.name.string) }.enumerated().sorted { one, other in
      (one.element.weight, one.offset) < (other.element.weight, other.offset)
    }.map(\.element.phrase)
    if !body.isEmpty { phrases.append(textPhrase) }
    return phrases
  }

  private var textPhrase: Line {
    let (added, removed) = (body.words(.inserted), body.words(.deleted))
    switch (added, removed) {
    case (0, 0): return "text laid out anew"
    case (_, 0): return "\(added.of("word")) added to the text"
    case (0, _): return "\(removed.of("word")) taken out of the text"
    default: return "text edited (\(removed.of("word")) out, \(added) in)"
    }
  }

  fileprivate var seriousness: Int {
    fields.map(\.weight).min() ?? (kind == .changed ? FieldWeight.text : FieldWeight.other)
  }

  fileprivate var kindRank: Int { Seriousness.rank(ofKind: (after ?? before)?.kind.string ?? "") }
}

/// How much a field matters in a summary, from 0.
private enum FieldWeight {
  static let other = 3
  static let text = 4

  static let times: Set<String> = [
    "date", "dates", "start", "end", "zone", "status", "place", "room", "from", "to", "press_call", "time_fixed", "due",
    "day_starts", "travel_time",
  ]
  static let people: Set<String> = [
    "principal", "host", "participants", "manifest", "interpreter", "lead", "speaker", "owner", "asked_by", "name",
    "role",
  ]
  static let terms: Set<String> = ["terms", "embargo", "attribute_as", "cleared_by", "press_access", "sensitivity"]
}

extension EntryComparison.FieldComparison {
  fileprivate var weight: Int {
    let name = name.string
    if FieldWeight.times.contains(name) { return 0 }
    if FieldWeight.people.contains(name) { return 1 }
    return FieldWeight.terms.contains(name) ? 2 : FieldWeight.other
  }

  fileprivate var phrase: Line {
    if isSet { return setPhrase }
    let (old, new) = (oldPlain.first?.asSpoken ?? "", newPlain.first?.asSpoken ?? "")
    if max(old.displayWidth, new.displayWidth) > 48 { return "\(label) \(own: longVerb(old, new))" }
    switch (old.isEmpty, new.isEmpty) {
    case (true, _): return "\(label) set to \(new)"
    case (_, true): return "\(label) taken out (was \(old))"
    default: return changePhrase(old, new)
    }
  }

  private func changePhrase(_ old: String, _ new: String) -> Line {
    switch name {
    case "start", "date": "moved from \(old) to \(new)"
    case "end": "now ends \(new) (was \(old))"
    case "place": "now at \(new) (was \(old))"
    case "room": "now in \(new) (was \(old))"
    case "status": "now \(new) (was \(old))"
    default: "\(label) now \(new) (was \(old))"
    }
  }

  private func longVerb(_ old: String, _ new: String) -> String {
    old.isEmpty ? "written" : new.isEmpty ? "taken out" : "reworded"
  }

  private var setPhrase: Line {
    let changes = elementChanges
    var parts: [Line] = []
    if !changes.added.isEmpty { parts.append("\(changes.added.map(\.asSpoken).listed()) added") }
    if !changes.removed.isEmpty { parts.append("\(changes.removed.map(\.asSpoken).listed()) taken out") }
    return parts.isEmpty ? "\(label) in another order" : "\(label): \(parts.listed)"
  }

  /// The key as words.
  private var label: Line { "\(name.string.replacing("_", with: " "))" }
}

extension String {
  /// A link by the name in it, line ends as blanks.
  fileprivate var asSpoken: String {
    let text = replacing("\n", with: " ")
    return text.hasPrefix("[[") && text.hasSuffix("]]") && text.count > 4 ? String(text.dropFirst(2).dropLast(2)) : text
  }
}

extension [MarkedRun] {
  fileprivate func words(_ kind: MarkedRun.Kind) -> Int {
    reduce(0) { $0 + ($1.kind == kind ? $1.text.split(whereSeparator: \.isWhitespace).count : 0) }
  }
}
