package import Bytes

/// Which of several open values of a field stands in the file. The others stay listed as a conflict.
///
/// A rule decides over plain texts alone, so every laptop that holds the same changes shows the same value.
package enum DisplayRule: Equatable, Sendable {
  /// The last by history's order.
  case lastInHistory
  /// The one that gives away least; absence never beats presence.
  case strictest(Strictness)
  /// Absence, where any side has it: an approval that somebody withdrew does not stand.
  case absenceFirst

  /// Index of the value to show; nil when there is none to choose from.
  ///
  /// `candidates` are the open values by history's order, last first; nil is absence, and a blank text counts as absence.
  /// Where the rule ranks two alike, the last by history's order is shown.
  package func shown(among candidates: [ExactText?], in context: DisplayContext = DisplayContext()) -> Int? {
    switch self {
    case .lastInHistory:
      return candidates.isEmpty ? nil : 0
    case .absenceFirst:
      return candidates.firstIndex { !$0.isPresent } ?? (candidates.isEmpty ? nil : 0)
    case .strictest(let strictness):
      let ranks = candidates.map { strictness.rank(of: $0, in: context) }
      guard let strictest = ranks.max() else { return nil }
      return ranks.firstIndex(of: strictest)
    }
  }
}

/// What makes one value stricter than another.
package enum Strictness: String, Sendable {
  /// Off the record, then deep background, background, on the record; words that are none of them count as off the record.
  case terms
  /// The latest; one that cannot be read, or whose engagement has no known end, is the strictest.
  case embargo
  /// A value without the speaker's name before one that has it.
  case attribution
  /// Cancelled before everything else.
  case cancellation
}

/// What the rules ask of the book beside the values themselves.
package struct DisplayContext {
  /// The speaker's names, for `Strictness.attribution`; none for a speaker without a name.
  package var speakerNames: [String]
  /// When the engagement that a link names ends; nil where it cannot be resolved or has no day.
  package var endOfEngagement: (Link) -> DateTime?

  /// A context that knows no name and resolves no link.
  package init(speakerNames: [String] = [], endOfEngagement: @escaping (Link) -> DateTime? = { _ in nil }) {
    self.speakerNames = speakerNames
    self.endOfEngagement = endOfEngagement
  }
}

/// The terms on which a statement may be used.
enum Terms {
  /// From the loosest to the strictest.
  static let words = ["on the record", "background", "deep background", "off the record"]
}

extension ExactText? {
  /// Whether it says anything.
  fileprivate var isPresent: Bool { self.map { !$0.string.trimmed.isEmpty } ?? false }
}
