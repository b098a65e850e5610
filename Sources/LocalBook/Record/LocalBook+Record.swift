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

  /// Looks at the folder once; all that it shows, on both sides, is recorded in one transaction, or none of it.
  func record(
    message: String? = nil, acceptDeletions: Bool = false, origin: Origin = .typed
  ) throws(BookError) -> SaveReport {
    if let whole { return try whole.record(message: message, acceptDeletions: acceptDeletions, origin: origin) }
    let occasion = FolderRecorder.Occasion(
      time: environment.seconds, origin: origin, message: ExactText(message ?? ""))
    do throws(BookError) {
      let (report, lost) = try store.transaction { storage throws(BookError) in
        var shared = try look(in: storage)
        var secret = try lookAtPrivate(in: storage, hasFiles: shared.scan.counts.inPrivate > 0)
        let crossings = try shared.findCrossings(&secret)
        var lost: [(BookSide, Int)] = []
        if !acceptDeletions {
          if areGoing(shared.lost + (secret?.lost ?? [])) {
            var report = shared.report
            if let secret { report.add(private: secret.report) }
            return (report, [(BookSide, Int)]?.none)
          }
          for recorder in [shared, secret].compactMap(\.self) { try requireNotEmptied(recorder) }
          lost = [(.shared, shared.lost.count), (.private, secret?.lost.count ?? 0)]
        }
        var report = try shared.finish(occasion)
        if let other = try secret?.finish(occasion) { report.add(private: other) }
        try secret?.note(crossings, with: shared)
        report.notices += crossings.notices
        return (report, lost)
      }
      if let lost { deletions?.with { $0.record(lost, at: environment.ticks()) } }
      return report
    } catch {
      if case .emptiedBitByBit = error { try? rememberDeletions() }
      throw error
    }
  }

  /// What a look at this side's files finds.
  private func look(in storage: StoreTransaction) throws(BookError) -> FolderRecorder {
    let workbench = try Workbench(storage.on(side), self)
    let index = try workbench.index()
    let scan: FolderScan
    do throws(SystemFailure) { scan = try FolderScan(folder, side, index: index, now: environment.now()) } catch {
      throw .file(doing: error.call, path: root, errno: error.code)
    }
    var recorder = FolderRecorder(scan, since: index, workbench)
    try recorder.findMoves()
    try recorder.findRenames()
    return recorder
  }

  /// The same of the private side, which begins with the first file in `private/`; nil where there never was any.
  private func lookAtPrivate(
    in storage: StoreTransaction, hasFiles: Bool
  ) throws(BookError) -> FolderRecorder? {
    if let secret = try privateSide(in: storage) { return try secret.look(in: storage) }
    return hasFiles ? try beginPrivateSide(in: storage).look(in: storage) : nil
  }
}

extension FolderRecorder {
  /// Records what was found, and says what that was.
  fileprivate mutating func finish(_ occasion: Occasion) throws(BookError) -> SaveReport {
    let isEdited = !(scan.changed.isEmpty && scan.gone.isEmpty)
    let conflicts = isEdited ? try workbench.conflictKeys() : []
    try record(occasion)
    try workbench.forgetDeletions()
    if index != old { try workbench.put(index) }
    report.trouble.sortStably { ExactText($0.path) < ExactText($1.path) }
    if !conflicts.isEmpty { report.settled = try workbench.settledHere(since: conflicts, index.places) }
    return report
  }
}

extension SaveReport {
  /// Adds what the same look found in `private/`.
  fileprivate mutating func add(private other: SaveReport) {
    files = (files + other.files).sorted { ExactText($0.path) < ExactText($1.path) }
    trouble += other.trouble
    trouble.sortStably { ExactText($0.path) < ExactText($1.path) }
    settled += other.settled
    notices += other.notices
    left.ignored += other.left.ignored
    left.links += other.left.links
    left.ofBook += other.left.ofBook
  }
}
