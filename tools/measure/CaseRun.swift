import Bytes
import Formats
import History
import Merge
import NaiveMerge
import Replica

/// One case through everything: the naive model, and the code that sync uses in five random orders of delivery.
struct CaseRun {
  private static let orderCount = 5

  /// What came out wrong, a line each.
  private(set) var failures: [String] = []

  init(_ item: MergeCase, seed: UInt64) {
    do {
      let history = try item.history()
      let expected = ExactText(item.endContent)
      note("the naive model", ExactText(NaiveMerge.text(of: history.changes)), expected)
      var random = SeededRandom(seed: seed)
      for number in 1...Self.orderCount {
        let replica = try Self.deliver(history, using: &random)
        note("order \(number)", try replica.entry(history.entry)?.body ?? "", expected)
        if replica.version != history.graph.version {
          failures.append("order \(number): the changes have other ids once packed and unpacked")
        }
      }
    } catch { failures.append("\(error)") }
  }

  private mutating func note(_ way: String, _ found: ExactText, _ expected: ExactText) {
    guard found != expected else { return }
    failures.append("\(way): expected \(expected.string.debugDescription), got \(found.string.debugDescription)")
  }

  /// A replica that received all changes in a random order, in runs and deliveries of random lengths.
  private static func deliver(_ history: CaseHistory, using random: inout SeededRandom) throws -> Replica {
    let order = randomOrder(history, using: &random)
    var runs = try history.runs(order) { Bool.random(using: &random) }[...]
    var replica = try history.replica()
    while !runs.isEmpty {
      let count = Int.random(in: 1...runs.count, using: &random)
      try replica.receive(Array(runs.prefix(count)))
      runs = runs.dropFirst(count)
    }
    return replica
  }

  /// Parents first, and each device's changes in the order of its chain.
  private static func randomOrder(_ history: CaseHistory, using random: inout SeededRandom) -> [Int] {
    let graph = history.graph
    var waiting = Array(graph.indices)
    var done = Array(repeating: false, count: graph.count)
    var order: [Int] = []
    while !waiting.isEmpty {
      let ready = waiting.indices.filter { place in
        let index = ChangeIndex(waiting[place])
        let ref = graph.ref(at: index)
        let previous = ref.seq == 0 ? nil : graph.index(of: ChangeRef(device: ref.device, seq: ref.seq - 1))
        return graph.parents(of: index).allSatisfy { done[$0.int] } && previous.map { done[$0.int] } ?? true
      }
      let next = waiting.remove(at: ready[Int.random(in: ready.indices, using: &random)])
      done[next] = true
      order.append(next)
    }
    return order
  }
}

/// Numbers that follow from a seed (splitmix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
