import Bytes
import Formats
import History
import PropertyTesting
import Signing

/// A made-up history of a few devices with every kind of operation, unknown ones among them.
struct RandomHistory {
  private(set) var changes: [Change] = []
  private var random: SeededRandom
  private let devices: [DeviceID]
  private var entries: [EntryID] = []
  private(set) var book = BookID.zero

  /// At least 2 changes; the first founds the book.
  init(changes count: Int, using random: inout SeededRandom) throws {
    self.random = SeededRandom(seed: random.next())
    devices = (0..<1 + random.below(4)).map { _ in DeviceID(number: random.next()) }
    try addRoot()
    while changes.count < count { try add() }
  }

  func id(of ref: ChangeRef) -> ChangeID? { changes.first { $0.ref == ref }?.id }
  func ref(of id: ChangeID) -> ChangeRef? { changes.first { $0.id == id }?.ref }
  func chain(of device: DeviceID) -> [Change] { changes.filter { $0.ref.device == device } }

  /// A random stretch of one device's chain, and the id before it.
  func stretch(using random: inout SeededRandom) -> (changes: [Change], previous: ChangeID?) {
    let chain = chain(of: changes[random.below(changes.count)].ref.device)
    let start = random.below(chain.count)
    let end = start + 1 + random.below(chain.count - start)
    return (Array(chain[start..<end]), start == 0 ? nil : chain[start - 1].id)
  }

  private mutating func addRoot() throws {
    let fields = ChangeHeader.Fields(
      book: .zero, ref: ChangeRef(device: devices[0], seq: 0), previous: nil, parents: [], time: time())
    let nonce = random.bytes(Operation.nonceCount)
    let root = try Change(fields, operations: [introduction(), .found(nonce: nonce)], hash: Signing.hash)
    book = BookID(root: root.id)
    changes.append(root)
  }

  private mutating func add() throws {
    let device = devices[random.below(devices.count)]
    let chain = chain(of: device)
    let ref = ChangeRef(device: device, seq: UInt64(chain.count))
    var draft = ChangeDraft(ref: ref)
    for _ in 0..<random.below(12) { addOperation(to: &draft) }
    var parents: Set<ChangeID> = []
    if let last = chain.last, !random.oneIn(4) { parents.insert(last.id) }
    while random.oneIn(3) { parents.insert(changes[random.below(changes.count)].id) }
    let fields = ChangeHeader.Fields(
      book: book, ref: ref, previous: chain.last?.id, parents: parents.sorted(), time: time(), origin: origin(),
      message: random.oneIn(3) ? text(20) : "")
    changes.append(try Change(fields, operations: draft.operations, hash: Signing.hash))
  }

  private mutating func addOperation(to draft: inout ChangeDraft) {
    if random.oneIn(6) || entries.isEmpty {
      entries.append(draft.create(kind: ["note", "person", ""][random.below(3)]))
      return
    }
    let entry = random.oneIn(2) ? entries[entries.count - 1] : entries[random.below(entries.count)]
    draft.append(operation(on: entry))
  }

  private mutating func operation(on entry: EntryID) -> Operation {
    switch random.below(10) {
    case 0: return .delete(entry)
    case 1: return .keep(entry)
    case 2, 3:
      let role = Role(rawValue: [0, 1, 16, 17, 32, 200][random.below(6)])
      return .set(entry, RegisterKey(role, text(6)), (0..<1 + random.below(3)).map { _ in value() })
    case 4: return .add(entry, field: text(4), element(), at: orderKey())
    case 5: return .remove(entry, field: text(4), element())
    case 6, 7: return .edit(entry, (0..<1 + random.below(4)).map { _ in edit() })
    case 8:
      let payload = random.bytes(random.below(9))
      return .unknown(UnknownOperation(type: 7 + UInt64(random.below(57)), entry: entry, payload: payload))
    default:
      if random.oneIn(2) { return introduction() }
      let type: UInt64 = random.oneIn(3) ? 1 << 40 : 68 + UInt64(random.below(1000))
      return .unknown(UnknownOperation(type: type, entry: nil, payload: random.bytes(random.below(9))))
    }
  }

  private mutating func value() -> RegisterValue {
    let from: OperationRef? =
      random.oneIn(4) ? OperationRef(change: changes[random.below(changes.count)].ref, index: 3) : nil
    if random.oneIn(5) { return RegisterValue(content: nil, from: from) }
    let source = text(30)
    return RegisterValue(content: .init(source: source, plain: random.oneIn(3) ? text(30) : source), from: from)
  }

  private mutating func edit() -> TextEdit {
    let deleted = random.below(3) == 0 ? random.below(1000) : 0
    let long = random.oneIn(8) ? 400 : 12
    let inserted: ExactText = deleted > 0 && random.oneIn(2) ? "" : ExactText(text(long).string + "x")
    let position = random.oneIn(9) ? ChangeLimits.position : random.below(5000)
    return TextEdit(position: position, deleted: deleted, inserted: inserted)
  }

  private mutating func element() -> SetElement {
    SetElement(text(8), ordinal: random.oneIn(5) ? UInt32.max : UInt32(random.below(3)))
  }

  private mutating func orderKey() -> OrderKey {
    OrderKey(["V", "k", "0A", "zzzz1", ""][random.below(5)]) ?? .middle
  }

  private mutating func introduction() -> Operation {
    guard random.oneIn(2), let key = PublicKey(random.bytes(32)), let incarnation = Incarnation(random.bytes(8)) else {
      return .introduce(Introduction(key: nil, name: text(10)))
    }
    return .introduce(Introduction(key: .init(publicKey: key, incarnation: incarnation), name: text(10)))
  }

  private mutating func origin() -> Origin {
    let id = changes[random.below(changes.count)].id
    switch random.below(9) {
    case 0: return .imported
    case 1: return .resolved
    case 2: return .undo(of: id)
    case 3: return .restore([id])
    case 4: return .rule(random.next())
    case 5: return .unknown(type: 6 + random.next() >> 1, payload: random.bytes(random.below(40)))
    default: return .typed
    }
  }

  private mutating func time() -> Int64 {
    random.oneIn(10) ? Int64(bitPattern: random.next()) : 1_760_000_000 + Int64(random.below(100_000))
  }

  /// Words of one to four bytes a letter.
  private mutating func text(_ limit: Int) -> ExactText {
    let letters = ["a", "b", "e", " ", "é", "ß", "試", "🙂", "\n", "t"]
    return ExactText((0..<random.below(limit + 1)).map { _ in letters[random.below(letters.count)] }.joined())
  }
}

extension OrderKey {
  /// Some key.
  static var middle: OrderKey {
    guard let key = OrderKey("V") else { preconditionFailure("V is a key") }
    return key
  }
}
