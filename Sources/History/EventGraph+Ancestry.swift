extension EventGraph {
  /// The changes below `a` and not below `b`, and the reverse; each ascending. Heads count as below themselves.
  ///
  /// Walks from the newest change down until everything left is below both (eg-walker's `diff`).
  package func difference(
    from a: some Sequence<ChangeIndex>, to b: some Sequence<ChangeIndex>
  ) -> (onlyA: [ChangeIndex], onlyB: [ChangeIndex]) {
    var queue = NewestFirst()
    for index in a { queue.push(index, .a) }
    for index in b { queue.push(index, .b) }
    var onlyA: [ChangeIndex] = []
    var onlyB: [ChangeIndex] = []
    while queue.hasUnshared, let (index, side) = queue.pop() {
      if side == .a { onlyA.append(index) }
      if side == .b { onlyB.append(index) }
      forEachParent(of: index) { queue.push($0, side) }
    }
    return (onlyA.reversed(), onlyB.reversed())
  }

  /// Whether a change is one of the heads or below one.
  package func contains(_ index: ChangeIndex, below heads: some Sequence<ChangeIndex>) -> Bool {
    var queue = NewestFirst()
    for head in heads where head >= index { queue.push(head, .a) }
    while let (next, side) = queue.pop() {
      if next == index { return true }
      forEachParent(of: next) { if $0 >= index { queue.push($0, side) } }
    }
    return false
  }

  /// The changes of a set that are not ancestors of others in it, ascending (the paper's `dominators`).
  package func reduced(_ set: some Sequence<ChangeIndex>) -> [ChangeIndex] {
    let members = Set(set)
    guard members.count > 1, let lowest = members.min() else { return members.sorted() }
    var below: Set<ChangeIndex> = []
    var queue = NewestFirst()
    for member in members { forEachParent(of: member) { if $0 >= lowest { queue.push($0, .a) } } }
    while let (next, side) = queue.pop() {
      below.insert(next)
      forEachParent(of: next) { if $0 >= lowest { queue.push($0, side) } }
    }
    return members.filter { !below.contains($0) }.sorted()
  }

  /// The newest changes of a version in the history's order, newest first, at most so many. Costs these alone.
  package func newest(_ limit: Int, below heads: some Sequence<ChangeIndex>) -> [ChangeIndex] {
    func isBefore(_ a: ChangeIndex, _ b: ChangeIndex) -> Bool {
      (lamport(at: a), ref(at: a)) < (lamport(at: b), ref(at: b))
    }
    // A change comes after those that it was made on, so the next one is a head or made into one by those found.
    var waiting: [ChangeIndex] = []
    func wait(_ index: ChangeIndex) {
      var (low, high) = (0, waiting.count)
      while low < high {
        let middle = (low + high) / 2
        if isBefore(waiting[middle], index) { low = middle + 1 } else { high = middle }
      }
      if low == waiting.count || waiting[low] != index { waiting.insert(index, at: low) }
    }
    for head in heads { wait(head) }
    var found: [ChangeIndex] = []
    while found.count < limit, let next = waiting.popLast() {
      found.append(next)
      forEachParent(of: next, wait)
    }
    return found
  }

  /// The changes without children among those of a set that holds, of each change, those it was made on; ascending.
  ///
  /// Costs the whole history once, however large the set.
  package func heads(ofPast isInside: (ChangeIndex) -> Bool) -> [ChangeIndex] {
    var isParent = Array(repeating: false, count: count)
    var found: [ChangeIndex] = []
    for place in indices.reversed() {
      let index = ChangeIndex(place)
      guard isInside(index) else { continue }
      if !isParent[place] { found.append(index) }
      forEachParent(of: index) { isParent[$0.int] = true }
    }
    return found.reversed()
  }

  /// All changes of a version, ascending.
  package func all(below heads: some Sequence<ChangeIndex>) -> [ChangeIndex] {
    difference(from: heads, to: []).onlyA
  }
}

/// Which of two versions a change was reached from.
private enum Side: UInt8 {
  case a = 1
  case b = 2
  case both = 3
}

/// A heap of changes, newest first, that joins the two sides of a change reached from both.
private struct NewestFirst {
  private var heap: [(index: ChangeIndex, side: Side)] = []
  private var unshared = 0

  /// Whether anything waits that only one side reaches.
  var hasUnshared: Bool { unshared > 0 }

  mutating func push(_ index: ChangeIndex, _ side: Side) {
    if side != .both { unshared += 1 }
    heap.append((index, side))
    var child = heap.count - 1
    while child > 0, heap[(child - 1) / 2].index < heap[child].index {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The newest change, once, with all sides that reached it.
  mutating func pop() -> (ChangeIndex, Side)? {
    guard let (index, first) = popOne() else { return nil }
    var side = first.rawValue
    while let next = heap.first, next.index == index, let (_, other) = popOne() { side |= other.rawValue }
    return (index, Side(rawValue: side) ?? .both)
  }

  private mutating func popOne() -> (ChangeIndex, Side)? {
    guard let top = heap.first else { return nil }
    if top.side != .both { unshared -= 1 }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      var parent = 0
      while true {
        var largest = parent
        for child in [2 * parent + 1, 2 * parent + 2]
        where child < heap.count && heap[largest].index < heap[child].index { largest = child }
        if largest == parent { break }
        heap.swapAt(parent, largest)
        parent = largest
      }
    }
    return (top.index, top.side)
  }
}
