package import History

extension TextHistory {
  /// Edits that, one after the other, turn the text of the first `known` edits into the text of all.
  ///
  /// Starts at the last critical version that the known edits hold, and works zone by zone: an edit that saw all before
  /// it, and that all behind it saw, stands as it is; what lies between two critical versions is walked, its known part
  /// silently. Cost: the edits since, and their moves; behind a closed zone, the zones before it for their length.
  package func edits(since known: Int) -> [TextEdit] { edits(min(known, count)..<count) }

  /// Edits that make the text at a critical version, from nothing.
  func edits(through cut: Int) -> [TextEdit] { edits(0..<cut + 1) }

  /// The end of the range is the end of all edits, or lies behind a critical version.
  private func edits(_ range: Range<Int>) -> [TextEdit] {
    let known = range.lowerBound
    var output = EditCollector()
    guard !range.isEmpty else { return [] }
    var (next, length) = start(for: known)
    var cut = graph.cuts.partitioningIndex { $0 >= next }
    var walker = TextWalker()
    while next < range.upperBound {
      let isClosed = cut < graph.cuts.count
      let end = isClosed ? graph.cuts[cut] : count
      if next < end { length = walk(next..<end, from: length, known: known, with: &walker, into: &output) }
      if isClosed { length = passOn(end, length: length, known: known, into: &output) }
      next = end + 1
      cut += 1
    }
    return output.edits
  }

  /// The edit behind the last critical version below the known ones whose length is known, and that length.
  private func start(for known: Int) -> (next: Int, length: Int) {
    var cut = graph.cuts.partitioningIndex { $0 >= known }
    while cut > 0 {
      cut -= 1
      if let length = length(at: graph.cuts[cut]) { return (graph.cuts[cut] + 1, length) }
    }
    return (0, 0)
  }

  /// The fast path: an edit made on everything before it. Returns the length of the text behind it.
  private func passOn(_ edit: Int, length: Int, known: Int, into output: inout EditCollector) -> Int {
    var length = length
    output.isSilent = edit < known
    for operation in operations(of: edit) {
      let (position, deleted) = operation.clamped(to: length)
      output.delete(deleted, at: position)
      output.insert(operation.inserted, at: position)
      length = operation.length(after: length)
    }
    return length
  }

  /// Walks the edits of a zone, whose base is a text of `length` scalars; returns the length that they leave.
  private func walk(
    _ zone: Range<Int>, from length: Int, known: Int, with walker: inout TextWalker, into output: inout EditCollector
  ) -> Int {
    walker.begin(zone, base: length)
    for edit in graph.walkOrder(of: zone, known: known) {
      walker.prepare(graph.parents(of: edit), in: graph)
      output.isSilent = edit < known
      walker.apply(edit, of: self, into: &output)
    }
    return walker.length
  }
}
