extension Alignment {
  /// Stretches of one length, numbered: equal stretches have equal numbers.
  struct Layer {
    struct Pair {
      let old: Int
      let new: Int
    }

    /// A word below this weight (one letter, a space, a comma) is no anchor by itself.
    private static let leastWeight: Int32 = 4

    private let length: Int
    private let old: [UInt32]
    private let new: [UInt32]
    private let isAnchor: [Bool]
    /// By number: 0 not seen in the block, 1 seen once, 2 seen again.
    private var seenOld: [UInt8]
    private var seenNew: [UInt8]
    private var placeNew: [Int32]

    init(length: Int, _ old: [UInt32], _ new: [UInt32], _ weights: [Int32]) {
      self.length = length
      if length == 1 {
        self.old = old
        self.new = new
        isAnchor = weights.map { $0 >= Self.leastWeight }
      } else {
        var interner = Interner(old + new, capacity: old.count + new.count)
        func stretches(_ count: Int, from base: Int) -> [UInt32] {
          count < length ? [] : (0...(count - length)).map { interner.number(base + $0, base + $0 + length) }
        }
        self.old = stretches(old.count, from: 0)
        self.new = stretches(new.count, from: old.count)
        isAnchor = [Bool](repeating: true, count: interner.count)
      }
      seenOld = [UInt8](repeating: 0, count: isAnchor.count)
      seenNew = seenOld
      placeNew = [Int32](repeating: 0, count: isAnchor.count)
    }

    /// Stretches that occur once in either block, in the old block's order.
    mutating func unique(_ oldBlock: Range<Int>, _ newBlock: Range<Int>) -> [Pair] {
      let oldPlaces = oldBlock.lowerBound..<max(oldBlock.lowerBound, oldBlock.upperBound - length + 1)
      let newPlaces = newBlock.lowerBound..<max(newBlock.lowerBound, newBlock.upperBound - length + 1)
      for place in oldPlaces {
        let number = Int(old[place])
        seenOld[number] = min(2, seenOld[number] + 1)
      }
      for place in newPlaces {
        let number = Int(new[place])
        seenNew[number] = min(2, seenNew[number] + 1)
        placeNew[number] = Int32(place)
      }
      var pairs: [Pair] = []
      for place in oldPlaces {
        let number = Int(old[place])
        if seenOld[number] == 1 && seenNew[number] == 1 && isAnchor[number] {
          pairs.append(Pair(old: place, new: Int(placeNew[number])))
        }
      }
      for place in oldPlaces { seenOld[Int(old[place])] = 0 }
      for place in newPlaces { seenNew[Int(new[place])] = 0 }
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
