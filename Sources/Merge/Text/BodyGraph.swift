/// The history of one body: its edits in order of arrival, and which of them each was made on.
///
/// Edits are numbered from 0 in order of arrival, which is a topological order. Where each edit follows the one before
/// it, they form a chain; walks step over chains, not over edits.
struct BodyGraph: Sendable {
  /// The parents of edit i are `parentList[parentStarts[i] ..< parentStarts[i + 1]]`, ascending.
  private var parentStarts: [Int] = [0]
  private var parentList: [Int] = []
  /// Edits that each have the one before as their only parent, oldest first.
  private var chains: [[Int]] = []
  private var links: [Link] = []
  /// Edits without children, ascending.
  private(set) var heads: [Int] = []
  /// Critical versions of one edit, ascending: all edits before it are below it, and it is below all edits behind it.
  /// A late edit can end that, so this holds for the edits of now.
  private(set) var cuts: [Int] = []

  /// Where an edit stands in which chain.
  private struct Link {
    let chain: Int
    let place: Int
  }

  var count: Int { links.count }

  func parents(of edit: Int) -> ArraySlice<Int> { parentList[parentStarts[edit]..<parentStarts[edit + 1]] }

  /// Adds an edit; its parents ascend and are reduced.
  mutating func append(parents: [Int]) {
    let edit = links.count
    parentList.append(contentsOf: parents)
    parentStarts.append(parentList.count)
    if parents.count == 1, chains[links[parents[0]].chain].last == parents[0] {
      let chain = links[parents[0]].chain
      links.append(Link(chain: chain, place: chains[chain].count))
      chains[chain].append(edit)
    } else {
      links.append(Link(chain: chains.count, place: 0))
      chains.append([edit])
    }
    heads.removeAll { parents.contains($0) }
    heads.append(edit)
    let oldest = parents.first ?? -1
    while let cut = cuts.last, cut > oldest { cuts.removeLast() }
    if heads.count == 1 { cuts.append(edit) }
  }

  /// The newest edits that the condition holds for, none below another, ascending. The condition holds for everything
  /// below an edit that it holds for.
  ///
  /// Cost: the chains that it does not hold for.
  func newest(where isBelow: (Int) -> Bool) -> [Int] {
    if heads.allSatisfy(isBelow) { return heads }
    var found: [Int] = []
    var waiting = heads
    var seen: Set<Int> = []
    while let edit = waiting.popLast() {
      if isBelow(edit) {
        found.append(edit)
        continue
      }
      let chain = chains[links[edit].chain]
      if isBelow(chain[0]) {
        let place = chain[..<links[edit].place].partitioningIndex { !isBelow($0) }
        found.append(chain[place - 1])
      } else if seen.insert(links[edit].chain).inserted {
        waiting.append(contentsOf: parents(of: chain[0]))
      }
    }
    return reduced(found)
  }

  /// The edits of a set that are not below others in it, ascending (the paper's `dominators`).
  private func reduced(_ set: [Int]) -> [Int] {
    let members = Set(set).sorted()
    guard members.count > 1 else { return members }
    /// In a chain, the highest place that is below a member.
    var below: [Int: Int] = [:]
    var waiting: [Link] = []
    for member in members { waiting.append(Link(chain: links[member].chain, place: links[member].place - 1)) }
    while let next = waiting.popLast() {
      if let known = below[next.chain] {
        below[next.chain] = max(known, next.place)
      } else {
        below[next.chain] = next.place
        for parent in parents(of: chains[next.chain][0]) where parent >= members[0] { waiting.append(links[parent]) }
      }
    }
    return members.filter { links[$0].place > below[links[$0].chain, default: -1] }
  }

  /// The edits below `a` and not below `b`, and the reverse, newest first; edits count as below themselves
  /// (the paper's `diff`).
  func difference(from a: [Int], to b: [Int]) -> (onlyA: [Int], onlyB: [Int]) {
    var queue = NewestFirst()
    for edit in a { queue.push(edit, .a) }
    for edit in b { queue.push(edit, .b) }
    var onlyA: [Int] = []
    var onlyB: [Int] = []
    while queue.hasUnshared, let (edit, side) = queue.pop() {
      if side == .a { onlyA.append(edit) }
      if side == .b { onlyB.append(edit) }
      for parent in parents(of: edit) { queue.push(parent, side) }
    }
    return (onlyA, onlyB)
  }
}

/// Which of two versions an edit was reached from.
private struct Sides: OptionSet {
  let rawValue: Int
  static let a = Sides(rawValue: 1)
  static let b = Sides(rawValue: 2)
  static let both: Sides = [.a, .b]
}

/// A heap of edits, newest first, that joins the sides of an edit reached from both.
private struct NewestFirst {
  /// Edit times four, and the sides.
  private var heap: [Int] = []
  private var unshared = 0

  /// Whether anything waits that only one side reaches.
  var hasUnshared: Bool { unshared > 0 }

  mutating func push(_ edit: Int, _ sides: Sides) {
    if sides != .both { unshared += 1 }
    heap.append(edit << 2 | sides.rawValue)
    var child = heap.count - 1
    while child > 0, heap[(child - 1) / 2] < heap[child] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The newest edit, once, with all sides that reached it.
  mutating func pop() -> (Int, Sides)? {
    guard let first = popOne() else { return nil }
    var sides = first & 3
    while let next = heap.first, next >> 2 == first >> 2, let other = popOne() { sides |= other & 3 }
    return (first >> 2, Sides(rawValue: sides))
  }

  private mutating func popOne() -> Int? {
    guard let top = heap.first else { return nil }
    if top & 3 != Sides.both.rawValue { unshared -= 1 }
    let last = heap.removeLast()
    if heap.isEmpty { return top }
    heap[0] = last
    var parent = 0
    while true {
      var largest = parent
      let left = 2 * parent + 1
      if left < heap.count && heap[largest] < heap[left] { largest = left }
      if left + 1 < heap.count && heap[largest] < heap[left + 1] { largest = left + 1 }
      if largest == parent { return top }
      heap.swapAt(parent, largest)
      parent = largest
    }
  }
}
