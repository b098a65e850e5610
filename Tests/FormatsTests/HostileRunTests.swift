import Bytes
import Deflate
import Formats
import History
import PropertyTesting
import Signing
import Testing

/// Runs that somebody spoiled, by accident or on purpose.
struct HostileRunTests {
  @Test func `a run with one byte changed is refused, or its signature does not fit`() throws {
    let fixture = try Fixture()
    for (changes, writer, previous) in [
      (fixture.bens, fixture.ben, nil), (Array(fixture.annes[..<2]), fixture.anne, nil),
      ([fixture.annes[2]], fixture.anne, fixture.annes[1].id),
    ] as [([Change], Fixture.Writer, ChangeID?)] {
      let run = try fixture.run(changes, by: writer)
      let whole = bytes { $0.put(run) }
      for place in whole.indices {
        for flip in [0x01, 0x80, 0xff] as [UInt8] {
          var spoiled = whole
          spoiled[place] ^= flip
          guard let read = Self.read(spoiled, fixture, previous) else { continue }
          let last = try #require(read.changes.last)
          let fits = read.run.signature.map {
            Signing.verify(
              $0, of: ChainSignature.message(book: fixture.book, ref: last.ref, id: last.id), by: writer.key.publicKey)
          }
          #expect(fits != true, "byte \(place) ^ \(flip)")
        }
      }
    }
  }

  @Test func `a run cut short anywhere is refused`() throws {
    let fixture = try Fixture()
    let whole = bytes { writer in
      if let run = try? fixture.run(fixture.bens, by: fixture.ben) { writer.put(run) }
    }
    #expect(whole.count > 200)
    for count in whole.indices { #expect(Self.read(Array(whole[..<count]), fixture, nil) == nil) }
  }

  @Test func `a byte changed inside rows or columns is refused, or other changes come out`() throws {
    let fixture = try Fixture()
    var counts = (refused: 0, other: 0)
    for run in [try fixture.run(fixture.bens, by: fixture.ben), try Self.columned(fixture)] {
      let previous = run.first == 0 ? nil : fixture.bens.last?.id
      let genuine = try #require(Self.unpack(run, fixture, previous))
      for (index, section) in run.sections.enumerated() {
        let raw = section.isDeflated ? try Deflate.unpack(section.packed, rawCount: section.rawCount) : section.packed
        for place in raw.indices {
          var spoiled = raw
          spoiled[place] ^= [0x01, 0x40, 0x80][place % 3]
          var sections = run.sections
          sections[index] = PackedSection(
            kind: section.kind, rawCount: raw.count, isDeflated: false, packed: spoiled)
          let read = Self.unpack(
            PackedRun(
              device: run.device, first: run.first, count: run.count, signature: nil, sections: sections),
            fixture, previous)
          if let read {
            #expect(read.map(\.id) != genuine.map(\.id), "section \(index), byte \(place)")
            counts.other += 1
          } else {
            counts.refused += 1
          }
        }
      }
    }
    print("bytes changed under a right checksum: \(counts.refused) refused, \(counts.other) gave other ids")
    #expect(counts.refused > 100 && counts.other > 100)
  }

  @Test func `a thousand sections of random bytes are refused or read, and never trap`() throws {
    let fixture = try Fixture()
    try forAll(1_000) { random in
      var raw = random.bytes(random.below(200) + 1)
      if random.oneIn(2) { for place in raw.indices { raw[place] &= 0x07 } }
      let kind: UInt8 = random.oneIn(2) ? 1 : 2
      let section = PackedSection(kind: kind, rawCount: raw.count, isDeflated: false, packed: raw)
      _ = Self.unpack(
        PackedRun(
          device: fixture.ben.device, first: 0, count: 1 + random.below(5), signature: nil, sections: [section]),
        fixture, nil)
    }
  }

  @Test(arguments: [6, 11, 18, 19, 20] as [UInt8])
  func `sixty megabytes of zeros in a column are refused in bounded time and memory`(column: UInt8) throws {
    let fixture = try Fixture()
    let head = columns([0: [0], 1: [0], 2: varint(1 << 20)])
    let bomb = [column] + prefixed([UInt8](repeating: 0, count: 1 << 20 - 4))
    func packed(_ raw: [UInt8]) -> PackedSection {
      PackedSection(kind: 2, rawCount: raw.count, isDeflated: true, packed: Deflate.pack(raw, level: 9))
    }
    let run = PackedRun(
      device: fixture.ben.device, first: 0, count: 1, signature: nil,
      sections: [packed(head)] + [PackedSection](repeating: packed(bomb), count: 60))
    #expect(run.sections.reduce(0) { $0 + $1.packed.count } < 100_000)
    let clock = ContinuousClock()
    let took = clock.measure { #expect(Self.unpack(run, fixture, nil) == nil) }
    #expect(took < .seconds(20))
  }

  @Test func `a run that is not one is not packed`() throws {
    let fixture = try Fixture()
    let (anne, ben) = (fixture.annes, fixture.bens)
    func pack(_ changes: [Change]) throws(FormatError) -> PackedRun {
      try RunCodec.pack(changes, signature: nil, refs: fixture.ref(of:))
    }
    for changes in [[], [anne[0], anne[2]], [anne[1], anne[0]], [anne[0], ben[1]], [ben[0], ben[0]]] {
      #expect(throws: FormatError.notARun) { try pack(changes) }
    }
    #expect(throws: FormatError.notARun) { try RunCodec.pack([anne[2]], signature: nil, refs: { _ in nil }) }
  }

  @Test func `operations that no reader would take are not packed`() throws {
    let fixture = try Fixture()
    let before = try #require(fixture.bens.last)
    let values = [RegisterValue](repeating: .absent, count: ChangeLimits.values + 1)
    let change = try Change(
      .init(
        book: fixture.book, ref: ChangeRef(device: before.ref.device, seq: before.ref.seq + 1), previous: before.id,
        parents: [before.id], time: 0),
      operations: [.set(fixture.note, .path, values)], hash: Signing.hash)
    #expect {
      try RunCodec.pack([change], signature: nil, refs: fixture.ref(of:))
    } throws: { error in
      (error as? FormatError)?.name == "tooLong"
    }
  }

  // MARK: Reading

  private static func read(
    _ bytes: [UInt8], _ fixture: Fixture, _ previous: ChangeID?
  ) -> (run: PackedRun, changes: [Change])? {
    var reader = ByteReader(bytes)
    guard let run = try? reader.run(), reader.isAtEnd, let changes = unpack(run, fixture, previous) else { return nil }
    return (run, changes)
  }

  private static func unpack(_ run: PackedRun, _ fixture: Fixture, _ previous: ChangeID?) -> [Change]? {
    try? RunCodec.unpack(
      run, book: fixture.book, previous: previous,
      ids: { ref in fixture.all.first { $0.ref == ref && ref.device != run.device }?.id }, hash: Signing.hash)
  }

  /// A run of columns that go on from Ben's last change.
  private static func columned(_ fixture: Fixture) throws -> PackedRun {
    var changes = fixture.bens
    for number in 0..<40 {
      guard let last = changes.last else { continue }
      let edits = (0..<3).map {
        TextEdit(position: 40 * number + $0, deleted: $0, inserted: ExactText("word \(number) of \($0) "))
      }
      changes.append(
        try Change(
          .init(
            book: fixture.book, ref: ChangeRef(device: last.ref.device, seq: last.ref.seq + 1), previous: last.id,
            parents: [last.id, fixture.annes[1].id].sorted(), time: Int64(number),
            message: number % 5 == 0 ? "five" : ""),
          operations: [
            .edit(fixture.note, edits), .set(fixture.note, RegisterKey(.value, "status"), [RegisterValue("open")]),
            .add(fixture.note, field: "topics", SetElement("trade", ordinal: 2), at: .middle),
          ], hash: Signing.hash))
    }
    return try RunCodec.pack(Array(changes[3...]), signature: nil, refs: fixture.ref(of:))
  }
}
