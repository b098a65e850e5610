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
      for parent in parents(of: index) { queue.push(parent, side) }
    }
    return (onlyA.reversed(), onlyB.reversed())
  }

  /// Whether a change is one of the heads or below one.
  package func contains(_ index: ChangeIndex, below heads: some Sequence<ChangeIndex>) -> Bool {
    var queue = NewestFirst()
    for head in heads where head >= index { queue.push(head, .a) }
    while let (next, side) = queue.pop() {
      if next == index { return true }
      for parent in parents(of: next) where parent >= index { queue.push(parent, side) }
    }
    return false
  }

  /// The changes of a set that are not ancestors of others in it, ascending (the paper's `dominators`).
  package func reduced(_ set: some Sequence<ChangeIndex>) -> [ChangeIndex] {
    let members = Set(set)
    guard members.count > 1, let lowest = members.min() else { return members.sorted() }
    var below: Set<ChangeIndex> = []
    var queue = NewestFirst()
    for member in members { for parent in parents(of: member) where parent >= lowest { queue.push(parent, .a) } }
    while let (next, side) = queue.pop() {
      below.insert(next)
      for parent in parents(of: next) where parent >= lowest { queue.push(parent, side) }
    }
    return members.filter { !below.contains($0) }.sorted()
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
