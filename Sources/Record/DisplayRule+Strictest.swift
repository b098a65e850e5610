package import Bytes

extension Strictness {
  /// How strict a value is, the larger the stricter; absence is below every value.
  func rank(of candidate: ExactText?, in context: DisplayContext) -> Int {
    guard let text = candidate?.string.trimmed, !text.isEmpty else { return -1 }
    switch self {
    case .terms: return termsRank(text)
    case .embargo: return embargoRank(text, context)
    case .attribution: return SpeakerName.isNamed(context.speakerNames, in: text) ? 0 : 1
    case .cancellation: return Choice.word(text, of: ["cancelled", "canceled"]) == nil ? 0 : 1
    }
  }

  private func termsRank(_ text: String) -> Int {
    guard let word = Choice.word(text, of: Terms.words) else { return Terms.words.count - 1 }
    return Terms.words.firstIndex(of: word) ?? 0
  }

  private func embargoRank(_ text: String, _ context: DisplayContext) -> Int {
    switch Embargo(text) {
    case .until(let moment): moment.latestInstant
    case .endOf(let link): context.endOfEngagement(link)?.latestInstant ?? Int.max
    case .unreadable: Int.max
    }
  }
}

/// Whether an attribution gives a speaker away.
package enum SpeakerName {
  /// The names that a `speaker` value stands for: its own words, and the name of the person whom it links to.
  ///
  /// A description such as "a senior official" is no name: of plain text only words with a capital count.
  package static func names(speaker: ExactText?, personName: ExactText?) -> [String] {
    var names = personName.map { [$0.string] } ?? []
    guard let speaker, let link = Link(speaker) else { return names }
    let isDescription = !link.isBracketed && !link.target.string.hasSuffix(".md")
    let spoken = words(of: link.fileName, keepingCase: true)
    let kept = isDescription ? spoken.filter { $0.first?.properties.isUppercase == true } : spoken
    if !kept.isEmpty { names.append(kept.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")) }
    return names
  }

  /// Whether any word of three letters or more of any of the names stands in `text` as a word, in whatever case.
  static func isNamed(_ names: [String], in text: String) -> Bool {
    let spoken = words(of: text, keepingCase: false)
    return names.contains { name in
      words(of: name, keepingCase: false).contains { $0.count >= 3 && spoken.contains($0) }
    }
  }

  /// The runs of letters; in lower case unless asked otherwise.
  private static func words(of text: String, keepingCase: Bool) -> [[Unicode.Scalar]] {
    (keepingCase ? text : text.lowercased()).unicodeScalars
      .split { !$0.properties.isAlphabetic && $0.properties.canonicalCombiningClass == .notReordered }
      .map(Array.init)
  }
}
