import BookFolder
import Bytes
import History
import Merge
import Record
import Replica
import ReplicaStore

extension LocalBook {
  /// Brings the files that are behind to the newest version. What a person saves meanwhile is recorded and merged, and
  /// the files are planned again.
  ///
  /// Where the book needs a newer program to say what its files show, nothing is written, and it all waits. The report
  /// is that of the look at the folder before; what is found meanwhile is added to it.
  ///
  /// - Parameter acceptDeletions: delete here what colleagues deleted, however much it is.
  func writeOut(_ report: inout SaveReport, acceptDeletions: Bool = false) throws(BookError) {
    if try neededLevel() != nil { return }
    let rules = try ignoreRules()
    var unwritten: [Trouble] = []
    for round in 1...Self.writeRounds {
      let named = Set(report.trouble.map { ExactText($0.path) })
      let planned = try transaction { workbench throws(BookError) in
        try workbench.noteMisplacedIfNeeded()
        let held = acceptDeletions ? [] : try workbench.heldDeletions()
        try workbench.put(held: held)
        let planned = try workbench.planFolder(
          now: environment.now(), except: Set(held.map(\.entry))
        ) { named.contains($0) || rules.ignoreWithFolders($0.bytes) }
        try workbench.put(journal: planned?.plan)
        return planned
      }
      guard let planned else { break }
      let outcome = try carryOut(planned.plan, planned.renderings)
      unwritten = outcome.trouble
      if !outcome.foundEdits { break }
      if round < Self.writeRounds { report.add(try record()) }
      if (whole ?? self).deletions?.with({ $0.nextLook }) != nil { break }
    }
    report.trouble += unwritten
    if side == .shared {
      report.held = try transaction { workbench throws(BookError) in
        acceptDeletions ? nil : try workbench.describe(try workbench.heldDeletions())
      }
    }
    try noteWaiting(&report, rules)
    if let secret = try privateSide() { try secret.writeOut(&report) }
  }

  /// The patterns of the folder.
  func ignoreRules() throws(BookError) -> IgnoreRules {
    do { return try IgnoreRules(in: folder) } catch {
      throw .file(doing: error.call, path: IgnoreRules.fileName, errno: error.code)
    }
  }

  /// Says of each file that is named, or that `.valiseignore` names, what waits for it.
  private func noteWaiting(_ report: inout SaveReport, _ rules: IgnoreRules) throws(BookError) {
    let named = Set((report.trouble.map(\.path) + report.left.ofBook.map(\.path)).map { ExactText($0) })
    let waiting = try transaction { workbench throws(BookError) in
      try workbench.waiting { named.contains($0) || rules.ignoreWithFolders($0.bytes) }
    }
    var ofBook = Dictionary(report.left.ofBook.map { (ExactText($0.path), $0.waiting) }) { one, _ in one }
    for path in ofBook.keys where Self.isPrivate(path.string) == (side == .private) { ofBook[path] = [] }
    for (path, found) in waiting where rules.ignoreWithFolders(path.bytes) { ofBook[path] = found }
    report.left.ofBook = ofBook.keys.sorted().map {
      LeftAlone.Ignored(path: $0.string, waiting: ofBook[$0] ?? [])
    }
    for index in report.trouble.indices {
      let path = report.trouble[index].path
      // The other side speaks for its own files.
      guard Self.isPrivate(path) == (side == .private) else { continue }
      report.trouble[index].waiting = waiting[ExactText(path)] ?? []
    }
  }

  /// A person who saves faster than this many rounds of writing is left for the next command.
  static let writeRounds = 20

  /// The schema's level that the book needs and this program does not know; nil where it may write files.
  func neededLevel() throws(BookError) -> UInt64? {
    let level = try transaction { workbench throws(BookError) in workbench.replica.tip.level }
    return Schema.canDisplay(level: level, known: environment.schemaLevel) ? nil : level
  }

  private func carryOut(
    _ plan: FolderPlan, _ renderings: [ExactText: Workbench.Renderings]
  ) throws(BookError) -> (trouble: [Trouble], foundEdits: Bool) {
    let writes = try transaction { workbench throws(BookError) in try workbench.writePlan(plan, renderings) }
    var writer: FolderWriter
    do { writer = try FolderWriter(folder) } catch {
      throw .file(doing: error.call, path: FolderRoot.ownFolder, errno: error.code)
    }
    let outcome: WriteOutcome
    do { outcome = try writer.write(writes, journal: JournalledAlready()) } catch {
      try transaction { workbench throws(BookError) in try workbench.put(journal: nil) }
      throw BookError(error)
    }
    // Until the names are on the disk too, this is as after a crash: the next command recovers the plan, and nothing is
    // booked before. Booked twice, what was swapped out would pass for a person's save.
    if let failure = outcome.notDurable { throw .file(doing: failure.call, path: root, errno: failure.code) }
    let states = zip(outcome.files, plan.steps).map { file, step in FinishedStep(step, file) }
    let trouble = try finish(plan, states, outcome)
    // What the trash keeps too long is no reason to fail; the next command tries again.
    try? writer.emptyTrash(now: UInt64(clamping: environment.now()))
    return (trouble, outcome.foundEdits)
  }

  /// Books what became of the plan, in one transaction: stamps, owners, late saves, and the end of the journal.
  private func finish(
    _ plan: FolderPlan, _ steps: [FinishedStep], _ outcome: WriteOutcome
  ) throws(BookError) -> [Trouble] {
    let putBack = try transaction { workbench throws(BookError) in
      try workbench.put(copies: outcome.swappedOut, plan)
      let putBack = try workbench.book(steps, of: plan, time: environment.seconds)
      try workbench.doubt(putBack, of: plan)
      let folders = Set(try workbench.ownFolders() + outcome.madeFolders).subtracting(outcome.removedFolders)
      try workbench.put(ownFolders: folders.sorted())
      try workbench.put(journal: nil)
      return putBack
    }
    try self.putBack(putBack)
    if !putBack.isEmpty { try forgetUnreadable(of: plan) }
    return steps.compactMap(\.trouble)
  }
}

extension SaveReport {
  /// Adds a later look at the folder: what it recorded, and what it could not take.
  fileprivate mutating func add(_ later: SaveReport) {
    for file in later.files where !files.contains(file) { files.append(file) }
    files.sort { ExactText($0.path) < ExactText($1.path) }
    notices += later.notices
    left = later.left
    let named = Set(later.trouble.map(\.path))
    let unwritten = trouble.filter { file in
      file.why.isUnwritten && !named.contains(file.path)
    }
    trouble = later.trouble + unwritten
  }
}

extension Workbench {
  /// The number of the next plan: the time, and more than the last one's, whatever the clock says, since it names files.
  /// Both sides of the book count on together.
  func nextPlan(_ now: Int64) throws(BookError) -> UInt64 {
    let counter = storage.on(.shared)
    let last = try number(SettingName.plan, in: counter) ?? 0
    let (following, isOver) = last.addingReportingOverflow(1)
    let next = max(UInt64(clamping: now), isOver ? last : following)
    try set(SettingName.plan, to: next, in: counter)
    return next
  }
}

/// The plan stands in the store already, and is cleared with what became of it.
struct JournalledAlready: WriteJournal {
  func begin(_ plan: WritePlan) {}
  func clear(keeping copies: [SwappedOut]) {}
}

/// A step of a plan, and what became of it.
struct FinishedStep {
  let step: FolderPlan.Step
  let isWritten: Bool
  /// Of the file as written, where it is known.
  let stamp: FileStamp?
  let late: [UInt8]?
  let trouble: Trouble?

  init(_ step: FolderPlan.Step, _ outcome: FileOutcome) {
    self.step = step
    late = outcome.late
    switch outcome.state {
    case .written(let stamp): (isWritten, self.stamp, trouble) = (true, stamp, nil)
    case .changed: (isWritten, stamp, trouble) = (false, nil, nil)
    case .obstructed:
      (isWritten, stamp, trouble) = (false, nil, Trouble(waiting: step.path, .obstructed))
    case .failed(let error):
      (isWritten, stamp, trouble) = (
        false, nil, Trouble(waiting: step.path, .notWritten(doing: error.call, errno: error.code))
      )
    }
  }

  init(_ step: FolderPlan.Step, _ recovered: RecoveredFile) {
    self.step = step
    late = recovered.late
    stamp = nil
    trouble = nil
    switch recovered.standing {
    case .after, .edited(_, of: .after): isWritten = true
    case .before, .edited(_, of: .before), .missing, .obstructed, .failed: isWritten = false
    }
  }
}

extension Trouble {
  init(waiting path: ExactText, _ why: Why) {
    self.init(path: path.string, line: nil, column: nil, why: why)
  }
}

extension BookError {
  init(_ failure: FolderWriteFailure) {
    switch failure {
    case .readOnly(let folder): self = .readOnlyFolder(folder.string)
    case .notPrepared(let error):
      self = .file(doing: error.call, path: FolderRoot.ownFolder + "/tmp", errno: error.code)
    case .journal(let error): self = .brokenBook(what: "\(error)")
    }
  }
}
