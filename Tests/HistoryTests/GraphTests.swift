import Bytes
import History
import PropertyTesting
import Testing

/// A random graph, and for each change all that it has seen, itself among it.
private struct RandomGraph {
  var graph = EventGraph()
  var headers: [(header: ChangeHeader, id: ChangeID)] = []
  var past: [Set<ChangeIndex>] = []

  init(_ count: Int, using random: inout SeededRandom) throws {
    for number in 0..<count {
      let device = random.device()
      var parents = (0..<random.below(4)).compactMap { _ in number == 0 ? nil : random.below(number) }
      if random.oneIn(2), number > 0 { parents = [number - 1] }
      let reduced = reduced(Set(parents.map { ChangeIndex($0) }))
      let seq = graph.vector[device]
      let fields = ChangeHeader.Fields(
        book: .zero, ref: ChangeRef(device: device, seq: seq),
        previous: graph.last(of: device).map { graph.id(at: $0) },
        parents: reduced.map { graph.id(at: $0) }.sorted(), time: 0)
      let change = try Change(fields, operations: [], hash: standInHash)
      let index = try graph.add(change.header, id: change.id)
      headers.append((change.header, change.id))
      past.append(reduced.reduce(into: [index]) { $0.formUnion(past[$1.int]) })
    }
  }

  func reduced(_ set: Set<ChangeIndex>) -> [ChangeIndex] {
    set.filter { member in !set.contains { $0 != member && past[$0.int].contains(member) } }.sorted()
  }

  func below(_ heads: [ChangeIndex]) -> Set<ChangeIndex> { heads.reduce(into: []) { $0.formUnion(past[$1.int]) } }

  func someHeads(using random: inout SeededRandom) -> [ChangeIndex] {
    reduced(Set((0..<random.below(4)).map { _ in ChangeIndex(random.below(graph.count)) }))
  }
}

@Suite struct `The event graph` {
  @Test func `finds every change by its id, and no other`() throws {
    try forAll(40) { random in
      var graph = random.oneIn(2) ? EventGraph() : EventGraph(reserving: random.below(300))
      var ids: [ChangeID] = []
      // Ids that begin alike stand side by side in the table.
      let beginnings = (0..<3).map { _ in random.bytes(8) }
      for _ in 0..<random.below(300) {
        let beginning = random.oneIn(3) ? random.bytes(8) : beginnings[random.below(3)]
        let digest = try #require(Digest(beginning + random.bytes(24)))
        try #require(graph.index(of: ChangeID(digest)) == nil)
        graph.append(next: random.device(), id: ChangeID(digest), parents: graph.heads)
        ids.append(ChangeID(digest))
        for (place, id) in ids.enumerated() { try #require(graph.index(of: id) == ChangeIndex(place)) }
      }
    }
  }

  @Test func `agrees about ancestors with a plain search`() throws {
    try forAll(1500) { random in
      let random40 = try RandomGraph(1 + random.below(40), using: &random)
      let (graph, model) = (random40.graph, random40)
      let all = Set(graph.indices.map { ChangeIndex($0) })
      try #require(graph.heads == model.reduced(all))
      var cursor = PastCursor()
      for _ in 0..<8 {
        let (a, b) = (model.someHeads(using: &random), model.someHeads(using: &random))
        let (belowA, belowB) = (model.below(a), model.below(b))
        let (onlyA, onlyB) = graph.difference(from: a, to: b)
        try #require(onlyA == belowA.subtracting(belowB).sorted())
        try #require(onlyB == belowB.subtracting(belowA).sorted())
        try #require(graph.all(below: a) == belowA.sorted())
        let change = ChangeIndex(random.below(graph.count))
        try #require(graph.contains(change, below: a) == belowA.contains(change))
        let set = Set((0..<random.below(6)).map { _ in ChangeIndex(random.below(graph.count)) })
        try #require(graph.reduced(set) == model.reduced(set))
        cursor.move(to: b, in: graph)
        try #require(all.filter { cursor.contains($0) } == belowB)
        try #require(try graph.indices(of: graph.version(of: b)) == b)
        let inOrder = belowA.sorted { graph.stamp(at: $0, operation: 0) > graph.stamp(at: $1, operation: 0) }
        let limit = random.below(6)
        try #require(graph.newest(limit, below: a) == Array(inOrder.prefix(limit)))
        try #require(graph.newest(graph.count + 1, below: a) == inOrder)
        try #require(graph.heads(ofPast: belowA.contains) == a)
      }
      var newest = PastCursor(at: graph)
      try #require(all.allSatisfy { newest.contains($0) })
      newest.move(to: [], in: graph)
      try #require(all.allSatisfy { !newest.contains($0) })
    }
  }

  @Test func `numbers a change higher than all that it has seen, the same in every order of arrival`() throws {
    try forAll(500) { random in
      let model = try RandomGraph(1 + random.below(30), using: &random)
      var other = EventGraph()
      var waiting = model.headers
      while !waiting.isEmpty {
        let place = random.below(waiting.count)
        guard (try? other.add(waiting[place].header, id: waiting[place].id)) != nil else { continue }
        waiting.remove(at: place)
      }
      try #require(other.version == model.graph.version)
      try #require(other.vector == model.graph.vector)
      for index in model.graph.indices.map({ ChangeIndex($0) }) {
        let stamp = model.graph.stamp(at: index, operation: 3)
        let there = try #require(other.index(of: model.graph.id(at: index)))
        try #require(other.stamp(at: there, operation: 3) == stamp)
        try #require(other.index(of: stamp.change) == there)
        for below in model.past[index.int] where below != index {
          try #require(model.graph.stamp(at: below, operation: 9) < stamp)
        }
      }
    }
  }

  @Test func `refuses what does not belong, and is unchanged then`() throws {
    var graph = EventGraph()
    let (a, b) = (DeviceID(number: 1), DeviceID(number: 2))
    func change(_ device: DeviceID, _ seq: UInt64, previous: ChangeID?, on parents: [ChangeID], time: Int64 = 0) throws
      -> Change
    {
      let fields = ChangeHeader.Fields(
        book: .zero, ref: ChangeRef(device: device, seq: seq), previous: previous, parents: parents.sorted(), time: time
      )
      return try Change(fields, operations: [], hash: standInHash)
    }
    func refusal(_ change: Change) -> HistoryError? {
      do throws(HistoryError) {
        try graph.add(change.header, id: change.id)
        return nil
      } catch { return error }
    }
    let first = try change(a, 0, previous: nil, on: [])
    let second = try change(a, 1, previous: first.id, on: [first.id])
    #expect(refusal(second) == .gap(second.ref, expected: 0))
    #expect(refusal(first) == nil)
    #expect(refusal(second) == nil)
    #expect(refusal(first) == .known(first.ref))
    let twin = try change(a, 1, previous: first.id, on: [first.id], time: 5)
    #expect(refusal(twin) == .equivocation(twin.ref, here: second.id, found: twin.id))
    let torn = try change(a, 2, previous: first.id, on: [second.id])
    #expect(refusal(torn) == .brokenChain(torn.ref))
    let orphan = try change(b, 0, previous: nil, on: [twin.id])
    #expect(refusal(orphan) == .unknownParent(twin.id))
    let wide = try change(b, 0, previous: nil, on: [first.id, second.id])
    #expect(refusal(wide) == .parentsNotReduced(wide.ref))
    #expect(graph.count == 2)
    #expect(graph.version.heads == [second.id])
  }

  @Test func `a device may be concurrent with itself`() throws {
    var graph = EventGraph()
    let device = DeviceID(number: 1)
    var previous: Change?
    for seq in 0..<3 as Range<UInt64> {
      let parents = seq == 0 ? [] : [graph.id(at: ChangeIndex(0))]
      let fields = ChangeHeader.Fields(
        book: .zero, ref: ChangeRef(device: device, seq: seq), previous: previous?.id, parents: parents, time: 0)
      let change = try Change(fields, operations: [], hash: standInHash)
      try graph.add(change.header, id: change.id)
      previous = change
    }
    #expect(graph.heads == [ChangeIndex(1), ChangeIndex(2)])
    #expect(graph.vector[device] == 3)
  }
}
