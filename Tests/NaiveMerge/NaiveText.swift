import Bytes
package import History

/// The text of one body, merged slowly: an item a scalar, no tree, no runs, no retreat; an edit's view of the text is
/// looked up in the set of changes that it has seen.
package struct NaiveText {
  private var past = Ancestors()
  private var items: [Item] = []
  /// Item numbers in document order, deleted ones too.
  private var order: [Int] = []

  private struct Item {
    let scalar: Unicode.Scalar
    let change: Int
    /// The item directly to the left when this one was inserted; nil at the start.
    let left: Int?
    /// The next item then known, where that is a child of the same left one; nil for the end.
    let right: Int?
    var deleters: [Int] = []
  }

  /// The one entry that counts; nil when all edits are about one body.
  private let entry: EntryID?

  package init(of entry: EntryID? = nil) { self.entry = entry }

  /// Applies the edits of a change, whose parents came before.
  package mutating func append(_ change: Change) {
    let number = past.append(change)
    for case .edit(let target, let edits) in change.operations where entry == nil || target == entry {
      for edit in edits {
        let text = visible(to: number)
        let position = min(edit.position, text.count)
        for item in text[position..<min(text.count, position + edit.deleted)] { items[item].deleters.append(number) }
        for (offset, scalar) in edit.inserted.string.unicodeScalars.enumerated() {
          insert(scalar, at: position + offset, by: number)
        }
      }
    }
  }

  /// How long the text is for somebody who has seen these changes and what they have seen.
  package func length(at parents: [ChangeID]) -> Int {
    let seen = past.union(parents)
    return order.count { shows($0, to: seen) }
  }

  /// A scalar that one of two versions or their base shows, which of them do, and whose doing that is.
  package struct Side {
    package let scalar: Unicode.Scalar
    package let inBase: Bool
    package let inA: Bool
    package let inB: Bool
    /// The changes that only a version knows and that inserted or deleted it.
    package let editorsOfA: Set<ChangeRef>
    package let editorsOfB: Set<ChangeRef>
  }

  /// Two versions and their base, which has seen what both have, in document order: by the definition alone.
  package func sides(_ a: [ChangeID], _ b: [ChangeID]) -> [Side] {
    let (seenByA, seenByB) = (past.union(a), past.union(b))
    let seenByBoth = zip(seenByA, seenByB).map { $0 && $1 }
    return order.compactMap { item in
      let edits = [items[item].change] + items[item].deleters
      let side = Side(
        scalar: items[item].scalar, inBase: shows(item, to: seenByBoth), inA: shows(item, to: seenByA),
        inB: shows(item, to: seenByB),
        editorsOfA: Set(edits.filter { seenByA[$0] && !seenByB[$0] }.map { past.refs[$0] }),
        editorsOfB: Set(edits.filter { seenByB[$0] && !seenByA[$0] }.map { past.refs[$0] }))
      return side.inBase || side.inA || side.inB ? side : nil
    }
  }

  package var text: String {
    var text = String.UnicodeScalarView()
    for item in order where items[item].deleters.isEmpty { text.append(items[item].scalar) }
    return String(text)
  }

  private func shows(_ item: Int, to seen: [Bool]) -> Bool {
    seen[items[item].change] && !items[item].deleters.contains { seen[$0] }
  }

  private func visible(to change: Int) -> [Int] { order.filter { shows($0, to: past.seen[change]) } }

  private mutating func insert(_ scalar: Unicode.Scalar, at position: Int, by change: Int) {
    let seen = past.seen[change]
    let left = position == 0 ? nil : visible(to: change)[position - 1]
    let start = left.map { place(of: $0) + 1 } ?? 0
    let next = order[start...].first { seen[items[$0].change] }
    let right = next.flatMap { items[$0].left == left ? $0 : nil }
    var destination = start
    var scanning = false
    for (offset, other) in order[start...].enumerated() {
      if seen[items[other].change] { break }
      let otherLeft = items[other].left.map { place(of: $0) } ?? -1
      if otherLeft < start - 1 { break }
      if otherLeft == start - 1 {
        if items[other].right == right {
          if past.refs[change] < past.refs[items[other].change] { break }
          scanning = false
        } else {
          scanning = (items[other].right.map { place(of: $0) } ?? .max) < (right.map { place(of: $0) } ?? .max)
        }
      }
      if !scanning { destination = start + offset + 1 }
    }
    order.insert(items.count, at: destination)
    items.append(Item(scalar: scalar, change: change, left: left, right: right))
  }

  private func place(of item: Int) -> Int { order.firstIndex(of: item) ?? .max }
}

extension NaiveMerge {
  /// The text of one entry's body (nil: of the only one), from changes in any topological order.
  package static func text(of changes: [Change], entry: EntryID? = nil) -> String {
    var text = NaiveText(of: entry)
    for change in changes { text.append(change) }
    return text.text
  }
}
