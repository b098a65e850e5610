import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// Records what changed in the folder since the last command; then brings files that are behind to the newest
  /// version.
  ///
  /// - Parameter acceptDeletions: record that much of the book is gone, instead of stopping with `emptied`; and delete
  ///   here what colleagues deleted, however much it is.
  package func save(message: String? = nil, acceptDeletions: Bool = false) throws(BookError) -> SaveReport {
    var report = try record(message: message, acceptDeletions: acceptDeletions)
    let numbered = try placesLeftOfNames(report)
    try writeOut(&report, acceptDeletions: acceptDeletions)
    report.notices += try renumbered(since: numbered)
    report.version = try versionName()
    report.neededLevel = try neededLevel()
    return report
  }

  /// Says in the book that whoever writes its files must know the record's schema up to a level.
  package func need(level: UInt64) throws(BookError) {
    try transaction { workbench throws(BookError) in
      var draft = try workbench.draft()
      draft.append(.need(level: level))
      var recording = Recording()
      let (finished, time) = (draft, environment.seconds)
      try workbench.replicated { replica throws(ReplicaError) in
        _ = try replica.record(finished, time: time, into: &recording)
      }
      try workbench.seal(recording)
    }
  }

  /// Where files stood, where one that is gone or renamed may have left its name to another.
  private func placesLeftOfNames(_ report: SaveReport) throws(BookError) -> [EntryID: ExactText] {
    let hasLeft = report.files.contains { file in
      if case .renamed = file.what { return true }
      return file.what == .deleted
    }
    return hasLeft ? try transaction { workbench throws(BookError) in try workbench.index().places } : [:]
  }

  /// Says which files have lost the number behind their names, or got another.
  private func renumbered(since before: [EntryID: ExactText]) throws(BookError) -> [String] {
    guard !before.isEmpty else { return [] }
    return try transaction { workbench throws(BookError) in
      let places = try workbench.index().places
      var said: [ExactText] = []
      for (id, place) in places {
        guard let old = before[id], old != place, let state = try workbench.entry(id),
          let path = try? EntryPath(fromPeer: EntryView.path(of: state))
        else { continue }
        // Any other move is a rename that waited.
        if (2...99).contains(where: { path.numbered($0).text == old }) { said.append(place) }
      }
      return said.sorted().map { "Renamed here, since another file of its name is gone: \($0.string)." }
    }
  }

  func versionName() throws(BookError) -> String {
    try transaction { workbench throws(BookError) in workbench.names.short(workbench.replica.version) }
  }

  /// Looks at the folder once; all that it shows is recorded in one transaction, or none of it.
  func record(
    message: String? = nil, acceptDeletions: Bool = false, origin: Origin = .typed
  ) throws(BookError) -> SaveReport {
    try transaction { workbench throws(BookError) in
      let index = try workbench.index()
      let scan: FolderScan
      do throws(SystemFailure) { scan = try FolderScan(folder, index: index, now: environment.now()) } catch {
        throw .file(doing: error.call, path: root, errno: error.code)
      }
      var recorder = FolderRecorder(scan, since: index, workbench)
      try recorder.findMoves()
      try recorder.findRenames()
      if !acceptDeletions, let emptied = recorder.emptied {
        throw .emptied(gone: emptied.gone + emptied.emptied, of: emptied.known, examples: recorder.goneExamples)
      }
      let isEdited = !(scan.changed.isEmpty && scan.gone.isEmpty)
      let conflicts = isEdited ? try workbench.conflictKeys() : []
      try recorder.record(
        FolderRecorder.Occasion(time: environment.seconds, origin: origin, message: ExactText(message ?? "")))
      if recorder.index != index { try recorder.workbench.put(recorder.index) }
      var report = recorder.report
      var after = recorder.workbench
      report.settled = try after.settledHere(since: conflicts, recorder.index.places)
      return report
    }
  }
}
