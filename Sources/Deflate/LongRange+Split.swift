extension LongRange {
  /// The text's far repeats taken out; `join` gives the text back. At most `Deflate.byteLimit` bytes.
  ///
  /// Greedy, one candidate a place; linear whatever the text. Generated notes: 24 MB in half a second.
  package static func split(_ raw: [UInt8]) -> Matches {
    precondition(raw.count <= Deflate.byteLimit, "more than one text may hold")
    let grain = Grain(textCount: raw.count)
    guard raw.count > nearest + grain.shortest else { return Matches(literals: raw) }
    var matches = Matches(literals: [])
    var finder = Finder(grain: grain, textCount: raw.count)
    let text = raw.span
    let last = raw.count - grain.gram
    var done = 0
    var place = nearest
    while place <= last {
      let batch = finder.lookUp(text, from: place, through: last)
      place += batch
      for ahead in 0..<batch {
        guard let match = finder.match(ahead, in: text, notBefore: done) else { continue }
        matches.gaps.append(UInt32(match.start - done))
        matches.lengths.append(UInt32(match.length))
        matches.sources.append(UInt32(match.source))
        matches.literals += raw[done..<match.start]
        done = match.start + match.length
        place = done
        break
      }
    }
    matches.literals += raw[done...]
    return matches
  }

  /// How fine the search is. A copy costs about five packed bytes, for which deflate writes 12 to 15 bytes of prose;
  /// but it also tears deflate's context, so in short texts, with little to find, only long matches pay: the finer grain
  /// costs 1 % on traces of single notes; on 24 MB of generated notes it wins 3 to 16 %, on 9 MB of manuals 1 %.
  struct Grain {
    /// Bytes hashed together.
    let gram: Int
    /// The shortest match worth a copy.
    let shortest: Int
    /// Every so many bytes one gram is remembered, so a repeat of `gram + step - 1` bytes holds one.
    static let step = 4

    init(textCount: Int) {
      let isLong = textCount >= 4 << 20
      gram = isLong ? 12 : 20
      shortest = isLong ? 16 : 24
    }
  }

  struct Match {
    let start: Int
    let source: Int
    let length: Int
  }

  /// Remembers grams, the newest of each hash, that lie at least `nearest` behind the search.
  struct Finder {
    private let grain: Grain
    private let shift: UInt64
    /// By the hash's high bits: a remembered place in steps, plus one, above four low bits of the hash; or zero.
    /// The four bits spare 15 of 16 false looks at text that has left the caches.
    private var places: [UInt32]
    private var remembered = 0
    private var first = 0
    private var found: InlineArray<8, UInt32> = .init(repeating: 0)

    init(grain: Grain, textCount: Int) {
      self.grain = grain
      var bits: UInt64 = 12
      // 16 MiB of table at most: twice that wins under 1 %, and costs a tenth more time.
      while bits < 22 && 1 << bits < textCount / Grain.step { bits += 1 }
      shift = 64 - bits
      places = [UInt32](repeating: 0, count: 1 << Int(bits))
    }

    /// Looks up the next few grams, and says how many: together, so that the table's cache misses overlap (a fifth of
    /// the time).
    mutating func lookUp(_ text: Span<UInt8>, from place: Int, through last: Int) -> Int {
      while remembered + nearest <= place { remember(text) }
      let count = min(8, last - place + 1)
      first = place
      for ahead in 0..<count {
        let hash = hash(text, place + ahead)
        let entry = places[Int(truncatingIfNeeded: hash >> shift)]
        found[ahead] = (entry ^ UInt32(truncatingIfNeeded: hash)) & 15 == 0 ? entry >> 4 : 0
      }
      return count
    }

    /// The match that the gram `ahead` of the last look-up leads to, grown both ways but not before `start`.
    func match(_ ahead: Int, in text: Span<UInt8>, notBefore start: Int) -> Match? {
      guard found[ahead] != 0 else { return nil }
      let place = first + ahead
      let candidate = Int(found[ahead] - 1) * Grain.step
      let distance = place - candidate
      // A copy never reaches into itself, so that reading one is a plain copy.
      var length = common(text, candidate, place, limit: min(distance, text.count - place))
      guard length >= grain.gram else { return nil }
      var before = 0
      let room = min(place - start, candidate, distance - length)
      while before < room && text[candidate - before - 1] == text[place - before - 1] { before += 1 }
      length += before
      guard length >= grain.shortest else { return nil }
      return Match(start: place - before, source: candidate - before, length: length)
    }

    private mutating func remember(_ text: Span<UInt8>) {
      let hash = hash(text, remembered)
      let step = UInt32(truncatingIfNeeded: remembered / Grain.step + 1)
      places[Int(truncatingIfNeeded: hash >> shift)] = step << 4 | UInt32(truncatingIfNeeded: hash) & 15
      remembered += Grain.step
    }

    private func hash(_ text: Span<UInt8>, _ place: Int) -> UInt64 {
      let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
      let half = (grain.gram - 8) / 2
      var hash = text.word(at: place) &* factor
      hash = (hash ^ (hash >> 29) ^ text.word(at: place + half)) &* factor
      hash = (hash ^ (hash >> 29) ^ text.word(at: place + 2 * half)) &* factor
      return hash ^ (hash >> 32)
    }

    /// How many bytes are the same from both places on, up to `limit`.
    private func common(_ text: Span<UInt8>, _ first: Int, _ second: Int, limit: Int) -> Int {
      var count = 0
      while count + 8 <= limit {
        let difference = text.word(at: first + count) ^ text.word(at: second + count)
        if difference != 0 { return count + difference.trailingZeroBitCount / 8 }
        count += 8
      }
      while count < limit && text[first + count] == text[second + count] { count += 1 }
      return count
    }
  }
}
