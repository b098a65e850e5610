import Bytes
import Formats
import History
import Merge
import PropertyTesting
import Replica
import Testing

@Suite struct `Recording changes` {
  @Test func `changes recorded together on different versions are sealed as one run`() throws {
    var desk = try Desk()
    let entry = try desk.entry(body: "one\n")
    let old = desk.version()
    try desk.change(0, [.edit(entry, [TextEdit(position: 4, deleted: 0, inserted: "two\n")])])
    for isReopened in [false, true] {
      if isReopened { try desk.world.reopen(0) }
      // The file as written last is newer than the one that a late save overwrites.
      let edits = [TextEdit(position: 0, deleted: 0, inserted: "0\n")]
      let runs = try desk.world.record(0, on: [nil, old, nil]) { draft, _ in draft.append(.edit(entry, edits)) }
      #expect(runs.map(\.count) == [3])
    }
    try desk.meet()
    #expect(try desk.state(entry, at: 1).encoded == desk.state(entry, at: 0).encoded)
    #expect(try desk.state(entry, at: 1).body.string.components == ["0", "0", "0", "0", "0", "0", "one", "two"])
    #expect(desk.version(0) == desk.version(1))
  }

  @Test func `many changes become several runs, each signed`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    let versions = Array(repeating: Version?.none, count: 10_000)
    let runs = try desk.world.record(0, on: versions) { draft, _ in draft.append(.keep(entry)) }
    #expect(runs.count > 1 && runs.reduce(0) { $0 + $1.count } == 10_000)
    try desk.receive(runs, at: 1)
    #expect(desk.version(1) == desk.version(0))
  }

  @Test func `large changes are a run each, which a frame holds however badly they pack`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    var random = SeededRandom(seed: 5)
    let runs = try desk.world.record(0, on: Array(repeating: nil, count: 3)) { draft, _ in
      let letters = random.bytes(ChangeLimits.insertion).map { 32 + $0 % 95 }
      let text = ExactText(String(decoding: letters, as: UTF8.self))
      draft.append(.edit(entry, [TextEdit(position: 0, deleted: 0, inserted: text)]))
    }
    #expect(runs.map(\.count) == [1, 1, 1])
    #expect(runs.allSatisfy { $0.sections.reduce(0) { $0 + $1.packed.count } < 15 << 20 })
    try desk.receive(runs, at: 1)
    #expect(desk.version(1) == desk.version(0))
    let isSame = try desk.state(entry, at: 1).encoded == desk.state(entry).encoded
    #expect(isSame)
  }

  @Test func `a change over 8 MiB is refused, and nothing of it stays`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    let piece = ExactText(String(repeating: "x", count: ChangeLimits.insertion))
    let edit = TextEdit(position: 0, deleted: 0, inserted: piece)
    let tip = desk.tip(0)
    let body = CanonicalBody.encode(
      [.edit(entry, [edit, edit])], of: ChangeRef(device: desk.device(0), seq: try #require(tip.own).ref.seq + 1))
    #expect(throws: ReplicaError.change(.tooLarge(bytes: body.count))) {
      try desk.change(0, [.edit(entry, [edit, edit])])
    }
    #expect(desk.tip(0) == tip)
    #expect(try desk.state(entry).body.isEmpty)
    let smaller = TextEdit(
      position: 0, deleted: 0, inserted: ExactText(String(repeating: "y", count: ChangeLimits.insertion - 100)))
    try desk.change(0, [.edit(entry, [edit, smaller])])
    try desk.meet()
    #expect(try desk.state(entry, at: 1).body.bytes.count == 2 * ChangeLimits.insertion - 100)
  }

  @Test func `a draft of before another change is refused`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    var replica = desk.world.laptops[0].replica
    var draft = try replica.draft()
    draft.append(.keep(entry))
    var recording = Recording()
    _ = try replica.record(draft, time: 0, into: &recording)
    #expect(throws: ReplicaError.history(.gap(draft.ref, expected: draft.ref.seq + 1))) {
      try replica.record(draft, time: 0, into: &recording)
    }
    #expect(recording.count == 1)
  }

  @Test func `what changed comes with how it was before`() throws {
    var desk = try Desk()
    let entry = try desk.entry(body: "one")
    let before = try desk.state(entry)
    var replica = desk.world.laptops[0].replica
    var draft = try replica.draft()
    draft.append(.edit(entry, [TextEdit(position: 0, deleted: 0, inserted: "x")]))
    let created = draft.create(kind: "note")
    var recording = Recording()
    let change = try replica.record(draft, time: 5, message: "why", into: &recording)
    #expect(recording.last == change)
    #expect(recording.before.map(\.id) == [entry, created])
    #expect(recording.before.map(\.state) == [before, nil])
    // Not sealed yet, and all there already.
    #expect(try replica.change(at: ChangeIndex(replica.tip.count - 1)) == change)
    #expect(try replica.entry(entry, at: replica.version)?.body == "xone")
    let runs = try replica.seal(recording, sign: desk.world.laptops[0].identity.sign)
    #expect(try replica.change(at: ChangeIndex(replica.tip.count - 1)) == change)
    let row = try #require(try replica.log(of: replica.version, limit: 1).first)
    #expect(row.message == "why" && row.time == 5 && row.ref == change.ref)
    var other = desk.world.laptops[1].replica
    let merged = try other.receive(runs)
    #expect(merged.changes == [ChangeIndex(other.tip.count - 1)])
    #expect(merged.before.map(\.id) == [entry, created])
    #expect(merged.before.map(\.state) == [before, nil])
    let again = try other.receive(runs)
    #expect(again.changes.isEmpty && again.before.isEmpty)
  }

  @Test func `a book is founded once, and a copy without a device records nothing`() throws {
    var random = SeededRandom(seed: 1)
    let identity = try #require(Identity.cheap("Anne", using: &random))
    let storage = MemoryStorage()
    #expect(throws: ReplicaError.noBook) { try Replica(storage, Cheap.cryptography) }
    var recording = Recording()
    func found() throws -> Replica {
      try Replica.found(
        storage, Cheap.cryptography, device: identity.device, introduction: identity.introduction,
        nonce: Array(repeating: 1, count: Operation.nonceCount), time: 0, into: &recording)
    }
    var replica = try found()
    try replica.seal(recording, sign: identity.sign)
    #expect(throws: ReplicaError.bookExists(replica.book)) { try found() }
    #expect(storage.device(identity.device)?.name == "Anne")
    let copy = try Replica(receiving: replica.book, as: nil, MemoryStorage(), Cheap.cryptography)
    #expect(throws: ReplicaError.noBook) { try copy.draft() }
  }

  @Test func `a later name is the device's name, in whatever order it comes`() throws {
    var desk = try Desk()
    let old = desk.version()
    try desk.change(0, [.introduce(Introduction(key: nil, name: "Anne M."))])
    // Concurrent with itself, on an older version: earlier by the history's order.
    try desk.change(0, on: old, [.introduce(Introduction(key: nil, name: "A."))])
    try desk.meet()
    for person in 0...1 {
      let row = try #require(desk.world.laptops[person].storage.device(desk.device(0)))
      #expect(row.name == "A." || row.name == "Anne M.")
      #expect(row == desk.world.laptops[0].storage.device(desk.device(0)))
      #expect(row.key == desk.world.laptops[0].identity.introduction.key?.publicKey)
    }
  }
}

extension String {
  /// The lines, without an empty last one.
  fileprivate var components: [String] { split(separator: "\n").map(String.init) }

  @Test func `what peers refuse is not recorded, and nothing of it stays`() throws {
    var desk = try Desk()
    let entry = try desk.entry(body: "one")
    func text(_ count: Int) -> ExactText { ExactText(String(repeating: "x", count: count)) }
    let title = RegisterKey(.value, "title")
    let refused: [(String, [History.Operation])] = [
      ("no edits", [.edit(entry, [])]),
      ("an edit that does nothing", [.edit(entry, [TextEdit(position: 0, deleted: 0, inserted: "")])]),
      ("no values", [.set(entry, title, [])]),
      ("too many values", [.set(entry, title, Array(repeating: .absent, count: ChangeLimits.values + 1))]),
      ("a value that is too long", [.set(entry, title, [RegisterValue(text(ChangeLimits.value + 1))])]),
      ("a field that is too long", [.set(entry, RegisterKey(.value, text(ChangeLimits.label + 1)), [.absent])]),
      ("a kind that is too long", [.create(kind: text(ChangeLimits.label + 1))]),
      ("a name that is too long", [.introduce(Introduction(key: nil, name: text(ChangeLimits.name + 1)))]),
      (
        "an insertion that is too long",
        [.edit(entry, [TextEdit(position: 0, deleted: 0, inserted: text(ChangeLimits.insertion + 1))])]
      ),
      ("a type that is known, as one that is not", [.unknown(UnknownOperation(type: 1, entry: entry, payload: []))]),
    ]
    let (tip, before) = (desk.tip(0), try desk.state(entry))
    for (words, operations) in refused {
      do {
        try desk.change(0, [.keep(entry)] + operations)
        Issue.record("recorded: \(words)")
      } catch ReplicaError.format(.body(_, let ref)) { #expect(ref.device == desk.device(0), "\(words)") }
      #expect(desk.tip(0) == tip, "\(words)")
      #expect(try desk.state(entry) == before, "\(words)")
    }
    // What this version does not know, it may carry.
    try desk.change(0, [.unknown(UnknownOperation(type: 40, entry: entry, payload: [7]))])
    try desk.meet()
    #expect(desk.version(1) == desk.version(0))
  }
}
