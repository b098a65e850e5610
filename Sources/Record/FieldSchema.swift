package import Bytes

/// One kind of entry and its fields, in the order in which a new entry writes them.
package struct KindSchema: Equatable, Sendable {
  /// The singular that the `kind` field holds.
  package let name: ExactText
  /// The folder that stands for the kind; nil for the visit, which is one file at the top.
  package let folder: ExactText?
  /// What such an entry is, in a sentence.
  package let meaning: String
  /// The fields of the kind's own; `Schema.common` adds those of every kind.
  package let fields: [FieldSchema]

  init(_ name: ExactText, folder: ExactText?, _ meaning: String, _ fields: [FieldSchema]) {
    self.name = name
    self.folder = folder
    self.meaning = meaning
    self.fields = fields
  }
}

/// One field: what it holds, how concurrent edits of it merge, and which of several open values a file shows.
package struct FieldSchema: Equatable, Sendable {
  /// The key as front matter has it.
  package let key: ExactText
  /// What a value has to look like to be understood.
  package let type: ValueType
  /// Which of several open values stands in the file.
  package let display: DisplayRule
  /// What the field says, in a sentence.
  package let meaning: String

  init(_ key: ExactText, _ type: ValueType, shown display: DisplayRule = .lastInHistory, _ meaning: String) {
    self.key = key
    self.type = type
    self.display = display
    self.meaning = meaning
  }

  /// How concurrent edits of the field come together; it follows from the type.
  package var merge: MergePolicy {
    switch type {
    case .markdown: .text
    case .linkList, .participants, .textSet: .set
    default: .register
    }
  }

  /// Whether two plain texts say the same: equal typed values, or equal bytes where one cannot be read.
  ///
  /// nil is absence, and equals only itself.
  package func isSame(_ one: ExactText?, _ other: ExactText?) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    if one == other { return true }
    guard let first = try? Value(one, as: type), let second = try? Value(other, as: type) else { return false }
    return first == second
  }
}

/// How concurrent edits come together.
package enum MergePolicy: String, Sendable {
  /// One value; several when people set it at the same time, all kept until one of them settles it.
  case register
  /// Elements in order; adding wins over a concurrent removal.
  case set
  /// Character by character.
  case text
}

/// What a field's plain text has to look like. Every type is text first: a value that does not fit is kept, with a warning.
package enum ValueType: Equatable, Sendable {
  /// Any text, over several lines where need be.
  case text
  /// Text on one line.
  case line
  /// A body: Markdown of any length.
  case markdown
  /// A calendar day.
  case date
  /// A calendar day, and where it is known a time of day and an offset from UTC.
  case dateTime
  /// A time of day.
  case time
  /// A time of day on the entry's date, or a date and time of its own.
  case moment
  /// A first and a last calendar day.
  case period
  /// A moment until which something is held back: a `dateTime`, or an engagement whose end it is.
  case embargo
  /// An IANA time zone name; checked by its shape, so that the answer does not depend on a machine's zone files.
  case timeZone
  /// A length of time.
  case duration
  /// A whole number, or about one.
  case count
  /// Latitude and longitude in degrees.
  case position
  /// Yes or no.
  case flag
  /// One of the words listed.
  case choice([String])
  /// An entry of one of those kinds, or plain text that names something outside the book.
  case link(to: [String])
  /// Links, in order, each once.
  case linkList(to: [String])
  /// Links to people in order of precedence, each once.
  case participants
  /// Short texts, in order, each once.
  case textSet

  /// What one element of a set has to look like; for other types the type itself.
  package var element: ValueType {
    switch self {
    case .linkList(let kinds): .link(to: kinds)
    case .participants: .link(to: ["person"])
    case .textSet: .line
    default: self
    }
  }
}
