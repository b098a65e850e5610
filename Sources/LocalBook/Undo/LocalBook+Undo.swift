import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// Takes back what this laptop did last and has not taken back; again and again it goes further back. What the folder
  /// holds is recorded before, and is that last change where it says anything new.
  ///
  /// A new change, which everybody gets; what colleagues did stays. A file that was moved out of `private/` or into it is
  /// taken back there as well as here; but a private file stays where the shared side has none any more. What else was
  /// done in `private/` is among it, by the clock, since the two histories know nothing of each other. `nothingToUndo`
  /// when nothing is left.
  package func undo() throws(BookError) -> UndoReport { try take(.undo) }

  /// Does again what was taken back last; an edit of one's own ends that.
  package func redo() throws(BookError) -> UndoReport { try take(.redo) }

  private func take(_ direction: OwnSteps.Direction) throws(BookError) -> UndoReport {
    var saved = try record()
    let next = try next(direction)
    guard let (taken, deeds) = try take(next, direction) else {
      throw direction == .undo ? .nothingToUndo : .nothingToRedo
    }
    var report = taken
    try writeOut(&saved)
    saved.version = try versionName()
    report.saved = saved
    report.files = try files(of: deeds.shared)
    if let secret = next.secret {
      report.files += try secret.files(of: deeds.hidden)
      report.files.sort { ExactText($0.path) < ExactText($1.path) }
    }
    return report
  }

  private struct Deeds {
    var shared: [Deed] = []
    var hidden: [Deed] = []
  }

  /// Nil where there is nothing to take. Both sides are taken in one transaction.
  private func take(
    _ next: NextStep, _ direction: OwnSteps.Direction
  ) throws(BookError) -> (report: UndoReport, deeds: Deeds)? {
    let time = environment.seconds
    switch (next.shared, next.hidden, next.secret) {
    case (let one?, let other?, let secret?):
      return try transaction { workbench throws(BookError) in
        var (report, shared) = try workbench.take(one, direction, time: time)
        // The text that the shared side does not have stays on the other one.
        let gone = try workbench.deleted(of: next.crossing)
        var beside = try Workbench(workbench.storage.on(.private), secret)
        let (secretReport, hidden) = try beside.take(
          other, direction, keeping: Set(gone.map(\.file.hidden)), time: time)
        report.add(private: secretReport)
        let isSent = try workbench.isSent(one.original)
        for (file, path) in gone where direction == .undo {
          guard hidden.contains(where: { $0.entry == file.hidden && $0.what == .broughtBack }) else { continue }
          report.inHistory.append(UndoReport.InHistory(path: path, isSent: isSent))
        }
        return (report, Deeds(shared: shared, hidden: hidden))
      }
    case (let step?, _, _):
      let (report, deeds) = try transaction { workbench throws(BookError) in
        try workbench.take(step, direction, time: time)
      }
      return (report, Deeds(shared: deeds))
    case (nil, let step?, let secret?):
      let (report, deeds) = try secret.transaction { workbench throws(BookError) in
        try workbench.take(step, direction, time: time)
      }
      return (report, Deeds(hidden: deeds))
    case (nil, _, _): return nil
    }
  }
}

extension Workbench {
  /// Bytes of operations after which the next change begins: its canonical bytes are at most 8 MiB.
  private static let changeBytes = 4 << 20

  /// Whether a change of this laptop's is on the server.
  fileprivate func isSent(_ row: ChangeRow) throws(BookError) -> Bool {
    // What a former life of the laptop made stays in its name once it was sent.
    if row.ref.device != replica.tip.device { return true }
    return row.ref.seq < (try number(SettingName.acknowledged) ?? 0)
  }

  /// - Parameter kept: files that are not deleted, whatever the step says.
  fileprivate mutating func take(
    _ step: OwnSteps.Step, _ direction: OwnSteps.Direction, keeping kept: Set<EntryID> = [], time: Int64
  ) throws(BookError) -> (UndoReport, [Deed]) {
    var report = UndoReport(
      isRedo: direction == .redo, change: try logLine(step.original), fields: try fields(settledBy: step.original))
    let conflicts = try conflictKeys()
    var (recording, deeds, left) = (Recording(), [Deed](), [(EntryID, EntryInverse.Left)]())
    for row in step.parts.reversed() {
      let inverses = try inverses(of: row).filter { !(kept.contains($0.entry) && $0.deletes) }
      for inverse in inverses { left += inverse.left.map { (inverse.entry, $0) } }
      for operations in batches(of: inverses) {
        report.isEmpty = report.isEmpty && operations.isEmpty
        let made = try record(operations, undoing: row.id, time: time, into: &recording)
        for deed in try self.deeds(of: made) { deeds.add(deed) }
      }
    }
    try seal(recording)
    report.left = try self.left(left, tags: try tags(in: step.parts))
    let places = try index().places
    report.settled = try settledHere(since: conflicts, places)
    for key in try conflictKeys().subtracting(conflicts).sorted() {
      guard let state = try entry(key.entry) else { continue }
      report.reopened.append("\((places[key.entry] ?? EntryView.path(of: state)).string):\(key.subject.name)")
    }
    return (report, deeds)
  }

  /// What takes a change back, by entry; what a newer program did cannot be.
  private mutating func inverses(of row: ChangeRow) throws(BookError) -> [EntryInverse] {
    let change = try replicated { replica throws(ReplicaError) in try replica.change(at: row.index) }
    for operation in change.operations {
      if case .unknown = operation { throw .cannotUndo(change: names.short(row.id)) }
    }
    return try replicated { replica throws(ReplicaError) in try replica.inverse(of: row.index) }
  }

  /// The operations in changes that are small enough; at least one change, so that the history says what is taken back.
  private func batches(of inverses: [EntryInverse]) -> [[Operation]] {
    var batches: [[Operation]] = [[]]
    var bytes = 0
    for operation in inverses.flatMap(\.operations) {
      if bytes > 0 && bytes + operation.textBytes > Self.changeBytes {
        batches.append([])
        bytes = 0
      }
      batches[batches.count - 1].append(operation)
      bytes += operation.textBytes
    }
    return batches
  }

  private mutating func record(
    _ operations: [Operation], undoing id: ChangeID, time: Int64, into recording: inout Recording
  ) throws(BookError) -> ChangeRow {
    var draft = try draft()
    let before = replica.version
    var kept: Set<EntryID> = []
    for operation in operations {
      draft.append(operation)
      guard let entry = operation.entry else { continue }
      let state = try self.entry(entry)
      if kept.insert(entry).inserted {
        let shown = ShownEntry(version: before, state: state.flatMap { $0.isAlive ? $0 : nil })
        try stored { storage throws(StorageError) in try storage.keepShown(entry, shown) }
      }
      if case .keep = operation, let state, !state.isAlive, let path = try pathTaken(from: state) { draft.append(path) }
    }
    let finished = draft
    let change = try replicated { replica throws(ReplicaError) in
      try replica.record(finished, time: time, origin: .undo(of: id), into: &recording)
    }
    return ChangeRow(
      index: replica.tip.own?.index ?? ChangeIndex(0), id: change.id, ref: change.ref,
      parents: try replicated { replica throws(ReplicaError) in
        try replica.indices(of: Version(sorting: change.header.parents))
      }, time: time, origin: .undo(of: id), message: "")
  }

  /// A file that comes back to a name that another has by now stands behind that one, which keeps it.
  private func pathTaken(from state: EntryState) throws(BookError) -> Operation? {
    let path = EntryView.path(of: state)
    guard let owner = try stored({ storage throws(StorageError) in try storage.entry(at: path) }), owner != state.id
    else {
      return nil
    }
    let values = (state.register(.path)?.openValues ?? []).map {
      RegisterValue(content: $0.value.content, from: $0.event)
    }
    return .set(state.id, .path, values)
  }

  // MARK: What is said

  /// The fields that a decision settled, as `FILE:FIELD` has them.
  private mutating func fields(settledBy row: ChangeRow) throws(BookError) -> [String] {
    guard row.origin == .resolved else { return [] }
    let change = try replicated { replica throws(ReplicaError) in try replica.change(at: row.index) }
    var fields: [String] = []
    for operation in change.operations {
      let field: String
      switch operation {
      case .set(_, .path, _): field = EntryConflict.Subject.path.name
      case .set(_, let key, _) where key.role == .value: field = EntryConflict.Subject.field(key.name).name
      case .keep, .delete: field = EntryConflict.Subject.deletion.name
      default: continue
      }
      if !fields.contains(field) { fields.append(field) }
    }
    return fields
  }

  /// What stays since colleagues have changed it; what this laptop itself has is of no interest.
  private mutating func left(
    _ all: [(EntryID, EntryInverse.Left)], tags: [TagName]
  ) throws(BookError) -> [UndoReport.Left] {
    let places = try index().places
    var found: [UndoReport.Left] = []
    for (id, left) in all {
      guard let state = try entry(id) else { continue }
      var people: Set<ExactText> = []
      for change in left.changes where change.device != replica.tip.device {
        people.insert(ExactText(try person(change.device)))
      }
      guard !people.isEmpty || left.subject == .dispute else { continue }
      let names = people.sorted().map(\.string)
      if state.kind == TagBook.kind {
        found += tags.map { UndoReport.Left(path: "", what: .tag($0.string), people: names) }
        continue
      }
      let path = (places[id] ?? EntryView.path(of: state)).string
      found.append(UndoReport.Left(path: path, what: .init(left.subject), people: names))
    }
    return found
  }

  /// The tags that some changes gave or took away.
  private mutating func tags(in rows: [ChangeRow]) throws(BookError) -> [TagName] {
    var names: Set<TagName> = []
    for row in rows {
      let change = try replicated { replica throws(ReplicaError) in try replica.change(at: row.index) }
      for case .set(_, let key, _) in change.operations {
        if let name = TagBook.name(of: key) { names.insert(name) }
      }
    }
    return names.sorted()
  }
}

extension EntryInverse {
  fileprivate var deletes: Bool { operations.contains { if case .delete(entry) = $0 { true } else { false } } }
}

extension Operation {
  /// Roughly what the operation takes in a change.
  fileprivate var textBytes: Int {
    switch self {
    case .edit(_, let edits): edits.reduce(16) { $0 + 12 + $1.inserted.bytes.count }
    case .set(_, _, let values):
      values.reduce(16) { $0 + 32 + ($1.content?.source.bytes.count ?? 0) + ($1.content?.plain.bytes.count ?? 0) }
    default: 128
    }
  }
}
