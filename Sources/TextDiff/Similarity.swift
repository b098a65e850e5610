extension TextDiff {
  /// What of a text is compared to tell whether another is the same one, edited and renamed.
  ///
  /// Words in pairs, with the start and end of each line: shared lines count by their length, a line with one new word
  /// counts almost whole, and two notes about different things share little though both are English.
  package struct Profile: Equatable, Sendable {
    /// Hashes of the pairs, ascending; each as often as it occurs.
    let pairs: [UInt32]

    /// Linear in the text, but for sorting.
    package init(_ text: String) {
      let text = TextPair(text, "")
      let lineEnd: UInt32 = 0
      var pairs: [UInt32] = []
      var last = lineEnd
      func add(_ word: UInt32) {
        if last != lineEnd || word != lineEnd { pairs.append((last &* 0x9e37_79b1) ^ word) }
        last = word
      }
      for token in text.words(in: text.old) {
        switch token.kind {
        case .space: break
        case .newline: add(lineEnd)
        default: add(text.hash(token.range))
        }
      }
      add(lineEnd)
      self.pairs = pairs.sorted()
    }

    /// 1 for the same words in the same lines, 0 for nothing in common. Linear.
    package func similarity(to other: Profile) -> Double {
      if pairs.isEmpty && other.pairs.isEmpty { return 1 }
      var shared = 0
      var (first, second) = (0, 0)
      while first < pairs.count && second < other.pairs.count {
        if pairs[first] == other.pairs[second] {
          shared += 1
          first += 1
          second += 1
        } else if pairs[first] < other.pairs[second] {
          first += 1
        } else {
          second += 1
        }
      }
      return Double(2 * shared) / Double(pairs.count + other.pairs.count)
    }
  }

  /// How much of two texts is the same, 0 to 1. To compare many with many, make each one's `Profile` once.
  package static func similarity(_ a: String, _ b: String) -> Double { Profile(a).similarity(to: Profile(b)) }
}

extension TextPair {
  /// Never zero, which stands for a line's end.
  fileprivate func hash(_ range: Range<Int>) -> UInt32 {
    UInt32(truncatingIfNeeded: Interner.hash(scalars, range) >> 32) | 1
  }
}
