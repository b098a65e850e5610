import BookFolder
import Bytes
import Formats
import History
import Replica
import ReplicaStore

extension LocalBook {
  /// Writes the whole book into a new file: with its history, or as it is now without it.
  package func export(to path: String, light: Bool = false) throws(BookError) -> FileReport {
    let saved = try save()
    if light { return try exportLight(to: path, saved) }
    let file = try NamedFile(path, environment)
    let (book, runs, version) = try transaction { workbench throws(BookError) in
      let runs = try workbench.stored { storage throws(StorageError) in try storage.runs(beyond: VersionVector()) }
      return (workbench.replica.book, runs, workbench.names.short(workbench.replica.version))
    }
    let epoch = [UInt8](repeating: 0, count: SnapshotChunk.epochByteCount)
    var chunks: [SnapshotChunk] = []
    for start in stride(from: 0, to: runs.count, by: FormatLimits.runs) {
      let some = Array(runs[start...].prefix(FormatLimits.runs))
      chunks.append(SnapshotChunk(epoch: epoch, first: UInt64(start) + 1, runs: some))
    }
    let bytes = SnapshotFile(book: book, chunks: chunks).encoded()
    try file.write(bytes)
    return FileReport(
      path: path, kind: .snapshot, version: version, changes: runs.reduce(0) { $0 + $1.count }, bytes: bytes.count,
      saved: saved)
  }

  /// Writes what a version lacks into a new file; all there is where none is named. Nothing is written where it lacks
  /// nothing.
  package func createBundle(at path: String, since name: String?) throws(BookError) -> FileReport {
    let saved = try save()
    let file = try NamedFile(path, environment)
    let (bundle, version) = try transaction { workbench throws(BookError) in
      (try workbench.bundle(since: name), workbench.names.short(workbench.replica.version))
    }
    var report = FileReport(path: path, kind: .bundle, version: version, changes: 0, bytes: 0, saved: saved)
    guard !bundle.runs.isEmpty else { return report }
    let bytes = bundle.encoded()
    try file.write(bytes)
    report.changes = bundle.runs.reduce(0) { $0 + $1.count }
    report.bytes = bytes.count
    return report
  }

  /// Takes in what a bundle or a snapshot of this book holds, merges it, and brings the folder to the newest version.
  /// What is here already is passed over.
  package func apply(_ path: String, acceptDeletions: Bool = false) throws(BookError) -> SyncSummary {
    let file = try BookFile(try NamedFile(path, environment))
    var saved = try save(acceptDeletions: acceptDeletions)
    let before = try transaction { workbench throws(BookError) in
      guard file.book == workbench.replica.book else { throw .fileOfAnotherBook(path: path) }
      return try workbench.standingBefore()
    }
    var arrived = Arrived()
    try transaction { workbench throws(BookError) in
      do throws(BookError) { arrived.add(try workbench.take(file.runs)) } catch { throw error.ofFile(path) }
      try workbench.note(fromFile: arrived.changes)
    }
    try writeOut(&saved)
    saved.version = try versionName()
    saved.neededLevel = try neededLevel()
    let exchange = Exchange(
      outcome: .applied(changesInFile: file.runs.reduce(0) { $0 + $1.count }), arrived: arrived.changes,
      before: arrived.before)
    return try transaction { workbench throws(BookError) in try workbench.summary(saved, before, exchange) }
  }

  /// Makes a book in a new folder from a snapshot, or from a bundle that holds all of it, as a device of its own; from a
  /// light snapshot, which has no history, the files alone.
  package static func restore(
    from path: String, at folder: String, name: String?, _ environment: Environment
  ) throws(BookError) -> Restored {
    let named = try NamedFile(path, environment)
    if let light = try LightCopy(named, environment) { return .files(try light.write(into: folder)) }
    let file = try BookFile(named)
    let (book, madeRoot) = try prepare(folder, name, environment, command: "valise restore-from") {
      storage, book throws(BookError) in
      do throws(ReplicaError) {
        _ = try Replica(receiving: file.book, as: book.device.id, storage, book.cryptography)
      } catch { throw BookError(error) }
      var workbench = try Workbench(storage, book)
      do throws(BookError) { _ = try workbench.take(file.runs) } catch { throw error.ofFile(path) }
    }
    return .book(try book.settleIn(madeRoot: madeRoot, nil))
  }
}

extension Workbench {
  /// The runs that hold what a version lacks, over the changes before them.
  fileprivate mutating func bundle(since name: String?) throws(BookError) -> DiffFile {
    let known = try name.map { name throws(BookError) in try vector(of: try version(named: name)) } ?? VersionVector()
    let runs = try stored { storage throws(StorageError) in try storage.runs(beyond: known) }
    // Runs stay as they were signed, so one may begin before the version ends.
    var base = known
    for run in runs.reversed() where run.first < base[run.device] { base[run.device] = run.first }
    let counts = base.counts.filter { $0.count > 0 }
    guard let base = VersionVector(counts) else { throw .storage(.damaged("devices out of order")) }
    return DiffFile(book: replica.book, base: base, runs: runs)
  }

  /// How many changes of each device a version holds.
  private mutating func vector(of version: Version) throws(BookError) -> VersionVector {
    try replicated { replica throws(ReplicaError) in
      let (graph, heads) = (try replica.graph(), try replica.indices(of: version))
      var past = PastCursor()
      past.move(to: heads, in: graph)
      var vector = VersionVector()
      for index in graph.indices.map({ ChangeIndex($0) }) where past.contains(index) {
        let ref = graph.ref(at: index)
        vector[ref.device] = max(vector[ref.device], ref.seq + 1)
      }
      return vector
    }
  }
}

/// A book, or a part of one, out of a file.
private struct BookFile {
  let book: BookID
  let runs: [PackedRun]

  /// Checks all but what the runs hold, which taking them in does.
  init(_ file: NamedFile) throws(BookError) {
    let bytes = try file.read()
    do throws(FormatError) {
      switch try FileKind.peek(bytes) {
      case (.diff, let book):
        self.book = book
        runs = try DiffFile(decoding: bytes).runs
      case (.snapshot, let book):
        self.book = book
        runs = try SnapshotFile(decoding: bytes).chunks.flatMap(\.runs)
      // A light snapshot has nothing that a history could take in.
      case (.light, _): throw .otherKind(FileKind.light.rawValue)
      case (.change, _): throw .otherKind(FileKind.change.rawValue)
      }
    } catch { throw .badFile(path: file.path, error) }
  }
}

extension BookError {
  /// What was wrong with runs is said of the file that they came from.
  fileprivate func ofFile(_ path: String) -> BookError {
    switch self {
    case .replica(.format(.unknownParent)), .replica(.history(.gap)), .replica(.history(.unknownParent)),
      .replica(.uncertified):
      .fileLacksChanges(path: path)
    case .replica(.format(let error)): .badFile(path: path, error)
    default: self
    }
  }
}
