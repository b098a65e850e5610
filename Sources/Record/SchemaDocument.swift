import Bytes

/// The schema as `Protocol/record.md` shows it. A test holds the file to these words.
package func schemaDocument() -> String {
  var lines = documentHead
  for kind in Schema.kinds {
    lines += ["", "## \(kind.name.string)", "", kind.meaning, ""]
    lines.append(kind.folder.map { "Folder: `\($0.string)/`." } ?? "File: `visit.md`.")
    lines += [""] + table(of: kind.fields)
  }
  lines += ["", "## Every kind", ""] + table(of: Schema.common + [Schema.body])
  lines += documentTail
  return lines.joined(separator: "\n") + "\n"
}

private let documentHead = [
  "# The record: kinds and fields",
  "",
  "Written from the schema table in `Sources/Record/Schema+Kinds.swift`; to change this file, change that one and run",
  "`VALISE_RECORD=1 swift test --filter RecordTests`. Schema level \(Schema.level).",
  "",
  "The schema reads and displays. It never decides what is recorded: kinds, fields and values that it does not know are",
  "kept as typed, merged and synced. An unknown kind has the fields under \"Every kind\"; an unknown field is a text register.",
  "A value that does not look as its type says is kept too, and named as a warning.",
  "",
  "How a field merges: a **register** keeps every value of concurrent edits until somebody settles the conflict; a **set**",
  "merges by element, keeps its order, and an addition wins over a concurrent removal; **text** merges character by",
  "character. What is shown of several open values: the **last** by the history's order, unless the table names a rule.",
]

private let documentTail = [
  "",
  "## Rules for what is shown",
  "",
  "A rule looks at plain texts only. Where it ranks two values alike, the last by the history's order is shown. The other",
  "values stay listed as a conflict, whichever is shown. A blank value counts as absence.",
  "",
  "- **strictest terms**: off the record, then deep background, background, on the record. Words that are none of these",
  "  rank with off the record. Absence never beats presence.",
  "- **strictest embargo**: the latest. A day without a time ends at midnight; a time without an offset is read at its",
  "  latest, in UTC-12:00, so that no zone file has a say. A link stands for the end of its engagement: its `end`, else the",
  "  end of its day. What cannot be read or resolved is the strictest. Absence never beats presence.",
  "- **strictest attribution**: a value without the speaker's name beats one that has it. A name is there when any of its",
  "  words of three letters or more is, in whatever case. Absence never beats presence.",
  "- **strictest cancellation**: cancelled beats every other status. Absence never beats presence.",
  "- **absence first**: absence beats presence, so that an approval that somebody withdrew does not stand.",
  "",
  "## Level",
  "",
  "A book stores the schema level that its display rules need. A program that knows a lower level records and syncs the",
  "book, and asks to be upgraded before it writes a file of it. The level rises when a rule changes or when a field gets",
  "another rule; new kinds and fields that show the last value leave it as it is.",
]

private func table(of fields: [FieldSchema]) -> [String] {
  let rows = fields.map { field in
    "| `\(field.key.string)` | \(field.type.name) | \(field.merge.rawValue) | \(field.display.name) | \(field.meaning) |"
  }
  return ["| field | value | merges as | shown | meaning |", "|---|---|---|---|---|"] + rows
}

extension ValueType {
  fileprivate var name: String {
    switch self {
    case .text: "text"
    case .line: "line"
    case .markdown: "Markdown"
    case .date: "date"
    case .dateTime: "date, or date and time"
    case .time: "time"
    case .moment: "time, or date and time"
    case .period: "first and last date"
    case .embargo: "date and time, or link to engagement"
    case .timeZone: "time zone"
    case .duration: "length of time"
    case .count: "count"
    case .position: "latitude, longitude"
    case .flag: "yes or no"
    case .choice(let words): "one of: " + words.joined(separator: ", ")
    case .link(let kinds): "link to \(Self.list(kinds))"
    case .linkList(let kinds): "links to \(Self.list(kinds))"
    case .participants: "links to person, in order of precedence"
    case .textSet: "lines"
    }
  }

  private static func list(_ kinds: [String]) -> String {
    kinds.count == Schema.kinds.count ? "any kind" : kinds.joined(separator: " or ")
  }
}

extension DisplayRule {
  fileprivate var name: String {
    switch self {
    case .lastInHistory: "last"
    case .strictest(let strictness): "strictest \(strictness.rawValue)"
    case .absenceFirst: "absence first"
    }
  }
}
