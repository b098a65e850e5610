import Bytes
import PropertyTesting
import Record
import Testing

@Suite struct RecordProperties {
  @Test func `no text that a stranger could send traps a reader, a rule, or a comparison`() throws {
    let fields = Schema.kinds.flatMap(\.fields) + Schema.common + [Schema.body]
    try forAll(3_000) { random in
      let texts = (0..<3).map { _ in randomText(using: &random) }
      for field in fields {
        for text in texts { _ = field.problem(with: text) }
        _ = field.isSame(texts[0], texts[1])
        _ = field.display.shown(among: texts, in: DisplayContext(speakerNames: [texts[2].string]))
      }
      _ = DateTime(endOfEngagementOn: texts[0], start: texts[1], end: texts[2])
      _ = SpeakerName.names(speaker: texts[0], personName: texts[1])
      _ = Schema.kindName(forPath: texts[2])
    }
  }

  @Test func `a rule shows one of the candidates, and the same one after the others of its rank are gone`() throws {
    try forAll(3_000) { random in
      let rule = rules[random.below(rules.count)]
      let candidates = (0..<(1 + random.below(5))).map { _ in random.oneIn(4) ? nil : randomText(using: &random) }
      let shown = try #require(rule.shown(among: candidates))
      try #require(candidates.indices.contains(shown))
      let rest = candidates.enumerated().filter { $0.offset == shown || random.oneIn(2) }
      let again = try #require(rule.shown(among: rest.map(\.element)))
      try #require(rest[again].offset == shown)
    }
  }

  @Test func `absence never beats presence for a strictest rule, and always does for an approval`() throws {
    try forAll(2_000) { random in
      var candidates = (0..<(1 + random.below(4))).map { _ in random.oneIn(2) ? nil : randomText(using: &random) }
      candidates.append("something")
      candidates.insert(nil, at: random.below(candidates.count + 1))
      for rule in rules {
        let shown = try #require(rule.shown(among: candidates))
        let isPresent =
          candidates[shown].map { text in text.bytes.contains { $0 != 32 && !(9...13).contains($0) } } ?? false
        switch rule {
        case .strictest: try #require(isPresent)
        case .absenceFirst: try #require(!isPresent)
        case .lastInHistory: try #require(shown == 0)
        }
      }
    }
  }

  @Test func `sameness goes both ways, and every text is the same as itself`() throws {
    let fields = Schema.kinds.flatMap(\.fields)
    try forAll(2_000) { random in
      let field = fields[random.below(fields.count)]
      let (one, other) = (randomText(using: &random), randomText(using: &random))
      try #require(field.isSame(one, one))
      try #require(field.isSame(one, other) == field.isSame(other, one))
    }
  }

  @Test func `a day follows its predecessor in every month of every sort of year`() throws {
    for year in ["1900", "2000", "2020", "2021", "2100"] {
      var day = try #require(CalendarDate("\(year)-01-01"))
      for _ in 0..<366 {
        try #require(day.next.dayNumber == day.dayNumber + 1)
        try #require(day < day.next)
        day = day.next
      }
    }
    #expect(CalendarDate("1970-01-01")?.dayNumber == 719_162)
    #expect(CalendarDate("9999-12-31")?.next == CalendarDate("9999-12-31"))
  }

  private let rules: [DisplayRule] = [
    .lastInHistory, .absenceFirst, .strictest(.terms), .strictest(.embargo), .strictest(.attribution),
    .strictest(.cancellation),
  ]

  private let marks = Array("0-:T+Z/[]|#,~ \n\r\t".unicodeScalars)

  /// Good values with a few bytes changed, and now and then anything at all.
  private func randomText(using random: inout SeededRandom) -> ExactText {
    let seeds = [
      "2021-11-10", "2021-11-10T09:30+01:00", "09:30", "[[people/emmanuel-macron|the President]]", "off the record",
      "until the end of [[dinner]]", "2021-11-09 to 2021-11-13", "1 h 30 min", "about 20", "48.8704, 2.3167", "yes", "",
      "Europe/Paris", "cancelled", "Kamala Harris", "\u{301}é\u{200d}👩‍🚀", "  ",
    ]
    var scalars = Array(seeds[random.below(seeds.count)].unicodeScalars)
    for _ in 0..<random.below(3) {
      let new =
        random.oneIn(3) ? Unicode.Scalar(UInt32(random.below(0xd800))) : marks[random.below(marks.count)]
      let place = random.below(scalars.count + 1)
      if let new, random.oneIn(2) {
        scalars.insert(new, at: place)
      } else if place < scalars.count {
        scalars.remove(at: place)
      }
    }
    if random.oneIn(10) { scalars += scalars + scalars }
    return ExactText(String(String.UnicodeScalarView(scalars)))
  }
}
