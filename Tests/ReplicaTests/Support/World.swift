import Bytes
import Formats
import History
import Merge
import PropertyTesting
import Record
import Replica
import Testing

/// Some laptops with copies of one book, that record and exchange as they like.
struct World {
  struct Laptop {
    let identity: Identity
    let storage: MemoryStorage
    var replica: Replica
  }

  /// What a laptop showed at a version: each entry's bytes.
  struct Showing {
    let version: Version
    let entries: [EntryID: [UInt8]]
  }

  private(set) var laptops: [Laptop] = []
  /// All changes that anybody made.
  private(set) var changes: [ChangeRef: Change] = [:]
  private(set) var showings: [Showing] = []
  private let cryptography: Cryptography

  /// The first laptop founds the book; the others have nothing of it yet.
  init(
    _ count: Int, _ cryptography: Cryptography = Cheap.cryptography,
    identity: (ExactText, inout SeededRandom) -> Identity? = { Identity.cheap($0, using: &$1) },
    using random: inout SeededRandom
  ) throws {
    self.cryptography = cryptography
    for number in 0..<count {
      let identity = try #require(identity(ExactText("Person \(number)"), &random))
      // Checkpoints are each laptop's own, and change nothing.
      let storage = MemoryStorage(checkpointStep: [nil, 1, 3][number % 3])
      var recording = Recording()
      let replica =
        number == 0
        ? try Replica.found(
          storage, cryptography, device: identity.device, introduction: identity.introduction,
          nonce: random.bytes(Operation.nonceCount), time: 0, into: &recording)
        : try Replica(receiving: laptops[0].replica.book, as: identity.device, storage, cryptography)
      laptops.append(Laptop(identity: identity, storage: storage, replica: replica))
      if let root = recording.last {
        changes[root.ref] = root
        try laptops[number].replica.seal(recording, sign: identity.sign)
      }
    }
  }

  /// Records changes on versions of the laptop's choice, and seals them together.
  ///
  /// `fill` is told the entries as the version has them. Gives the run, when anything was recorded.
  @discardableResult
  mutating func record(
    _ laptop: Int, on versions: [Version?], fill: (inout ChangeDraft, [EntryState]) throws -> Void
  ) throws -> [PackedRun] {
    guard laptops[laptop].replica.tip.count > 0 else { return [] }
    var recording = Recording()
    for version in versions {
      var draft = try laptops[laptop].replica.draft()
      if draft.ref.seq == 0 { draft.append(.introduce(laptops[laptop].identity.introduction)) }
      try fill(&draft, try entries(laptop, at: version))
      let change = try laptops[laptop].replica.record(
        draft, on: version, time: Int64(changes.count), into: &recording)
      changes[change.ref] = change
    }
    return try laptops[laptop].replica.seal(recording, sign: laptops[laptop].identity.sign)
  }

  /// Opens a laptop's replica anew from its storage, as each command does.
  mutating func reopen(_ laptop: Int) throws {
    laptops[laptop].replica = try Replica(laptops[laptop].storage, cryptography)
  }

  /// Entries of a version, or of the newest one.
  mutating func entries(_ laptop: Int, at version: Version?) throws -> [EntryState] {
    if let version { return try laptops[laptop].replica.entries(at: version) }
    let storage = laptops[laptop].storage
    return storage.entries().compactMap { storage.entry($0) }
  }

  /// A version that the laptop has had or could have had: that of one of its changes, or of two.
  mutating func someVersion(_ laptop: Int, using random: inout SeededRandom) throws -> Version {
    let graph = try laptops[laptop].replica.graph()
    let some = (0..<(random.oneIn(3) ? 2 : 1)).map { _ in ChangeIndex(random.below(graph.count)) }
    return graph.version(of: graph.reduced(some))
  }

  /// Remembers what a laptop shows.
  mutating func watch(_ laptop: Int) throws {
    let states = try entries(laptop, at: nil)
    showings.append(
      Showing(
        version: laptops[laptop].replica.version,
        entries: Dictionary(uniqueKeysWithValues: states.map { ($0.id, $0.encoded) })))
  }

  /// Brings everything to everybody.
  mutating func exchangeAll(using random: inout SeededRandom) throws {
    for laptop in laptops.indices.dropFirst() { try deliver(from: laptop, to: 0, part: 1, using: &random) }
    for laptop in laptops.indices.dropFirst() { try deliver(from: 0, to: laptop, part: 1, using: &random) }
  }

  /// A copy that received everything at once.
  mutating func freshCopy(using random: inout SeededRandom) throws -> Laptop {
    let storage = MemoryStorage()
    var replica = try Replica(receiving: laptops[0].replica.book, as: nil, storage, cryptography)
    let graph = try laptops[0].replica.graph()
    let order = Delivery.order(graph.indices.map { ChangeIndex($0) }, in: graph, using: &random)
    try replica.receive(try runs(order, of: graph, using: &random))
    return Laptop(identity: laptops[0].identity, storage: storage, replica: replica)
  }

  /// All changes in the first laptop's order of arrival.
  mutating func allChanges() throws -> [Change] {
    let graph = try laptops[0].replica.graph()
    return try graph.indices.map { try #require(changes[graph.ref(at: ChangeIndex($0))]) }
  }
}

extension World {
  /// Brings a part of what one laptop has and another lacks, in any order that parents allow, cut into runs anyhow,
  /// some of it twice, in one delivery or several.
  mutating func deliver(
    from sender: Int, to receiver: Int, part: Double, using random: inout SeededRandom
  ) throws {
    let graph = try laptops[sender].replica.graph()
    let known = try laptops[receiver].replica.graph()
    let missing = graph.indices.map { ChangeIndex($0) }.filter { known.index(of: graph.ref(at: $0)) == nil }
    guard !missing.isEmpty else { return }
    let order = Delivery.order(missing, in: graph, using: &random)
    var runs = try runs(
      Array(order.prefix(part == 1 ? order.count : 1 + Int(part * Double(order.count)))), of: graph, using: &random)[
        ...]
    while !runs.isEmpty {
      let count = 1 + random.below(runs.count)
      try laptops[receiver].replica.receive(Array(runs.prefix(count)))
      runs = runs.dropFirst(count)
    }
  }

  private func runs(
    _ order: [ChangeIndex], of graph: EventGraph, using random: inout SeededRandom
  ) throws -> [PackedRun] {
    var runs: [PackedRun] = []
    var start = 0
    for end in 1...order.count {
      let first = graph.ref(at: order[start])
      let follows = end < order.count && graph.ref(at: order[end]).device == first.device
      if follows && !random.oneIn(4) { continue }
      // Sometimes a run brings changes along that came before.
      let repeated = random.oneIn(6) ? min(first.seq, UInt64(random.below(3))) : 0
      let run = try run(
        first.device, from: first.seq - repeated, count: end - start + Int(repeated), of: graph)
      runs.append(run)
      if random.oneIn(8) { runs.append(run) }
      start = end
    }
    return runs
  }

  /// A device's changes as one run, signed by it.
  func run(_ device: DeviceID, from seq: UInt64, count: Int, of graph: EventGraph) throws -> PackedRun {
    let own = try (0..<UInt64(count)).map { try #require(changes[ChangeRef(device: device, seq: seq + $0)]) }
    let last = try #require(own.last)
    let identity = try #require(laptops.first { $0.identity.device == device }?.identity)
    let message = ChainSignature.message(book: laptops[0].replica.book, ref: last.ref, id: last.id)
    return try RunCodec.pack(
      own, signature: identity.sign(message), refs: { graph.index(of: $0).map { graph.ref(at: $0) } })
  }
}

/// Orders in which changes can arrive.
enum Delivery {
  /// Parents first, each device's changes in the order of its chain; mostly staying with a device.
  static func order(
    _ changes: [ChangeIndex], in graph: EventGraph, using random: inout SeededRandom
  ) -> [ChangeIndex] {
    var waiting = changes
    var lacking = Set(changes)
    var order: [ChangeIndex] = []
    while !waiting.isEmpty {
      let ready = waiting.indices.filter { place in
        let ref = graph.ref(at: waiting[place])
        let previous = ref.seq == 0 ? nil : graph.index(of: ChangeRef(device: ref.device, seq: ref.seq - 1))
        return !(graph.parents(of: waiting[place]) + [previous].compactMap { $0 }).contains { lacking.contains($0) }
      }
      let device = order.last.map { graph.ref(at: $0).device }
      let same = ready.first { graph.ref(at: waiting[$0]).device == device }
      let place = random.oneIn(2) ? same ?? ready[random.below(ready.count)] : ready[random.below(ready.count)]
      let next = waiting.remove(at: place)
      lacking.remove(next)
      order.append(next)
    }
    return order
  }
}

extension EntryState {
  /// The bytes that a store keeps.
  var encoded: [UInt8] {
    var writer = ByteWriter()
    encode(into: &writer)
    return writer.bytes
  }
}

extension World {
  mutating func replicaEntry(_ laptop: Int, _ id: EntryID, at version: Version) throws -> EntryState? {
    try laptops[laptop].replica.entry(id, at: version)
  }

  mutating func compare(_ laptop: Int, _ old: Version, _ new: Version) throws -> Comparison {
    try laptops[laptop].replica.compare(old, new) { _ in DisplayContext() }
  }
}

extension World {
  mutating func receive(_ runs: [PackedRun], at laptop: Int) throws {
    try laptops[laptop].replica.receive(runs)
  }
}

extension World {
  mutating func graph(_ laptop: Int) throws -> EventGraph { try laptops[laptop].replica.graph() }

  mutating func log(_ laptop: Int, of version: Version, limit: Int) throws -> [ChangeRow] {
    try laptops[laptop].replica.log(of: version, limit: limit)
  }
}
