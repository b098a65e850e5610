/// Until when something is held back, as written.
enum Embargo: Equatable {
  case until(DateTime)
  case endOf(Link)
  case unreadable

  /// A date, a date and time, or a link, each with or without "until" and "the end of" before it.
  ///
  /// Plain words are a link only after "the end of": whoever writes "none yet" has not named an engagement.
  init(_ text: String) {
    var rest = text.trimmed
    rest = rest.dropping(prefix: "until ")
    let ofEngagement = rest.dropping(prefix: "the ").dropping(prefix: "end of ")
    if let moment = DateTime(rest) {
      self = .until(moment)
    } else if let link = Link(ofEngagement),
      link.isBracketed || !ofEngagement.hasSameBytes(as: rest) || ofEngagement.hasSuffix(".md")
    {
      self = .endOf(link)
    } else {
      self = .unreadable
    }
  }

  var value: Value? {
    switch self {
    case .until(let moment): .dateTime(moment)
    case .endOf(let link): .link(link)
    case .unreadable: nil
    }
  }
}
