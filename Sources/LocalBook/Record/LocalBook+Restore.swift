import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// Brings back a version, or one file as it was in it: new changes, which everybody gets as any other.
  ///
  /// What is there and was not then is deleted, unless one file is named, beside the version or as `FILE@VERSION`. Nothing
  /// is recorded where all is so already.
  package func restore(_ named: String, file: String?) throws(BookError) -> RestoreReport {
    var saved = try record()
    if let secret = try privateSide(meantBy: file ?? named) { return try secret.restore(named, file: file) }
    let (restored, deeds, settled) = try transaction { workbench throws(BookError) in
      let parts = VersionedFile(named)
      if let one = parts.file, let other = file, one != other { throw .twoFiles(one, other) }
      let version = try workbench.version(named: parts.version ?? named)
      let entries = try workbench.entries(toRestore: version, file: file ?? parts.file)
      let conflicts = try workbench.conflictKeys()
      let deeds = try workbench.restore(entries, at: version, time: environment.seconds)
      return (
        workbench.names.short(version), deeds,
        try workbench.settledHere(since: conflicts, try workbench.index().places)
      )
    }
    try writeOut(&saved)
    saved.version = try versionName()
    return RestoreReport(saved: saved, restored: restored, files: try files(of: deeds), settled: settled)
  }

  /// What became of files, once they are written: under the names that they stand under.
  func files(of deeds: [Deed]) throws(BookError) -> [SaveReport.FileChange] {
    let places = try transaction { workbench throws(BookError) in try workbench.index().places }
    return deeds.standing(at: places).files
  }
}

extension Workbench {
  /// Bytes of files after which the next change begins: its canonical bytes are at most 8 MiB.
  private static let changeBytes = 4 << 20

  /// The entries that differ between a version and the newest one; or that of one file, which the version must have.
  fileprivate mutating func entries(toRestore version: Version, file: String?) throws(BookError) -> [EntryID] {
    guard let file else {
      let newest = replica.version
      return try compare(version, newest).entries.map(\.id)
    }
    let (id, path) = try self.file(named: file, at: version)
    let state = try replicated { replica throws(ReplicaError) in try replica.entry(id, at: version) }
    guard state?.isAlive ?? false else {
      throw .notInVersion(file: path.string, version: names.short(version), isDeleted: state != nil)
    }
    return [id]
  }

  /// Returns what became of each file.
  fileprivate mutating func restore(
    _ entries: [EntryID], at version: Version, time: Int64
  ) throws(BookError) -> [Deed] {
    var (recorder, bytes) = (EntryRecorder(try draft()), 0)
    var touched: [(id: EntryID, state: EntryState)] = []
    var deeds: [Deed] = []
    let all = Set(entries)
    for id in entries {
      guard let now = try entry(id) else { continue }
      let then = try replicated { replica throws(ReplicaError) in try replica.entry(id, at: version) }
      let count = recorder.recorded.operations.count
      bytes += try restore(now, as: then, at: version, beside: all, into: &recorder)
      if recorder.recorded.operations.count > count { touched.append((id, now)) }
      if bytes > Self.changeBytes {
        try close(recorder, touched, at: version, time, &deeds)
        (recorder, bytes, touched) = (EntryRecorder(try draft()), 0, [])
      }
    }
    try close(recorder, touched, at: version, time, &deeds)
    return deeds
  }

  /// Records what turns an entry into what it was; returns the size of its file.
  private mutating func restore(
    _ now: EntryState, as then: EntryState?, at version: Version, beside others: Set<EntryID>,
    into recorder: inout EntryRecorder
  ) throws(BookError) -> Int {
    guard let then, then.isAlive else {
      if now.isAlive { recorder.delete(now.id) }
      return 0
    }
    if !now.isAlive { recorder.keep(now.id) }
    let (old, new) = (EntryView.path(of: then), EntryView.path(of: now))
    let isTaken = now.isAlive ? false : try isTaken(old, beside: others)
    if old != new || isTaken { recorder.rename(now.id, to: old) }
    let wanted = try rendered(then)
    guard try rendered(now) != wanted else { return 0 }
    do {
      recorder.context = try facts(of: now).display
      try recorder.edit(try EntryFile.parse(wanted), of: now)
    } catch let error as UnreadableFile {
      throw .notBroughtBack(file: old.string, .unreadable(error.reason), version: names.short(version))
    } catch let error as RecorderError {
      throw .notBroughtBack(file: old.string, .unrecordable(error), version: names.short(version))
    } catch let error as BookError { throw error } catch { throw .brokenBook(what: "\(old): \(error)") }
    return wanted.count
  }

  /// Whether a file other than those that are brought back has the name by now: it keeps it, so a file that comes back
  /// says anew that it belongs there, and stands behind that one.
  private func isTaken(_ path: ExactText, beside entries: Set<EntryID>) throws(BookError) -> Bool {
    let owner = try stored { storage throws(StorageError) in try storage.entry(at: path) }
    return owner.map { !entries.contains($0) } ?? false
  }

  private mutating func close(
    _ recorder: EntryRecorder, _ touched: [(id: EntryID, state: EntryState)], at version: Version, _ time: Int64,
    _ deeds: inout [Deed]
  ) throws(BookError) {
    guard !touched.isEmpty else { return }
    let before = replica.version
    for (id, state) in touched {
      try stored { storage throws(StorageError) in
        try storage.keepShown(id, ShownEntry(version: before, state: state.isAlive ? state : nil))
      }
    }
    var recording = Recording()
    let draft = recorder.recorded
    let change = try replicated { replica throws(ReplicaError) in
      try replica.record(draft, time: time, origin: .restore(version.heads), into: &recording)
    }
    try seal(recording)
    let index = try replicated { replica throws(ReplicaError) in try replica.graph().index(of: change.ref) }
    guard let index, let row = try stored({ storage throws(StorageError) in try storage.row(at: index) }) else {
      return
    }
    for deed in try self.deeds(of: row) { deeds.add(deed) }
  }
}
