import Bytes
import History
import Merge
import NaiveMerge
import PropertyTesting

/// A random history of one entry: fields, sets, body, deletions, by devices that know of each other more or less.
struct RandomEntry {
  private(set) var builder = HistoryBuilder()
  let entry: EntryID

  var changes: [Change] { builder.changes }

  static let keys = [RegisterKey.path, RegisterKey(.value, "place"), RegisterKey(.order, "place")]
  static let fields: [ExactText] = ["participants", "topics"]
  private static let words: [ExactText] = ["Élysée", "É\u{301}lysée", "18:30", "", "Hôtel de Ville"]

  init(changes count: Int, devices: Int, using random: inout SeededRandom) throws {
    let first = DeviceID(number: 0)
    entry = EntryID(creation: OperationRef(change: ChangeRef(device: first, seq: 0), index: 0))
    try builder.add(by: first, on: [], [.create(kind: "engagement")])
    var versions = Array(repeating: [0], count: devices)
    for _ in 1..<count {
      let device = random.below(devices)
      if random.below(100) < 40 { versions[device] += versions[random.below(devices)] }
      let parents = random.oneIn(6) ? [random.below(changes.count)] : versions[device]
      let operations = (0..<(random.oneIn(3) ? 3 : 1)).map { _ in operation(using: &random) }
      let number = try builder.add(by: DeviceID(number: UInt64(device)), on: parents, operations)
      versions[device] = builder.past.reduced(versions[device] + [number])
    }
  }

  private func operation(using random: inout SeededRandom) -> Operation {
    switch random.below(12) {
    case 0...1: return .delete(entry)
    case 2: return .keep(entry)
    case 3: return .unknown(UnknownOperation(type: 40, entry: entry, payload: [7]))
    case 4...6:
      let values = (0..<(random.oneIn(4) ? 3 : 1)).map { _ in Self.value(using: &random) }
      return .set(entry, Self.keys[random.below(3)], values)
    case 7...8:
      return .edit(entry, [TextEdit(position: random.below(6), deleted: random.below(3), inserted: "añ")])
    case 9:
      return .remove(entry, field: Self.fields[random.below(2)], SetElement(Self.words[random.below(3)]))
    default:
      let element = SetElement(Self.words[random.below(3)], ordinal: random.oneIn(5) ? 1 : 0)
      let keys = OrderKey.keys(3, after: nil, before: nil) ?? []
      return .add(entry, field: Self.fields[random.below(2)], element, at: keys[random.below(3)])
    }
  }

  private static func value(using random: inout SeededRandom) -> RegisterValue {
    if random.oneIn(5) { return .absent }
    let plain = words[random.below(words.count)]
    let from = OperationRef(change: ChangeRef(device: DeviceID(number: 3), seq: 300), index: 2)
    return RegisterValue(
      content: .init(source: random.oneIn(4) ? ExactText("'\(plain.string)'") : plain, plain: plain),
      from: random.oneIn(6) ? from : nil)
  }
}

/// Applies changes to one entry as they arrive, and merges its body whenever it is told to.
struct EntryMerge {
  private(set) var state: EntryState?
  private var arrived: [Change] = []
  private var past = Ancestors()

  mutating func arrive(_ change: Change) {
    let number = past.append(change)
    arrived.append(change)
    var seen = past.seen[number]
    seen[number] = false
    let below = Dictionary(zip(past.refs, seen), uniquingKeysWith: { first, _ in first })
    for (index, operation) in change.operations.enumerated() {
      let stamp = Stamp(lamport: past.lamports[number], operation: change.operationRef(index))
      if case .create(let kind) = operation {
        state = EntryState(EntryID(creation: stamp.operation), kind: kind, stamp: stamp)
      } else {
        _ = state?.apply(operation, at: stamp) { below[$0] == true }
      }
    }
  }

  mutating func mergeBody() {
    guard let known = state?.bodyEdits, let waiting = state?.waitingEdits, waiting > 0 else { return }
    let history = arrived.textHistory()
    state?.rewriteBody(history.edits(since: known), heads: history.heads)
  }
}
