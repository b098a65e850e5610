import Bytes
import History
import Merge
import NaiveMerge
import PropertyTesting

/// A hash that tells inputs apart and is no more than that: these tests need ids, not secrets.
func standInHash(_ bytes: [UInt8]) -> Digest {
  var lanes: [UInt64] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0x2545_f491_4f6c_dd1d]
  for (index, byte) in bytes.enumerated() {
    let lane = index & 3
    lanes[lane] = (lanes[lane] ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    lanes[lane] ^= lanes[(lane + 1) & 3] >> 29
  }
  var out: [UInt8] = []
  for lane in lanes { (lane ^ (lane >> 31)).appendBigEndian(to: &out) }
  return Digest(out) ?? .zero
}

/// Changes in the making, on versions of one's choice.
struct HistoryBuilder {
  private(set) var changes: [Change] = []
  private(set) var past = Ancestors()
  private var last: [DeviceID: Change] = [:]

  /// Adds a change made on the changes of these numbers, and gives its number.
  @discardableResult
  mutating func add(by device: DeviceID, on parents: [Int], _ operations: [Operation]) throws -> Int {
    let previous = last[device]
    let fields = ChangeHeader.Fields(
      book: .zero, ref: ChangeRef(device: device, seq: previous.map { $0.ref.seq + 1 } ?? 0), previous: previous?.id,
      parents: past.reduced(parents).map { changes[$0].id }.sorted(), time: 0)
    let change = try Change(fields, operations: operations, hash: standInHash)
    changes.append(change)
    last[device] = change
    return past.append(change)
  }

  /// Where the next change of a device will stand.
  func nextRef(of device: DeviceID) -> ChangeRef {
    ChangeRef(device: device, seq: last[device].map { $0.ref.seq + 1 } ?? 0)
  }
}

extension Array<Change> {
  /// The same changes in another topological order.
  func reordered(using random: inout SeededRandom) -> [Change] {
    var waiting = self
    var done: Set<ChangeID> = []
    var order: [Change] = []
    while !waiting.isEmpty {
      let ready = waiting.indices.filter { waiting[$0].header.parents.allSatisfy(done.contains) }
      let change = waiting.remove(at: ready[random.below(ready.count)])
      done.insert(change.id)
      order.append(change)
    }
    return order
  }

  /// One body's history, from changes that are all about it.
  func textHistory(asShapes: Bool = false) -> TextHistory {
    let past = Ancestors(self)
    var history = TextHistory()
    var edits: [Int] = []
    for (number, change) in enumerated() {
      for case .edit(_, let operations) in change.operations {
        func isBelow(_ edit: Int) -> Bool { edits[edit] != number && past.seen[number][edits[edit]] }
        if asShapes {
          history.append(change.ref, shapes: operations.map(EditShape.init), isBelow: isBelow)
        } else {
          history.append(change.ref, edits: operations, isBelow: isBelow)
        }
        edits.append(number)
      }
    }
    return history
  }
}
