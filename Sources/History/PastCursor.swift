/// The past of a version that moves: answers "is this change in it" at once, and costs the difference at each move.
///
/// Made for walks in arrival order, where one change's parents are mostly the last ones.
package struct PastCursor: Sendable {
  private var inside: [Bool]
  package private(set) var heads: [ChangeIndex]

  /// Starts at the graph's newest version.
  package init(at graph: EventGraph) {
    inside = Array(repeating: true, count: graph.count)
    heads = graph.heads
  }

  /// Starts at the version before anything was written.
  package init() {
    inside = []
    heads = []
  }

  package func contains(_ index: ChangeIndex) -> Bool { index.int < inside.count && inside[index.int] }

  package mutating func move(to heads: some Collection<ChangeIndex>, in graph: EventGraph) {
    if inside.count < graph.count {
      inside.append(contentsOf: repeatElement(false, count: graph.count - inside.count))
    }
    guard !self.heads.elementsEqual(heads) else { return }
    let (leave, enter) = graph.difference(from: self.heads, to: heads)
    for index in leave { inside[index.int] = false }
    for index in enter { inside[index.int] = true }
    self.heads = Array(heads)
  }
}
