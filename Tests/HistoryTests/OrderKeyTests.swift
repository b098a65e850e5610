import Bytes
import History
import PropertyTesting
import Testing

@Suite struct `Order keys` {
  @Test func `fit between their neighbours, however often one inserts and wherever`() throws {
    try forAll(300) { random in
      var list: [OrderKey] = []
      for _ in 0..<60 {
        let place = random.oneIn(3) ? 0 : random.below(list.count + 1)
        let (low, high) = (place == 0 ? nil : list[place - 1], place == list.count ? nil : list[place])
        guard let keys = OrderKey.keys(random.oneIn(4) ? 1 + random.below(70) : 1, after: low, before: high) else {
          // Only a crowded place has no room.
          try #require([low, high].compactMap { $0?.text.bytes.count }.max() ?? 0 > ChangeLimits.orderKey - 12)
          continue
        }
        list.insert(contentsOf: keys, at: place)
        try #require(zip(list, list.dropFirst()).allSatisfy { $0 < $1 })
        for key in keys { try #require(OrderKey(key.text) == key) }
      }
    }
  }

  @Test(arguments: ["at the start", "at the end", "before a neighbour", "behind a neighbour"])
  func `a place has room for three hundred insertions, one beside the other`(side: String) throws {
    let neighbours = try #require(OrderKey.keys(2, after: nil, before: nil))
    var (low, high) = (
      side == "behind a neighbour" ? neighbours[0] : nil, side == "before a neighbour" ? neighbours[1] : nil
    )
    if side == "before a neighbour" { low = neighbours[0] }
    var count = 0
    while let key = OrderKey.keys(1, after: low, before: high)?.first {
      if let low { try #require(low < key) }
      if let high { try #require(key < high) }
      count += 1
      if side == "at the end" || side == "before a neighbour" { low = key } else { high = key }
    }
    #expect(count >= 300)
  }

  @Test func `neighbours that do not ascend leave no room`() throws {
    let keys = try #require(OrderKey.keys(2, after: nil, before: nil))
    #expect(OrderKey.keys(1, after: keys[1], before: keys[0]) == nil)
    #expect(OrderKey.keys(1, after: keys[0], before: keys[0]) == nil)
    #expect(OrderKey.keys(0, after: keys[0], before: keys[1]) == [])
  }

  @Test(arguments: ["", "0", "a0", "é", "-"])
  func `a text that is no fraction is no key`(text: String) {
    #expect((OrderKey(ExactText(text)) == nil) == !text.isEmpty)
  }

  @Test func `a key has a longest length`() {
    let longest = String(repeating: "a", count: ChangeLimits.orderKey)
    #expect(OrderKey(ExactText(longest)) != nil)
    #expect(OrderKey(ExactText(longest + "a")) == nil)
  }
}
