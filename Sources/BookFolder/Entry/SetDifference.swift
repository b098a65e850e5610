import Bytes
import History

/// How a list of elements became another: what left, and what came or moved, with its place.
struct SetDifference {
  private(set) var removed: [SetElement] = []
  private(set) var placed: [(SetElement, OrderKey)] = []

  init(from old: [(SetElement, OrderKey)], to new: [ExactText]) {
    let kept = Self.commonPairs(old.map(\.0.text), new)
    let keptOld = Set(kept.map(\.0))
    var elements: [SetElement?] = Array(repeating: nil, count: new.count)
    var keys: [OrderKey?] = Array(repeating: nil, count: new.count)
    for (oldIndex, newIndex) in kept {
      elements[newIndex] = old[oldIndex].0
      keys[newIndex] = old[oldIndex].1
    }
    // An element that moved is the same element at another place: it is not removed.
    var free = old.indices.filter { !keptOld.contains($0) }
    for index in new.indices where elements[index] == nil {
      if let moved = free.firstIndex(where: { old[$0].0.text == new[index] }) {
        elements[index] = old[free.remove(at: moved)].0
      }
    }
    removed = free.map { old[$0].0 }
    for index in new.indices where elements[index] == nil {
      let used = Set(elements.compactMap { $0 }.filter { $0.text == new[index] }.map(\.ordinal))
      let ordinal = (0...UInt32(clamping: used.count)).first { !used.contains($0) } ?? 0
      elements[index] = SetElement(new[index], ordinal: ordinal)
    }
    for (index, key) in OrderKey.placing(keys) { if let element = elements[index] { placed.append((element, key)) } }
  }

  /// A longest common subsequence, as pairs of indices. Lists of a field are short: quadratic is enough.
  private static func commonPairs(_ a: [ExactText], _ b: [ExactText]) -> [(Int, Int)] {
    var lengths = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in a.indices.reversed() {
      for j in b.indices.reversed() {
        lengths[i][j] = a[i] == b[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
      }
    }
    var pairs: [(Int, Int)] = []
    var (i, j) = (0, 0)
    while i < a.count && j < b.count {
      if a[i] == b[j] {
        pairs.append((i, j))
        (i, j) = (i + 1, j + 1)
      } else if lengths[i + 1][j] >= lengths[i][j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return pairs
  }
}

extension OrderKey {
  /// New keys for the places that need one, so that all keys ascend: those without a key, and those whose key stands
  /// in the way of the longest ascending rest. Where there is no room, every place gets a new key.
  static func placing(_ keys: [OrderKey?]) -> [(Int, OrderKey)] {
    let kept = longestAscending(keys)
    var placed: [(Int, OrderKey)] = []
    var index = 0
    while index < keys.count {
      guard !kept.contains(index) else {
        index += 1
        continue
      }
      var end = index
      while end < keys.count && !kept.contains(end) { end += 1 }
      let low = index == 0 ? nil : keys[index - 1]
      let high = end == keys.count ? nil : keys[end]
      guard let fresh = OrderKey.keys(end - index, after: low, before: high) else {
        return zip(keys.indices, OrderKey.keys(keys.count, after: nil, before: nil) ?? []).map { ($0, $1) }
      }
      placed += zip(index..<end, fresh).map { ($0, $1) }
      index = end
    }
    return placed
  }

  /// The places of a longest strictly ascending subsequence.
  private static func longestAscending(_ keys: [OrderKey?]) -> Set<Int> {
    var best: [(length: Int, previous: Int?)] = Array(repeating: (0, nil), count: keys.count)
    var last: Int?
    for index in keys.indices {
      guard let key = keys[index] else { continue }
      best[index] = (1, nil)
      for earlier in 0..<index {
        if let other = keys[earlier], other < key, best[earlier].length >= best[index].length {
          best[index] = (best[earlier].length + 1, earlier)
        }
      }
      if last.map({ best[$0].length < best[index].length }) ?? true { last = index }
    }
    var kept: Set<Int> = []
    while let index = last {
      kept.insert(index)
      last = best[index].previous
    }
    return kept
  }
}
