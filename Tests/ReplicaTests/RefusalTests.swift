import Bytes
import Formats
import History
import Merge
import PropertyTesting
import Replica
import Signing
import Testing

/// What a replica does not take, with real keys: a typed error, and nothing of the delivery kept.
@Suite struct `Refusals` {
  /// Two laptops; the first has made two runs that the second lacks.
  struct Delivery {
    var desk: Desk
    let entry: EntryID
    let runs: [PackedRun]

    init() throws {
      desk = try Desk(2, isSigned: true)
      entry = try desk.entry(body: "one")
      runs =
        try desk.change(0, [.edit(entry, [TextEdit(position: 0, deleted: 0, inserted: "a")])])
        + desk.change(0, [.edit(entry, [TextEdit(position: 0, deleted: 0, inserted: "b")])])
    }

    var identity: Identity { desk.world.laptops[0].identity }
    var book: BookID { desk.world.laptops[0].replica.book }
    var last: Change {
      get throws {
        let own = try #require(desk.tip(0).own)
        return try #require(desk.world.changes[own.ref])
      }
    }

    /// Refuses the runs with that error, keeps nothing, and takes the right ones afterwards.
    mutating func expectRefusal(of bad: [PackedRun], _ error: ReplicaError) throws {
      let (tip, body) = (desk.tip(1), try desk.state(entry, at: 1).body)
      let storage = desk.world.laptops[1].storage
      let (count, touches, entries) = (storage.graph().count, storage.touches(of: entry), storage.entries())
      #expect(throws: error) { try desk.receive(bad, at: 1) }
      #expect(desk.tip(1) == tip)
      #expect(storage.tip() == tip)
      #expect(storage.graph().count == count)
      #expect(storage.touches(of: entry) == touches)
      #expect(storage.entries() == entries)
      #expect(storage.row(at: ChangeIndex(count)) == nil)
      #expect(try desk.state(entry, at: 1).body == body)
      try desk.receive(runs, at: 1)
      #expect(try desk.state(entry, at: 1).body == "baone")
      #expect(desk.version(1) == desk.version(0))
    }

    /// A change of the first laptop's device in the place of the one that it made last, in a run with those before it.
    func forged(_ operations: [History.Operation], parents: [ChangeID]? = nil) throws -> (
      change: Change, run: PackedRun
    ) {
      let fields = try last.header.fields
      let change = try Change(
        ChangeHeader.Fields(
          book: book, ref: fields.ref, previous: fields.previous, parents: parents ?? fields.parents, time: 9),
        operations: operations, hash: Signing.hash)
      return (change, try run([change]))
    }

    func run(_ changes: [Change], by signer: Identity? = nil) throws -> PackedRun {
      let last = try #require(changes.last)
      let made = desk.world.changes
      let message = ChainSignature.message(book: book, ref: last.ref, id: last.id)
      return try RunCodec.pack(
        changes, signature: (signer ?? identity).sign(message),
        refs: { id in made.values.first { $0.id == id }?.ref })
    }
  }

  @Test func `a signature with a wrong bit, another's, or none`() throws {
    var delivery = try Delivery()
    let run = delivery.runs[1]
    let ref = ChangeRef(device: run.device, seq: run.last)
    var bytes = try #require(run.signature).bytes
    bytes[5] ^= 1
    for signature in [Signature(bytes), delivery.runs[0].signature, nil] {
      let bad = PackedRun(
        device: run.device, first: run.first, count: run.count, signature: signature, sections: run.sections)
      try delivery.expectRefusal(of: [delivery.runs[0], bad], .signature(ref))
      delivery = try Delivery()
    }
    let other = try delivery.run([delivery.last], by: delivery.desk.world.laptops[1].identity)
    try delivery.expectRefusal(of: [delivery.runs[0], other], .signature(ref))
  }

  @Test func `the same place in a chain with something else in it`() throws {
    var delivery = try Delivery()
    let (change, run) = try delivery.forged([.keep(delivery.entry)])
    let here = try delivery.last.id
    #expect(change.id != here)
    try delivery.expectRefusal(
      of: delivery.runs + [run], .history(.equivocation(change.ref, here: here, found: change.id)))
    // Also when the right one has been here for long, and alone.
    #expect(throws: ReplicaError.history(.equivocation(change.ref, here: here, found: change.id))) {
      try delivery.desk.receive([run], at: 1)
    }
  }

  @Test func `a chain that continues something else`() throws {
    var delivery = try Delivery()
    let (change, _) = try delivery.forged([.keep(delivery.entry)])
    let next = try Change(
      ChangeHeader.Fields(
        book: delivery.book, ref: ChangeRef(device: change.ref.device, seq: change.ref.seq + 1), previous: change.id,
        parents: [change.id], time: 9), operations: [.keep(delivery.entry)], hash: Signing.hash)
    // Unpacked behind the right one it gets another id, which nobody signed.
    try delivery.expectRefusal(of: delivery.runs + [try delivery.run([next])], .signature(next.ref))
  }

  @Test func `a change whose predecessors or parents are not here`() throws {
    var delivery = try Delivery()
    let last = try delivery.last.ref
    try delivery.expectRefusal(
      of: [delivery.runs[1]], .history(.gap(last, expected: last.seq - 1)))
    delivery = try Delivery()
    // The third person's change is not here, but somebody's edit on it is.
    var desk = try Desk(3, isSigned: true)
    let entry = try desk.entry(body: "one")
    let missing = try desk.change(2, [.keep(entry)])
    try desk.receive(missing, at: 0)
    let run = try desk.change(0, [.keep(entry)])
    let parent = ChangeRef(device: desk.device(2), seq: 0)
    #expect(
      throws: ReplicaError.format(.unknownParent(parent, of: ChangeRef(device: desk.device(0), seq: run[0].first)))
    ) {
      try desk.receive(run, at: 1)
    }
    try desk.receive(missing + run, at: 1)
    #expect(desk.version(1) == desk.version(0))
  }

  @Test func `parents of which one is below the other`() throws {
    var delivery = try Delivery()
    let fields = try delivery.last.header.fields
    let grand = try #require(
      fields.parents.first.flatMap { id in
        delivery.desk.world.changes.values.first { $0.id == id }?.header.parents.first
      })
    let (change, run) = try delivery.forged([.keep(delivery.entry)], parents: (fields.parents + [grand]).sorted())
    try delivery.expectRefusal(of: [delivery.runs[0], run], .history(.parentsNotReduced(change.ref)))
  }

  @Test func `a second root, a root of another book, and a change on nothing`() throws {
    var delivery = try Delivery()
    var random = SeededRandom(seed: 3)
    let stranger = try #require(Identity.real("Stranger", using: &random))
    func first(_ operations: [History.Operation], book: BookID) throws -> Change {
      try Change(
        ChangeHeader.Fields(
          book: book, ref: ChangeRef(device: stranger.device, seq: 0), previous: nil, parents: [], time: 0),
        operations: [.introduce(stranger.introduction)] + operations, hash: Signing.hash)
    }
    let root = try first([.found(nonce: random.bytes(Operation.nonceCount))], book: .zero)
    try delivery.expectRefusal(
      of: [delivery.runs[0], try delivery.run([root], by: stranger)], .foreignRoot(root.ref))
    delivery = try Delivery()
    let loose = try first([], book: delivery.book)
    try delivery.expectRefusal(of: [try delivery.run([loose], by: stranger)], .foreignRoot(loose.ref))
    let storage = MemoryStorage()
    var empty = try Replica(receiving: delivery.book, as: nil, storage, Signing.cryptography)
    for change in [root, loose] {
      #expect(throws: ReplicaError.foreignRoot(change.ref)) {
        try empty.receive([try delivery.run([change], by: stranger)])
      }
      #expect(storage.graph().count == 0)
    }
  }

  @Test func `a device that does not introduce itself, or as another`() throws {
    var random = SeededRandom(seed: 4)
    let stranger = try #require(Identity.real("Stranger", using: &random))
    let other = try #require(Identity.real("Other", using: &random))
    for operations in [[], [.introduce(Introduction(key: nil, name: "S"))], [.introduce(other.introduction)]]
      as [[History.Operation]]
    {
      var delivery = try Delivery()
      let change = try Change(
        ChangeHeader.Fields(
          book: delivery.book, ref: ChangeRef(device: stranger.device, seq: 0), previous: nil,
          parents: delivery.desk.version(1).heads, time: 0), operations: operations, hash: Signing.hash)
      try delivery.expectRefusal(
        of: [delivery.runs[0], try delivery.run([change], by: stranger)], .uncertified(stranger.device))
    }
  }

  @Test func `a run with a wrong byte`() throws {
    try forAll(60) { random in
      var delivery = try Delivery()
      let run = delivery.runs[1]
      var packed = run.sections[0].packed
      packed[random.below(packed.count)] ^= UInt8(1 << random.below(8))
      let section = PackedSection(
        kind: run.sections[0].kind, rawCount: run.sections[0].rawCount, isDeflated: run.sections[0].isDeflated,
        packed: packed)
      let bad = PackedRun(
        device: run.device, first: run.first, count: run.count, signature: run.signature,
        sections: [section] + run.sections.dropFirst())
      let tip = delivery.desk.tip(1)
      #expect(throws: ReplicaError.self) { try delivery.desk.receive([delivery.runs[0], bad], at: 1) }
      #expect(delivery.desk.tip(1) == tip)
    }
  }
}
