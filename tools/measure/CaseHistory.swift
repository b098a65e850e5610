import Bytes
import Formats
import History
import Replica
import Signing

/// A book with one note, and the changes that agents made to its body: without keys, as histories of others come.
struct CaseHistory {
  let book: BookID
  /// The note whose body they edit.
  let entry: EntryID
  /// In an order where parents come first; the first one founds the book and creates the note.
  private(set) var changes: [Change]
  private(set) var graph = EventGraph()
  private var last: [DeviceID: ChangeID] = [:]

  init() throws {
    let ref = ChangeRef(device: DeviceID(number: 0), seq: 0)
    var draft = ChangeDraft(ref: ref)
    draft.append(.found(nonce: Array(repeating: 0, count: Operation.nonceCount)))
    entry = draft.create(kind: "note")
    let fields = ChangeHeader.Fields(book: .zero, ref: ref, previous: nil, parents: [], time: 0)
    let root = try Change(fields, operations: draft.operations, hash: Signing.hash)
    book = BookID(root: root.id)
    changes = [root]
    last[ref.device] = root.id
    try graph.add(root.header, id: root.id)
  }

  /// Adds a change made on the changes of these numbers (none: on the empty note), and gives its number.
  ///
  /// Agents are devices, and compared by their numbers, from 0; nil is nobody, whose device comes before all.
  mutating func add(agent: Int?, parents: [Int], edits: [TextEdit]) throws -> Int {
    let device = DeviceID(number: agent.map { UInt64($0) + 1 } ?? 0)
    let indices = parents.isEmpty ? [ChangeIndex(0)] : graph.reduced(parents.map { ChangeIndex($0) })
    let fields = ChangeHeader.Fields(
      book: book, ref: ChangeRef(device: device, seq: graph.count(of: device)), previous: last[device],
      parents: indices.map { graph.id(at: $0) }.sorted(), time: 0)
    let change = try Change(
      fields, operations: edits.isEmpty ? [] : [.edit(entry, edits)], hash: Signing.hash)
    last[device] = change.id
    changes.append(change)
    return try graph.add(change.header, id: change.id).int
  }

  /// The runs of consecutive changes of one device in an order of the changes, each through its bytes.
  ///
  /// `isCut` says whether a run ends behind a change that the next could follow in it.
  func runs(_ order: [Int], isCut: () -> Bool) throws -> [PackedRun] {
    var runs: [PackedRun] = []
    var start = 0
    for end in 1...order.count {
      let follows = end < order.count && changes[order[end]].ref.device == changes[order[start]].ref.device
      if follows && !isCut() { continue }
      var rest = order[start..<end].map { changes[$0] }[...]
      while !rest.isEmpty {
        let count = RunCodec.fitting(rest)
        runs.append(try packed(Array(rest.prefix(count))))
        rest = rest.dropFirst(count)
      }
      start = end
    }
    return runs
  }

  private func packed(_ changes: [Change]) throws -> PackedRun {
    let run = try RunCodec.pack(
      changes, signature: nil, refs: { graph.index(of: $0).map { graph.ref(at: $0) } })
    var writer = ByteWriter()
    writer.put(run)
    var reader = ByteReader(writer.bytes)
    let read = try reader.run()
    try reader.finish()
    return read
  }

  /// An empty copy of the book.
  func replica() throws -> Replica {
    try Replica(receiving: book, as: nil, MemoryStorage(), Signing.cryptography, checksSignatures: false)
  }
}
