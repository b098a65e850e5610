import Bytes
import Formats
import History
import PropertyTesting
import Signing
import Testing

struct FileTests {
  @Test func `a change comes back from its file`() throws {
    try forAll(50) { random in
      let history = try RandomHistory(changes: 20, using: &random)
      for change in history.changes {
        let file = ChangeFile.encode(change, book: history.book)
        #expect(try FileKind.peek(file) == (.change, history.book))
        let (back, book) = try ChangeFile.decode(file, hash: Signing.hash)
        try #require(back == change && book == history.book)
      }
    }
  }

  @Test func `a diff brings a reader with the base to the whole history`() throws {
    try forAll(50) { random in
      let history = try RandomHistory(changes: 30, using: &random)
      let known = history.changes.prefix(1 + random.below(29))
      var base = VersionVector()
      for change in known { base[change.ref.device] = change.ref.seq + 1 }
      let diff = DiffFile(book: history.book, base: base, runs: try history.runs(after: known.count))
      let file = diff.encoded()
      #expect(try FileKind.peek(file) == (.diff, history.book))
      let back = try DiffFile(decoding: file)
      try #require(back == diff)
      try #require(try history.replay(back.runs, over: Array(known)) == history.changes)
    }
  }

  @Test func `a snapshot gives the history from nothing, however it is cut into chunks`() throws {
    try forAll(50) { random in
      let history = try RandomHistory(changes: 30, using: &random)
      var runs = try history.runs(after: 0)[...]
      var chunks: [SnapshotChunk] = []
      let epoch = random.bytes(SnapshotChunk.epochByteCount)
      while !runs.isEmpty {
        let count = 1 + random.below(runs.count)
        chunks.append(
          SnapshotChunk(epoch: epoch, first: chunks.last.map { $0.last + 1 } ?? 1, runs: Array(runs.prefix(count))))
        runs = runs.dropFirst(count)
      }
      let snapshot = SnapshotFile(book: history.book, chunks: chunks)
      let back = try SnapshotFile(decoding: snapshot.encoded())
      try #require(back == snapshot)
      try #require(try history.replay(back.chunks.flatMap(\.runs), over: []) == history.changes)
    }
  }

  @Test func `a file with one byte changed, or cut short, is refused`() throws {
    let fixture = try Fixture()
    let run = try fixture.run(fixture.annes[..<2].map { $0 }, by: fixture.anne)
    let chunk = SnapshotChunk(epoch: [UInt8](repeating: 3, count: 16), first: 1, runs: [run])
    let file = SnapshotFile(book: fixture.book, chunks: [chunk]).encoded()
    for place in file.indices {
      for bit in 0..<8 {
        var spoiled = file
        spoiled[place] ^= 1 << UInt8(bit)
        // A kind made ignorable is skipped by rule; the end's count, and the order of sections, still tell.
        #expect(throws: FormatError.self, "byte \(place), bit \(bit)") {
          let read = try SnapshotFile(decoding: spoiled)
          if read.chunks.first?.runs != [run] { throw FormatError.notARun }
        }
      }
      #expect(throws: FormatError.self) { try SnapshotFile(decoding: Array(file[..<place])) }
    }
  }
}

extension RandomHistory {
  /// The changes from one on, as runs in an order in which they can be taken in.
  func runs(after count: Int) throws -> [PackedRun] {
    var runs: [PackedRun] = []
    var open: [Change] = []
    for change in changes[count...] {
      if let last = open.last, last.ref.device != change.ref.device {
        runs.append(try RunCodec.pack(open, signature: nil, refs: ref(of:)))
        open = []
      }
      open.append(change)
    }
    if !open.isEmpty { runs.append(try RunCodec.pack(open, signature: nil, refs: ref(of:))) }
    return runs
  }

  /// What a reader has after it took the runs in.
  func replay(_ runs: [PackedRun], over known: [Change]) throws -> [Change] {
    var here = known
    for run in runs {
      let previous = here.last { $0.ref.device == run.device }
      here += try RunCodec.unpack(
        run, book: book, previous: previous?.id, ids: { ref in here.first { $0.ref == ref }?.id }, hash: Signing.hash)
    }
    return here
  }
}
