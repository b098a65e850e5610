import Bytes
import History
import Merge
import NaiveMerge
import PropertyTesting
import Replica
import Signing
import Testing
import TextDiff

/// What any order of recording, sync and delivery must come to, over real changes.
@Suite struct `Convergence` {
  @Test func `replicas with the same changes hold the same bytes, as the slow twin says, at every version`() throws {
    let count = 4000
    try forAll(count) { random in
      var world = try Self.week(using: &random)
      try world.exchangeAll(using: &random)
      try Self.checkAgreement(&world)
      try Self.checkBatch(&world, using: &random)
      try Self.checkAgainstTwin(&world)
      try Self.checkPast(&world, using: &random)
    }
    print("\(count) graphs: replicas")
  }

  @Test func `operations on entries that their author cannot have seen mean nothing, whenever they arrive`() throws {
    let count = 600
    try forAll(count) { random in
      var world = try Self.week(reachesUnseen: true, using: &random)
      try world.exchangeAll(using: &random)
      try Self.checkAgreement(&world)
      try Self.checkBatch(&world, using: &random)
      try Self.checkPast(&world, using: &random)
    }
    print("\(count) graphs: entries out of sight")
  }

  @Test func `with real keys it is the same`() throws {
    let count = 30
    try forAll(count) { random in
      var world = try Self.week(
        Signing.cryptography, identity: { Identity.real($0, using: &$1) }, using: &random)
      try world.exchangeAll(using: &random)
      try Self.checkAgreement(&world)
      try Self.checkAgainstTwin(&world)
    }
    print("\(count) graphs: signed with Ed25519")
  }

  /// Recording and partial exchange among 3 to 5 laptops.
  static func week(
    _ cryptography: Cryptography = Cheap.cryptography, reachesUnseen: Bool = false,
    identity: (ExactText, inout SeededRandom) -> Identity? = { Identity.cheap($0, using: &$1) },
    using random: inout SeededRandom
  ) throws -> World {
    var world = try World(3 + random.below(3), cryptography, identity: identity, using: &random)
    var operations = RandomOperations(reachesUnseen: reachesUnseen)
    for _ in 0..<(6 + random.below(14)) {
      let laptop = random.below(world.laptops.count)
      if random.below(5) < 3 {
        let versions = try (0..<(random.oneIn(4) ? 2 + random.below(2) : 1)).map { _ in
          random.oneIn(5) && world.laptops[laptop].replica.tip.count > 0
            ? try world.someVersion(laptop, using: &random) : nil
        }
        // Freshly opened, it has not loaded the history's shape.
        if random.oneIn(2) { try world.reopen(laptop) }
        try world.record(laptop, on: versions) { draft, states in
          operations.fill(&draft, states, using: &random)
        }
      } else {
        let sender = random.below(world.laptops.count)
        let part = random.oneIn(2) ? 1 : Double(random.below(100)) / 100
        try world.deliver(from: sender, to: laptop, part: part, using: &random)
      }
      if random.oneIn(3) { try world.watch(laptop) }
    }
    return world
  }

  static func checkAgreement(_ world: inout World) throws {
    let first = world.laptops[0]
    let states = try world.entries(0, at: nil)
    for (number, laptop) in world.laptops.enumerated().dropFirst() {
      try #require(laptop.replica.version.name(hash: Signing.hash) == first.replica.version.name(hash: Signing.hash))
      let others = try world.entries(number, at: nil)
      try #require(others.map(\.id) == states.map(\.id))
      for (state, other) in zip(states, others) {
        let isSame = other.encoded == state.encoded
        try #require(isSame, "laptop \(number) holds another \(state.id)")
        try #require(EntryConflict.all(in: other) == EntryConflict.all(in: state))
        try #require(EntryView(other) == EntryView(state))
      }
      try #require(laptop.storage.entriesInConflict() == first.storage.entriesInConflict())
      for device in world.laptops.map(\.identity.device) {
        try #require(laptop.storage.device(device) == first.storage.device(device))
      }
    }
    try #require(
      first.storage.entriesInConflict() == states.filter { !EntryConflict.all(in: $0).isEmpty }.map(\.id))
  }

  /// One pass over everything gives what many small ones gave.
  static func checkBatch(_ world: inout World, using random: inout SeededRandom) throws {
    let copy = try world.freshCopy(using: &random)
    try #require(copy.replica.version == world.laptops[0].replica.version)
    for state in try world.entries(0, at: nil) {
      let isSame = copy.storage.entry(state.id)?.encoded == state.encoded
      try #require(isSame, "received at once, \(state.id) is another")
    }
    try #require(copy.storage.entriesInConflict() == world.laptops[0].storage.entriesInConflict())
  }

  static func checkAgainstTwin(_ world: inout World) throws {
    let changes = try world.allChanges()
    let naive = NaiveMerge(changes)
    for state in try world.entries(0, at: nil) {
      try #require(state.body == ExactText(NaiveMerge.text(of: changes, entry: state.id)))
      var keys = Set<RegisterKey>()
      var fields = Set<ExactText>()
      for operation in changes.flatMap(\.operations) where operation.entry == state.id {
        if case .set(_, let key, _) = operation { keys.insert(key) }
        if case .add(_, let field, _, _) = operation { fields.insert(field) }
      }
      try #require(Set(state.registers.map(\.key)) == keys)
      for key in keys {
        let members = state.register(key)?.members ?? []
        let expected = naive.values(key, of: state.id)
        try #require(members.map(\.stamp) == expected.map(\.stamp))
        try #require(members.map(\.value) == expected.map(\.value))
      }
      for field in fields {
        let elements = state.set(field)?.elements ?? []
        let expected = naive.elements(field, of: state.id)
        try #require(elements.map(\.element) == expected.map(\.element))
        try #require(elements.map(\.stamp) == expected.map(\.stamp))
      }
      let (deletions, edits) = naive.dispute(state.id)
      let isDeleted = naive.isDeleted(state.id)
      switch state.life {
      case .alive: try #require(deletions.isEmpty)
      case .deleted: try #require(isDeleted)
      case .disputed(let found, let others): try #require(!isDeleted && found == deletions && others == edits)
      }
    }
  }

  /// Any version anywhere is what somebody showed then, and two of them compare as they look.
  static func checkPast(_ world: inout World, using random: inout SeededRandom) throws {
    guard !world.showings.isEmpty else { return }
    let laptop = random.below(world.laptops.count)
    for _ in 0..<2 {
      let showing = world.showings[random.below(world.showings.count)]
      let states = try world.entries(laptop, at: showing.version)
      let isSame = Dictionary(uniqueKeysWithValues: states.map { ($0.id, $0.encoded) }) == showing.entries
      try #require(isSame, "the version shows something else than it did")
      for state in try world.entries(0, at: nil) {
        let past = try world.replicaEntry(laptop, state.id, at: showing.version)
        let isSame = past?.encoded == showing.entries[state.id]
        try #require(isSame, "\(state.id) is another than the version showed")
      }
    }
    let versions = [
      world.showings[random.below(world.showings.count)].version, try world.someVersion(laptop, using: &random),
    ]
    try checkComparison(&world, laptop, versions[0], versions[1])
    try checkComparison(&world, laptop, versions[1], versions[0])
  }

  static func checkComparison(_ world: inout World, _ laptop: Int, _ old: Version, _ new: Version) throws {
    var expected: [EntryID: (before: EntryView?, after: EntryView?)] = [:]
    for state in try world.entries(laptop, at: old) where state.isAlive { expected[state.id] = (EntryView(state), nil) }
    for state in try world.entries(laptop, at: new) where state.isAlive {
      expected[state.id] = (expected[state.id]?.before, EntryView(state))
    }
    expected = expected.filter { $0.value.before != $0.value.after }
    let comparison = try world.compare(laptop, old, new)
    try #require(Set(comparison.entries.map(\.id)) == Set(expected.keys))
    try #require(comparison.entries.count == expected.count)
    for entry in comparison.entries {
      try #require(entry.before == expected[entry.id]?.before)
      try #require(entry.after == expected[entry.id]?.after)
      let (before, after) = (entry.before?.body ?? "", entry.after?.body ?? "")
      try #require(entry.body.isEmpty == (before == after))
      guard !entry.body.isEmpty else { continue }
      try #require(ExactText(entry.body.filter { $0.kind != .inserted }.map(\.text).joined()) == before)
      try #require(ExactText(entry.body.filter { $0.kind != .deleted }.map(\.text).joined()) == after)
    }
  }
}
