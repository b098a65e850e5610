package import Bytes
import Formats
package import History
import Merge

/// One book on one machine: records local edits, receives other devices' changes, and merges them into entries.
///
/// It holds no state of its own beyond caches; everything stands in its storage, and a failed operation leaves the
/// storage for its transaction to roll back. Not for use from two places at once.
package struct Replica {
  package let storage: any ReplicaStorage
  package let cryptography: Cryptography
  /// The newest version; changes with every change recorded or received.
  package private(set) var tip: Tip
  /// Whether runs must be signed and devices certified: always, but for histories that come without keys.
  package let checksSignatures: Bool
  private var cachedGraph: EventGraph?
  private var unpacked = UnpackedRuns()
  /// Recorded and not sealed yet: storage has merged these, but neither their rows nor their runs.
  private var unsealed: [(change: Change, row: ChangeRow)] = []

  /// Opens the book that the storage holds; `noBook` when it holds none.
  ///
  /// - Parameter graph: the shape of its history as `loadedGraph` gave it, to be used if it is still that.
  package init(
    _ storage: any ReplicaStorage, _ cryptography: Cryptography, checksSignatures: Bool = true,
    graph: EventGraph? = nil
  ) throws(ReplicaError) {
    guard let tip = try reading({ () throws(StorageError) in try storage.tip() }) else { throw .noBook }
    self.init(storage, cryptography, tip, checksSignatures)
    if let graph, graph.count == tip.count, graph.version == version { cachedGraph = graph }
  }

  /// The shape of the history, where this value has loaded it and all of it is stored; to open the book with again.
  package consuming func loadedGraph() -> EventGraph? { unsealed.isEmpty ? cachedGraph : nil }

  /// Begins an empty copy of a book, to receive it.
  package init(
    receiving book: BookID, as device: DeviceID?, _ storage: any ReplicaStorage, _ cryptography: Cryptography,
    checksSignatures: Bool = true
  ) throws(ReplicaError) {
    if let tip = try reading({ () throws(StorageError) in try storage.tip() }) { throw .bookExists(tip.book) }
    let tip = Tip(book: book, device: device, count: 0, heads: [], own: nil)
    try reading { () throws(StorageError) in try storage.put(tip) }
    self.init(storage, cryptography, tip, checksSignatures)
  }

  private init(
    _ storage: any ReplicaStorage, _ cryptography: Cryptography, _ tip: Tip, _ checksSignatures: Bool
  ) {
    self.storage = storage
    self.cryptography = cryptography
    self.tip = tip
    self.checksSignatures = checksSignatures
  }

  package var book: BookID { tip.book }

  /// The newest version.
  package var version: Version { Version(sorting: tip.heads.map(\.id)) }

  /// The shape of the history; loaded when first asked for.
  package mutating func graph() throws(ReplicaError) -> EventGraph {
    if let cachedGraph { return cachedGraph }
    let storage = storage
    var graph = try reading { () throws(StorageError) in try storage.graph() }
    for (_, row) in unsealed { graph.append(next: row.ref.device, id: row.id, parents: row.parents) }
    cachedGraph = graph
    return graph
  }

  /// The whole of a change, operations included.
  package mutating func change(at index: ChangeIndex) throws(ReplicaError) -> Change {
    let storage = storage
    let graph = try graph()
    let ref = graph.ref(at: index)
    if let first = unsealed.first?.row.index, index >= first { return unsealed[index.int - first.int].change }
    if let change = unpacked.change(ref) { return change }
    guard let run = try reading({ () throws(StorageError) in try storage.run(holding: index) }) else {
      throw .storage(.damaged("no run holds change \(index.int)"))
    }
    let previous = run.first == 0 ? nil : graph.index(of: ChangeRef(device: run.device, seq: run.first - 1))
    do {
      unpacked.add(
        try RunCodec.unpack(
          run, book: book, previous: previous.map { graph.id(at: $0) },
          ids: { graph.index(of: $0).map { graph.id(at: $0) } }, hash: cryptography.hash))
    } catch { throw .format(error) }
    guard let change = unpacked.change(ref) else {
      throw .storage(.damaged("the run of change \(index.int) does not hold it"))
    }
    return change
  }

  // The rest of this type's parts change these together.

  /// The graph, to be grown and given back by `advance`: nobody else holds it, so growing does not copy it. After an
  /// error it is loaded again.
  mutating func takeGraph() throws(ReplicaError) -> EventGraph {
    let graph = try graph()
    cachedGraph = nil
    return graph
  }

  /// The same, where the graph is loaded already.
  mutating func takeLoadedGraph() -> EventGraph? {
    defer { cachedGraph = nil }
    return cachedGraph
  }

  mutating func advance(to tip: Tip, graph: EventGraph?) throws(ReplicaError) {
    let storage = storage
    try reading { () throws(StorageError) in try storage.put(tip) }
    self.tip = tip
    cachedGraph = graph
  }

  mutating func hold(_ change: Change, _ row: ChangeRow) { unsealed.append((change, row)) }

  /// Forgets changes that are stored now; recordings are sealed in the order in which they were made.
  mutating func release(_ rows: [ChangeRow]) {
    precondition(unsealed.prefix(rows.count).map(\.row) == rows, "sealed out of order")
    unsealed.removeFirst(rows.count)
  }

  /// Whether every recorded change has been sealed.
  var isSealed: Bool { unsealed.isEmpty }
}

/// The changes of the runs read last: neighbours are mostly asked for together, and those of people who wrote at the same
/// time by turns.
private struct UnpackedRuns {
  /// The most runs, and the most changes in them unless one run has more.
  private static let (runLimit, changeLimit) = (16, 4096)
  /// The one read last first.
  private var runs: [[Change]] = []

  func change(_ ref: ChangeRef) -> Change? {
    for changes in runs {
      if let first = changes.first?.ref, first.device == ref.device, ref.seq >= first.seq,
        ref.seq - first.seq < UInt64(changes.count)
      {
        return changes[Int(ref.seq - first.seq)]
      }
    }
    return nil
  }

  mutating func add(_ changes: [Change]) {
    runs.insert(changes, at: 0)
    while runs.count > 1, runs.count > Self.runLimit || runs.reduce(0, { $0 + $1.count }) > Self.changeLimit {
      runs.removeLast()
    }
  }
}

/// Runs a storage operation, and says whose error it is.
@discardableResult
func reading<T>(_ body: () throws(StorageError) -> T) throws(ReplicaError) -> T {
  do { return try body() } catch { throw .storage(error) }
}
