import Bytes
import Formats
import History
import PropertyTesting
import Signing
import SyncProtocol
import SyncTesting
import Testing

/// What the log takes, and what it refuses.
@Suite struct SequencerTests {
  private static func code(_ verdict: Verdict) -> ErrorCode? {
    if case .refused(let error) = verdict { error.code } else { nil }
  }

  @Test func `runs that follow each other are chained in order of arrival`() throws {
    var book = try TestBook()
    book.addAuthor()
    var log = TestLog(of: book.id)
    try book.type("a ", by: 0)
    try book.type("b ", by: 1)
    let verdicts = log.submit([try book.run(0), try book.run(1)])
    #expect(verdicts == [.accepted(try #require(Position(1))), .accepted(try #require(Position(2)))])
    var chain = ChainHash.start(of: book.id, hash: Signing.hash)
    for entry in log.entries {
      var writer = ByteWriter()
      writer.put(chain.digest)
      writer.put(byte: 1)
      writer.put(entry.id.digest)
      chain = ChainHash(Signing.hash(writer.bytes))
      #expect(entry.chain == chain)
    }
    #expect(log.state.chain == chain)
  }

  @Test func `a run that is there already has its first position, and adds nothing`() throws {
    var book = try TestBook()
    try book.type("a ", by: 0)
    var log = TestLog(of: book.id)
    log.submit([try book.run(0)])
    let state = log.state
    #expect(log.submit([try book.run(0)]) == [.duplicate(try #require(Position(1)))])
    #expect(log.submit([try book.run(0, from: 1)]) == [.duplicate(try #require(Position(1)))])
    try book.type("b ", by: 0)
    #expect(log.submit([try book.run(0, from: 1)]) == [.overlapping(next: 2)])
    #expect(log.state == state)
  }

  @Test func `a gap, a missing parent, another device's changes and a wrong signature are refused`() throws {
    var book = try TestBook()
    book.addAuthor()
    try book.type("a ", by: 0)
    try book.type("b ", by: 0)
    try book.type("c ", by: 1)
    var log = TestLog(of: book.id)
    log.submit([try book.run(0, count: 1)])
    let state = log.state
    #expect(Self.code(log.submit([try book.run(0, from: 2)])[0]) == .gap)
    #expect(Self.code(log.submit([try book.run(1)])[0]) == .unknownParent)
    let run = try book.run(0, from: 1, count: 1)
    var wrong = try #require(run.signature).bytes
    wrong[3] ^= 1
    let forged = PackedRun(
      device: run.device, first: run.first, count: run.count, signature: Signature(wrong), sections: run.sections)
    #expect(Self.code(log.submit([forged])[0]) == .badSignature)
    let unsigned = PackedRun(
      device: run.device, first: run.first, count: run.count, signature: nil, sections: run.sections)
    #expect(Self.code(log.submit([unsigned])[0]) == .badSignature)
    let stolen = PackedRun(
      device: book.authors[1].device, first: 0, count: 1, signature: run.signature,
      sections: try book.run(0, count: 1).sections)
    #expect(Self.code(log.submit([stolen])[0]) == .uncertified)
    #expect(log.state == state)
    #expect(log.known.vector[book.authors[0].device] == 1)
  }

  @Test func `the same number with another content is equivocation, wherever in the run it stands`() throws {
    var book = try TestBook()
    var log = TestLog(of: book.id)
    log.submit([try book.run(0)])
    var other = book
    try book.type("one ", by: 0)
    try book.type("two ", by: 0)
    log.submit([try book.run(0, from: 1)])
    try other.type("another ", by: 0)
    #expect(Self.code(log.submit([try other.run(0, from: 1)])[0]) == .equivocation)
    #expect(Self.code(log.submit([try other.run(0)])[0]) == .equivocation)
    try other.type("another two ", by: 0)
    try other.type("another three ", by: 0)
    #expect(Self.code(log.submit([try other.run(0, from: 1)])[0]) == .equivocation)
  }

  @Test func `a book has one root, and its id is the root's`() throws {
    let book = try TestBook()
    let other = try TestBook(nonce: 7)
    var log = TestLog(of: book.id)
    // The first run must hold this book's root.
    #expect(Self.code(log.submit([try other.run(0)])[0]) == .badRoot)
    #expect(log.state.position == .zero)
    log.submit([try book.run(0)])
    // A second root, and a change made on nothing.
    var rooted = book
    let nonce = Operation.found(nonce: Array(repeating: 9, count: Operation.nonceCount))
    try rooted.save(0, [nonce], in: .zero)
    #expect(Self.code(log.submit([try rooted.run(0, from: 1)])[0]) == .badRoot)
    var parentless = book
    try parentless.type("from nowhere ", by: 0, on: [])
    #expect(Self.code(log.submit([try parentless.run(0, from: 1)])[0]) == .badRoot)
    #expect(log.state.position.rawValue == 1)
  }

  @Test func `a device is certified by its own first operation, and by nothing else`() throws {
    let book = try TestBook()
    var log = TestLog(of: book.id)
    log.submit([try book.run(0)])
    // No introduction at all.
    var silent = book
    silent.addAuthor()
    try silent.save(1, [.introduce(Introduction(key: nil, name: "Nobody"))])
    #expect(Self.code(log.submit([try silent.run(1)])[0]) == .uncertified)
    // Another's key.
    var stranger = book
    stranger.addAuthor()
    try stranger.save(1, [stranger.introduction(of: 0)])
    #expect(Self.code(log.submit([try stranger.run(1)])[0]) == .uncertified)
    // Not first.
    var late = book
    late.addAuthor()
    try late.save(1, [.create(kind: "note"), late.introduction(of: 1)])
    #expect(Self.code(log.submit([try late.run(1)])[0]) == .uncertified)
    // A second key later on.
    var again = book
    try again.save(0, [again.introduction(of: 0)])
    #expect(Self.code(log.submit([try again.run(0, from: 1)])[0]) == .uncertified)
    // A new name without a key is fine.
    var renamed = book
    try renamed.save(0, [.introduce(Introduction(key: nil, name: "Anne Martin-Durand"))])
    #expect(log.submit([try renamed.run(0, from: 1)]) == [.accepted(try #require(Position(2)))])
  }

  @Test func `parents of which one is in another's past are refused, inside a run too, without a trace`() throws {
    var book = try TestBook()
    let root = book.heads
    try book.type("a ", by: 0)
    var log = TestLog(of: book.id)
    log.submit([try book.run(0)])
    let before = log
    var wrong = book
    try wrong.type("b ", by: 0, on: book.heads + root)
    #expect(Self.code(log.submit([try wrong.run(0, from: 2)])[0]) == .badRun)
    var inside = book
    try inside.type("b ", by: 0)
    try inside.type("c ", by: 0, on: inside.heads + root)
    #expect(Self.code(log.submit([try inside.run(0, from: 2)])[0]) == .badRun)
    #expect(log.state == before.state)
    #expect(log.known.vector == before.known.vector)
    #expect(log.known.graph.version == before.known.graph.version)
    // A true merge is fine.
    book.addAuthor()
    try book.type("theirs ", by: 1, on: root)
    try book.type("both ", by: 0)
    #expect(log.submit([try book.run(1), try book.run(0, from: 2)]).allSatisfy { Self.code($0) == nil })
  }

  @Test func `a run that does not unpack is refused`() throws {
    let book = try TestBook()
    var log = TestLog(of: book.id)
    let run = try book.run(0)
    for section in [
      PackedSection(kind: 0x70, rawCount: 3, isDeflated: false, packed: [1, 2, 3]),
      PackedSection(kind: run.sections[0].kind, rawCount: 3, isDeflated: false, packed: [1, 2, 3]),
      PackedSection(kind: run.sections[0].kind, rawCount: 1 << 20, isDeflated: true, packed: [1, 2, 3]),
    ] {
      let broken = PackedRun(
        device: run.device, first: 0, count: run.count, signature: run.signature, sections: [section])
      #expect(Self.code(log.submit([broken])[0]) == .badRun)
    }
  }

  @Test func `judged together or one by one, in any split, the log comes out the same`() throws {
    try forAll(40) { random in
      var book = try TestBook(nonce: UInt8(truncatingIfNeeded: random.next()))
      book.addAuthor()
      book.addAuthor()
      var runs: [PackedRun] = [try book.run(0)]
      for _ in 0..<12 {
        let author = random.below(3)
        let first = book.authors[author].chain.count
        let heads = book.heads
        for _ in 0...random.below(3) {
          let parents = random.oneIn(3) ? [heads[random.below(heads.count)]] : nil
          try book.type("w\(random.below(100)) ", by: author, on: parents)
        }
        runs.append(try book.run(author, from: first))
        if random.oneIn(4) { runs.append(runs[random.below(runs.count)]) }
      }
      var together = TestLog(of: book.id)
      var apart = TestLog(of: book.id)
      let verdicts = together.submit(runs)
      var others: [Verdict] = []
      var rest = runs[...]
      while !rest.isEmpty {
        let part = rest.prefix(1 + random.below(4))
        rest = rest.dropFirst(part.count)
        others += apart.submit(Array(part))
      }
      try #require(verdicts == others)
      try #require(together.state == apart.state)
      try #require(together.entries == apart.entries)
      try #require(together.known.vector == book.vector)
    }
  }
}
