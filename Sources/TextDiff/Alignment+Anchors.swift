extension Alignment {
  /// Stretches of one length, numbered: equal stretches have equal numbers.
  struct Layer {
    struct Pair {
      let old: Int
      let new: Int
    }

    /// A word below this weight (one letter, a space, a comma) is no anchor by itself.
    private static let leastWeight: Int32 = 4
    /// Of stretches of several tokens, one in so many is looked at, chosen by its hash: so the same on both sides.
    private static let sample: UInt64 = 4
    private static let noAnchor = UInt32.max

    private let length: Int
    private let old: [UInt32]
    private let new: [UInt32]
    /// By number: 0 not seen in the block, 1 seen once, 2 seen again.
    private var seenOld: [UInt8]
    private var seenNew: [UInt8]
    private var placeNew: [Int32]

    init(length: Int, _ old: [UInt32], _ new: [UInt32], _ weights: [Int32]) {
      self.length = length
      let count: Int
      if length == 1 {
        self.old = old.map { weights[Int($0)] < Self.leastWeight ? Self.noAnchor : $0 }
        self.new = new.map { weights[Int($0)] < Self.leastWeight ? Self.noAnchor : $0 }
        count = weights.count
      } else {
        let both = old + new
        var interner = Interner(both)
        self.old = Self.numbers(both, old.indices, length, &interner)
        self.new = Self.numbers(both, old.count..<both.count, length, &interner)
        count = interner.count
      }
      seenOld = [UInt8](repeating: 0, count: count)
      seenNew = seenOld
      placeNew = [Int32](repeating: 0, count: count)
    }

    private static func numbers(_ both: [UInt32], _ range: Range<Int>, _ length: Int, _ interner: inout Interner)
      -> [UInt32]
    {
      guard range.count >= length else { return [] }
      var numbers: [UInt32] = []
      numbers.reserveCapacity(range.count)
      for start in range.lowerBound...range.upperBound - length {
        let stretch = start..<start + length
        let hash = Interner.hash(both, stretch)
        numbers.append(hash % Self.sample == 0 ? interner.number(stretch, hash: hash) : Self.noAnchor)
      }
      return numbers
    }

    /// Stretches that occur once in either block, in the old block's order.
    mutating func unique(_ oldBlock: Range<Int>, _ newBlock: Range<Int>) -> [Pair] {
      let oldPlaces = oldBlock.lowerBound..<max(oldBlock.lowerBound, oldBlock.upperBound - length + 1)
      let newPlaces = newBlock.lowerBound..<max(newBlock.lowerBound, newBlock.upperBound - length + 1)
      for place in oldPlaces where old[place] != Self.noAnchor {
        let number = Int(old[place])
        seenOld[number] = min(2, seenOld[number] + 1)
      }
      for place in newPlaces where new[place] != Self.noAnchor {
        let number = Int(new[place])
        seenNew[number] = min(2, seenNew[number] + 1)
        placeNew[number] = Int32(place)
      }
      var pairs: [Pair] = []
      for place in oldPlaces where old[place] != Self.noAnchor {
        let number = Int(old[place])
        if seenOld[number] == 1 && seenNew[number] == 1 { pairs.append(Pair(old: place, new: Int(placeNew[number]))) }
      }
      for place in oldPlaces where old[place] != Self.noAnchor { seenOld[Int(old[place])] = 0 }
      for place in newPlaces where new[place] != Self.noAnchor { seenNew[Int(new[place])] = 0 }
      return pairs
    }

    /// The longest choice of pairs that ascends on the new side too (patience sorting).
    static func longestAscending(_ pairs: [Pair]) -> [Pair] {
      var tops: [Int] = []
      var previous = [Int](repeating: -1, count: pairs.count)
      for (index, pair) in pairs.enumerated() {
        var (low, high) = (0, tops.count)
        while low < high {
          let middle = (low + high) / 2
          if pairs[tops[middle]].new < pair.new { low = middle + 1 } else { high = middle }
        }
        if low > 0 { previous[index] = tops[low - 1] }
        if low == tops.count { tops.append(index) } else { tops[low] = index }
      }
      var chain: [Pair] = []
      var index = tops.last ?? -1
      while index >= 0 {
        chain.append(pairs[index])
        index = previous[index]
      }
      return chain.reversed()
    }
  }
}
