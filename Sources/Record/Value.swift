package import Bytes

/// What a plain text says, once it is read as its field's type.
package enum Value: Equatable, Sendable {
  /// Text, a line, a body, or one of a choice's words as the schema spells it.
  case text(ExactText)
  /// A calendar day.
  case date(CalendarDate)
  /// A day, with a time and an offset where they are known.
  case dateTime(DateTime)
  /// A time of day.
  case time(ClockTime)
  /// A first and a last day.
  case period(CalendarDate, CalendarDate)
  /// A length of time in minutes.
  case duration(Int)
  /// A whole number; `about` when it is not exact.
  case count(Int, about: Bool)
  /// Degrees north and east.
  case position(latitude: Double, longitude: Double)
  /// Yes or no.
  case flag(Bool)
  /// An entry, or something outside the book.
  case link(Link)

  /// Reads one value, for a set one element, as `type`; throws what was expected.
  package init(_ text: ExactText, as type: ValueType) throws(FieldProblem) {
    guard let value = Self.read(text.string, as: type.element) else {
      throw FieldProblem(expected: type.element.expectation)
    }
    self = value
  }

  private static func read(_ text: String, as type: ValueType) -> Value? {
    let trimmed = text.trimmed
    switch type {
    case .text, .markdown: return .text(ExactText(text))
    case .line: return trimmed.utf8.contains(where: { $0 == 10 || $0 == 13 }) ? nil : .text(ExactText(trimmed))
    case .date: return CalendarDate(trimmed).map(Value.date)
    case .dateTime: return DateTime(trimmed).map(Value.dateTime)
    case .time: return ClockTime(trimmed).map(Value.time)
    case .moment: return ClockTime(trimmed).map(Value.time) ?? DateTime(trimmed).flatMap(timed)
    case .period: return readPeriod(trimmed)
    case .embargo: return Embargo(trimmed).value
    case .timeZone: return isZoneName(trimmed) ? .text(ExactText(trimmed)) : nil
    case .duration: return readDuration(trimmed).map(Value.duration)
    case .count: return readCount(trimmed)
    case .position: return readPosition(trimmed)
    case .flag: return readFlag(trimmed).map(Value.flag)
    case .choice(let words): return Choice.word(trimmed, of: words).map { .text(ExactText($0)) }
    case .link: return Link(trimmed).map(Value.link)
    case .linkList, .participants, .textSet: return nil
    }
  }

  private static func timed(_ moment: DateTime) -> Value? { moment.time == nil ? nil : .dateTime(moment) }
}

extension ValueType {
  /// What a value has to look like, to end a sentence that begins with "expected".
  package var expectation: String {
    switch self {
    case .text: "text"
    case .line: "text on one line"
    case .markdown: "Markdown"
    case .date: "a date such as 2021-11-10"
    case .dateTime: "a date such as 2021-11-10, or with a time: 2021-11-10 09:30, 2021-11-10T09:30+01:00"
    case .time: "a time such as 09:30"
    case .moment: "a time such as 09:30, or with its date: 2021-11-10 09:30, 2021-11-10T09:30+01:00"
    case .period: "two dates such as 2021-11-09 to 2021-11-13, the first not after the last"
    case .embargo: "a date and time such as 2021-11-10 18:00, or a link to the engagement at whose end it is lifted"
    case .timeZone: "a time zone name such as Europe/Paris"
    case .duration: "a length of time such as 45 min or 1 h 30 min"
    case .count: "a number such as 20, or about 20"
    case .position: "degrees north and east such as 48.8704, 2.3167"
    case .flag: "yes or no"
    case .choice(let words): "one of: " + words.joined(separator: ", ")
    case .link(let kinds): "a link such as [[file-name]] to " + kinds.joined(separator: ", ") + ", or plain text"
    case .linkList(let kinds): "links to " + kinds.joined(separator: ", ")
    case .participants: "links to people, in order of precedence"
    case .textSet: "a list of short texts"
    }
  }
}
