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
    var report = try transaction { workbench throws(BookError) in
      let parts = VersionedFile(named)
      if let one = parts.file, let other = file { throw .twoFiles(one, other) }
      let version = try workbench.version(named: parts.version ?? named)
      let entries = try workbench.entries(toRestore: version, file: file ?? parts.file)
      let conflicts = try workbench.conflictKeys()
      let files = try workbench.restore(entries, at: version, time: environment.seconds)
      return RestoreReport(
        saved: saved, restored: workbench.names.short(version), files: files,
        settled: try workbench.settledHere(since: conflicts, try workbench.index().places))
    }
    try writeOut(&saved)
    saved.version = try versionName()
    report.saved = saved
    return report
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
    guard state?.isAlive ?? false else { throw .notInVersion(file: path.string, version: names.short(version)) }
    return [id]
  }

  /// Returns what became of each file.
  fileprivate mutating func restore(
    _ entries: [EntryID], at version: Version, time: Int64
  ) throws(BookError) -> [SaveReport.FileChange] {
    var (recorder, bytes) = (EntryRecorder(try draft()), 0)
    var touched: [(id: EntryID, state: EntryState)] = []
    var deeds: [Deed] = []
    for id in entries {
      guard let now = try entry(id) else { continue }
      let then = try replicated { replica throws(ReplicaError) in try replica.entry(id, at: version) }
      let count = recorder.recorded.operations.count
      bytes += try restore(now, as: then, into: &recorder)
      if recorder.recorded.operations.count > count { touched.append((id, now)) }
      if bytes > Self.changeBytes {
        try close(recorder, touched, at: version, time, &deeds)
        (recorder, bytes, touched) = (EntryRecorder(try draft()), 0, [])
      }
    }
    try close(recorder, touched, at: version, time, &deeds)
    return deeds.files
  }

  /// Records what turns an entry into what it was; returns the size of its file.
  private mutating func restore(
    _ now: EntryState, as then: EntryState?, into recorder: inout EntryRecorder
  ) throws(BookError) -> Int {
    guard let then, then.isAlive else {
      if now.isAlive { recorder.delete(now.id) }
      return 0
    }
    if !now.isAlive { recorder.keep(now.id) }
    let (old, new) = (EntryView.path(of: then), EntryView.path(of: now))
    if old != new { recorder.rename(now.id, to: old) }
    let wanted = try rendered(then)
    guard try rendered(now) != wanted else { return 0 }
    do {
      recorder.context = try facts(of: now).display
      try recorder.edit(try EntryFile.parse(wanted), of: now)
    } catch let error as BookError { throw error } catch { throw .brokenBook(what: "\(old): \(error)") }
    return wanted.count
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
