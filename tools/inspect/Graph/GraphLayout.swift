import History

/// Where each change of a history stands when it is drawn: a row each, the newest first, and lanes from left to right.
struct GraphLayout {
  private(set) var rows: [Row] = []
  private(set) var edges: [Edge] = []
  /// How many lanes there are.
  private(set) var width = 0

  struct Row {
    let change: ReadHistory.ReadChange
    let lane: Int
    /// Lanes that are in use above the row.
    let before: Set<Int>
    /// Lanes that are in use below it.
    let after: Set<Int>
    /// Lanes that end in this change, its own aside.
    let joining: Set<Int>
    /// Lanes that lead to its parents, its own aside.
    let leaving: Set<Int>
    /// Whether no other change was made on it.
    let isHead: Bool
    var isMerge: Bool { change.parents.count > 1 }
  }

  /// From a change down a lane to one that it was made on.
  struct Edge {
    let child: Int
    let lane: Int
    /// A row; nil where the parent is not there.
    var parent: Int?
    fileprivate let target: ChangeRef
  }

  init(_ history: ReadHistory) {
    let ordered = Self.newestFirst(history)
    var lanes: [ChangeRef?] = []
    var rowOf: [ChangeRef: Int] = [:]
    for (number, change) in ordered.enumerated() {
      rowOf[change.ref] = number
      let before = Self.inUse(lanes)
      let own = lanes.indices.filter { lanes[$0] == change.ref }
      let lane = own.first ?? Self.free(&lanes)
      for other in own { lanes[other] = nil }
      var leaving: Set<Int> = []
      lanes[lane] = change.parents.first
      for (place, parent) in change.parents.enumerated() {
        var target = lane
        if place > 0 {
          target = lanes.firstIndex(of: parent) ?? Self.free(&lanes)
          lanes[target] = parent
          leaving.insert(target)
        }
        edges.append(Edge(child: number, lane: target, parent: nil, target: parent))
      }
      rows.append(
        Row(
          change: change, lane: lane, before: before, after: Self.inUse(lanes), joining: Set(own.dropFirst()),
          leaving: leaving, isHead: own.isEmpty))
      width = max(width, lanes.count)
    }
    for index in edges.indices { edges[index].parent = rowOf[edges[index].target] }
  }

  private static func inUse(_ lanes: [ChangeRef?]) -> Set<Int> { Set(lanes.indices.filter { lanes[$0] != nil }) }

  /// The first lane that nobody uses.
  private static func free(_ lanes: inout [ChangeRef?]) -> Int {
    if let free = lanes.firstIndex(of: nil) { return free }
    lanes.append(nil)
    return lanes.count - 1
  }

  /// The history's order, turned round; what has no name is ordered in the same way.
  private static func newestFirst(_ history: ReadHistory) -> [ReadHistory.ReadChange] {
    var depth: [ChangeRef: Int] = [:]
    for change in history.changes { depth[change.ref] = 1 + (change.parents.map { depth[$0] ?? 0 }.max() ?? 0) }
    return history.changes.sorted { (depth[$0.ref] ?? 0, $0.ref) > (depth[$1.ref] ?? 0, $1.ref) }
  }
}
