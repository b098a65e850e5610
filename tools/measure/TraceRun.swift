import Bytes
import Formats
import History
import Merge
import Replica

/// A trace through the code that sync uses: made into changes, packed, and received at once.
struct TraceRun {
  let text: ExactText
  let summary: String

  init(_ trace: Trace) throws {
    var history = try CaseHistory()
    let clock = ContinuousClock()
    let making = try clock.measure { try history.add(trace) }
    var runs: [PackedRun] = []
    let packing = try clock.measure { runs = try history.runs(history.longRuns(), isCut: { false }) }
    var replica = try history.replica()
    let merging = try clock.measure { try replica.receive(runs) }
    text = try replica.entry(history.entry)?.body ?? ""
    let edits = trace.transactions.reduce(0) { $0 + $1.edits.count }
    let bytes = runs.reduce(0) { $0 + $1.sections.reduce(0) { $0 + $1.packed.count } }
    summary = """
      \(trace.agentCount) agents, \(history.changes.count) changes, \(edits) edits; \
      \(runs.count) runs, \(bytes) bytes packed; \(text.scalarCount) characters
      made in \(making.seconds) s, packed in \(packing.seconds) s, received and merged in \(merging.seconds) s
      """
  }
}

extension CaseHistory {
  /// The most edits, and bytes that they insert, of one change.
  private static let editLimit = 1 << 16
  private static let insertionLimit = ChangeLimits.body / 4

  mutating func add(_ trace: Trace) throws {
    var beginning: [Int] = []
    if !trace.start.isEmpty {
      let edit = TextEdit(position: 0, deleted: 0, inserted: trace.start)
      beginning = [try add(agent: nil, parents: [], edits: [edit])]
    }
    /// The last change of each transaction.
    var ends: [Int] = []
    for transaction in trace.transactions {
      var parents = transaction.parents.isEmpty ? beginning : transaction.parents.map { ends[$0] }
      var rest = transaction.edits[...]
      repeat {
        let part = Self.fitting(rest)
        parents = [try add(agent: transaction.agent, parents: parents, edits: Array(part))]
        rest = rest.dropFirst(part.count)
      } while !rest.isEmpty
      ends.append(parents[0])
    }
  }

  private static func fitting(_ edits: ArraySlice<TextEdit>) -> ArraySlice<TextEdit> {
    var bytes = 0
    let part = edits.prefix(editLimit).prefix { edit in
      bytes += edit.inserted.bytes.count
      return bytes <= insertionLimit
    }
    return part.isEmpty ? edits.prefix(1) : part
  }

  /// An order that stays with a device as long as what its next change was made on is there.
  func longRuns() -> [Int] {
    var queues: [DeviceID: [Int]] = [:]
    for (number, change) in changes.enumerated() { queues[change.ref.device, default: []].append(number) }
    let devices = queues.keys.sorted()
    var waiting = devices.map { (queues[$0] ?? [])[...] }
    var done = Array(repeating: false, count: changes.count)
    var order: [Int] = []
    while order.count < changes.count {
      let before = order.count
      for device in waiting.indices {
        while let next = waiting[device].first,
          graph.parents(of: ChangeIndex(next)).allSatisfy({ done[$0.int] })
        {
          done[next] = true
          order.append(next)
          waiting[device].removeFirst()
        }
      }
      precondition(order.count > before, "a change that waits for itself")
    }
    return order
  }
}

extension Duration {
  /// Seconds with three digits behind the point.
  fileprivate var seconds: String {
    let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    let fraction = String(milliseconds % 1000)
    return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }
}
