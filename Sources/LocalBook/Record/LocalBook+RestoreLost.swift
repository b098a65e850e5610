import BookFolder
import Bytes
import Glibc
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// Gives back what was lost and not recorded: files that are gone or suddenly empty, from the history; and keeps, for
  /// everybody, those that stand here and whose deletion by colleagues waits to be accepted.
  package func restoreLost() throws(BookError) -> RestoreReport {
    var given: [SaveReport.FileChange] = []
    for side in [self, try privateSide()].compactMap({ $0 }) {
      let (plan, files) = try side.transaction { workbench throws(BookError) in
        try workbench.planLost(folder, environment)
      }
      if !plan.writes.isEmpty { try side.giveBack(plan) }
      given += files
    }
    var saved = try record()
    let kept = try transaction { workbench throws(BookError) in
      try workbench.keep(try workbench.heldDeletions(), time: environment.seconds)
    }
    try writeOut(&saved)
    saved.version = try versionName()
    return RestoreReport(
      saved: saved, restored: nil, files: (given + kept).sorted { ExactText($0.path) < ExactText($1.path) })
  }

  /// Throws where a file could not be given back: what is still gone must not be recorded as deleted.
  private func giveBack(_ plan: WritePlan) throws(BookError) {
    do {
      var writer = try FolderWriter(folder)
      let outcome = try writer.write(plan, journal: JournalledAlready())
      for (write, file) in zip(plan.writes, outcome.files) {
        switch file.state {
        // Somebody has put something there meanwhile; it is looked at next.
        case .written, .changed(.some): break
        case .changed(nil): throw BookError.file(doing: "write", path: write.path.string, errno: ENOENT)
        case .obstructed: throw BookError.file(doing: "write", path: write.path.string, errno: EEXIST)
        case .failed(let error): throw BookError.file(doing: error.call, path: write.path.string, errno: error.code)
        }
      }
      try writer.discard(plan)
    } catch let error as BookError { throw error } catch let error as FolderWriteFailure {
      throw BookError(error)
    } catch {
      throw .file(doing: "write", path: root, errno: EIO)
    }
  }
}

extension Workbench {
  /// What gives back the files that are gone or empty since the last look, and what that does to each.
  fileprivate mutating func planLost(
    _ folder: FolderRoot, _ environment: Environment
  ) throws(BookError) -> (WritePlan, [SaveReport.FileChange]) {
    let index = try index()
    let scan: FolderScan
    do throws(SystemFailure) { scan = try FolderScan(folder, book.side, index: index, now: environment.now()) } catch {
      throw .file(doing: error.call, path: book.root, errno: error.code)
    }
    var recorder = FolderRecorder(scan, since: index, self)
    try recorder.findMoves()
    try recorder.findRenames()
    var writes: [PlannedWrite] = []
    var files: [SaveReport.FileChange] = []
    for path in (recorder.gone + scan.emptied).sorted() {
      guard let entry = index.owner(of: path), let state = try shown(at: path, of: entry, index).state else { continue }
      let after = Self.rendered(state, in: index.context(of: path))
      let before: [UInt8]?
      do { before = try folder.read(path.bytes)?.bytes } catch {
        throw .file(doing: error.call, path: path.string, errno: error.code)
      }
      // Nothing but what a power failure leaves is written over.
      guard before?.allSatisfy({ $0 == 0 }) ?? true else { continue }
      writes.append(PlannedWrite(path: path, before: before, after: after))
      files.append(
        SaveReport.FileChange(.broughtBack, path: path.string, kind: EntryView.kind(of: state).string))
    }
    return (WritePlan(id: try nextPlan(environment.now()), writes: writes), files)
  }

  /// Records that entries stay which colleagues deleted: one change for each version that their files show.
  fileprivate mutating func keep(
    _ held: [HeldDeletion], time: Int64
  ) throws(BookError) -> [SaveReport.FileChange] {
    var byVersion: [Version: [HeldDeletion]] = [:]
    for one in held { byVersion[try shown(one.entry).version, default: []].append(one) }
    var files: [SaveReport.FileChange] = []
    for version in byVersion.keys.sorted(by: { $0.heads.lexicographicallyPrecedes($1.heads) }) {
      var recorder = EntryRecorder(try draft())
      for one in byVersion[version] ?? [] {
        recorder.keep(one.entry)
        guard let state = try entry(one.entry) else { continue }
        files.append(
          SaveReport.FileChange(.broughtBack, path: one.path.string, kind: EntryView.kind(of: state).string))
      }
      var recording = Recording()
      let draft = recorder.recorded
      try replicated { replica throws(ReplicaError) in
        _ = try replica.record(draft, time: time, origin: .restore(version.heads), into: &recording)
      }
      try seal(recording)
    }
    return files
  }
}
