import Bytes
import Formats
import History
import Merge
import Replica
import Signing

/// A book's history, and laptops of our own that write on at the end of it.
struct GrownHistory {
  private let book: BookID
  private var runs: [PackedRun]
  private(set) var count: Int
  private var heads: [Head]
  private var time: Int64
  private var writers: [Writer]
  private let notes: [Note]
  private var random = SeededRandom(seed: 2021)

  /// Changes of one person from one sync to the next.
  private static let burst = 4
  /// Seconds from one change to the next: 1,000,000 changes take a year and four months.
  private static let pause: Int64 = 40

  private struct Head {
    let id: ChangeID
    let ref: ChangeRef
  }

  private struct Writer {
    let key = DeviceKey()
    let device: DeviceID
    let introduction: Introduction
    var last: Head?

    init?(number: Int) {
      guard let incarnation = Incarnation(Array(repeating: 0, count: Incarnation.byteCount)) else { return nil }
      let certified = Introduction.Key(publicKey: key.publicKey, incarnation: incarnation)
      introduction = Introduction(key: certified, name: ExactText("Person \(number)"))
      device = DeviceID(key: key.publicKey, incarnation: incarnation, hash: Signing.hash)
    }
  }

  /// An entry with words in its body: where each begins, and how many letters it has, which an edit does not change.
  private struct Note {
    let id: EntryID
    let words: [(position: Int, length: Int)]
  }

  init(_ snapshot: SnapshotFile, writers count: Int) throws {
    let runs = snapshot.chunks.flatMap(\.runs)
    let storage = MemoryStorage()
    var replica = try Replica(receiving: snapshot.book, as: nil, storage, Signing.cryptography)
    try replica.receive(runs)
    let graph = try replica.graph()
    book = snapshot.book
    self.runs = runs
    self.count = graph.count
    heads = graph.heads.map { Head(id: graph.id(at: $0), ref: graph.ref(at: $0)) }
    time = graph.heads.compactMap { storage.row(at: $0)?.time }.max() ?? 0
    writers = (1...count).compactMap { Writer(number: $0) }
    notes = storage.entries().compactMap { id in
      guard let text = storage.entry(id).map({ EntryView($0).body.string }) else { return nil }
      let words = Self.words(of: text)
      return words.isEmpty ? nil : Note(id: id, words: words)
    }
    guard notes.count > 1 else { throw InputError.tooFewNotes }
  }

  var runCount: Int { runs.count }

  var snapshot: SnapshotFile {
    let epoch = [UInt8](repeating: 0, count: SnapshotChunk.epochByteCount)
    let starts = stride(from: 0, to: runs.count, by: FormatLimits.runs)
    return SnapshotFile(
      book: book,
      chunks: starts.map { start in
        SnapshotChunk(
          epoch: epoch, first: UInt64(start) + 1, runs: Array(runs[start..<min(runs.count, start + FormatLimits.runs)]))
      })
  }

  /// Adds changes until there are so many: two bursts side by side, again and again.
  mutating func grow(to wanted: Int) throws {
    var turn = 0
    while count < wanted {
      let base = heads
      var ends: [Head] = []
      // Who writes beside another takes notes of the other parity, so that a note's length stays what it was.
      for side in 0..<min(2, writers.count) where count < wanted {
        let length = min(Self.burst, wanted - count)
        ends.append(try write(length, by: (turn + side) % writers.count, on: base, parity: side))
      }
      turn += ends.count
      heads = ends
    }
  }

  private mutating func write(_ length: Int, by number: Int, on base: [Head], parity: Int) throws -> Head {
    var parents = base
    var changes: [Change] = []
    for _ in 0..<length {
      let last = writers[number].last
      time += Self.pause
      let ref = ChangeRef(device: writers[number].device, seq: last.map { $0.ref.seq + 1 } ?? 0)
      var operations: [Operation] = last == nil ? [.introduce(writers[number].introduction)] : []
      operations.append(edit(parity: parity))
      let fields = ChangeHeader.Fields(
        book: book, ref: ref, previous: last?.id, parents: parents.map(\.id).sorted(), time: time)
      let change = try Change(fields, operations: operations, hash: Signing.hash)
      let head = Head(id: change.id, ref: ref)
      writers[number].last = head
      parents = [head]
      changes.append(change)
    }
    let message = ChainSignature.message(book: book, ref: parents[0].ref, id: parents[0].id)
    let refs = Dictionary(uniqueKeysWithValues: base.map { ($0.id, $0.ref) })
    runs.append(
      try RunCodec.pack(changes, signature: writers[number].key.sign(message), refs: { refs[$0] }))
    count += length
    return parents[0]
  }

  private mutating func edit(parity: Int) -> Operation {
    let half = (notes.count - parity + 1) / 2
    let note = notes[2 * Int.random(in: 0..<half, using: &random) + parity]
    let word = note.words[Int.random(in: note.words.indices, using: &random)]
    let letters = (0..<word.length).map { _ in UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "z"), using: &random) }
    let new = ExactText(String(decoding: letters, as: UTF8.self))
    return .edit(note.id, [TextEdit(position: word.position, deleted: word.length, inserted: new)])
  }

  private static func words(of text: String) -> [(position: Int, length: Int)] {
    var words: [(position: Int, length: Int)] = []
    var start: Int?
    for (position, scalar) in (text + "\n").unicodeScalars.enumerated() {
      let isLetter = ("a"..."z").contains(scalar)
      if !isLetter, let begin = start, position - begin >= 5 { words.append((begin, position - begin)) }
      if !isLetter { start = nil } else if start == nil { start = position }
    }
    return words
  }
}
