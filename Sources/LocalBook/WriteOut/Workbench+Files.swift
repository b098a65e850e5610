import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension Workbench {
  // MARK: The journal

  func put(journal plan: FolderPlan?) throws(BookError) {
    try stored { storage throws(StorageError) in
      if plan == nil, try storage.setting(SettingName.journal) == nil { return }
      try storage.set(SettingName.journal, to: plan?.encoded)
    }
  }

  func journal() throws(BookError) -> FolderPlan? {
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(SettingName.journal) }) else {
      return nil
    }
    do { return try FolderPlan(encoded: bytes) } catch { throw .storage(.damaged("journal: \(error)")) }
  }

  // MARK: What became of a plan

  /// Says in the index and in the store what the files show now, and records late saves as edits of what they were
  /// before. Returns those that cannot be recorded.
  mutating func book(
    _ steps: [FinishedStep], of plan: FolderPlan, time: Int64
  ) throws(BookError) -> [UnreadableSave] {
    var (lateSaves, unreadable) = try lateSaves(steps)
    try bookPlaces(of: steps)
    for save in lateSaves {
      if try !record(save, shownSince: plan.version, time: time) {
        unreadable.append(try unreadableSave(save.step, steps))
      }
    }
    return unreadable
  }

  /// Says which files stand where, and which entries show the newest version.
  private mutating func bookPlaces(of steps: [FinishedStep]) throws(BookError) {
    var index = try index()
    let arrived = Set(steps.filter(\.isWritten).compactMap(\.step.coming))
    let isLeftOver = Set(index.leftOvers.map(\.path))
    var unfinished = Set(steps.filter { !$0.isWritten }.compactMap(\.step.coming))
    var settled: Set<EntryID> = arrived
    for finished in steps where !isLeftOver.contains(finished.step.path) {
      guard let leaving = finished.step.leaving else { continue }
      if finished.isWritten {
        settled.insert(leaving)
      } else if arrived.contains(leaving), finished.step.coming != leaving {
        let context = index.context(of: finished.step.path)
        index.claim(finished.step.path, FilePayload(leaving, context, leftOver: try shown(leaving).version))
        try stored { storage throws(StorageError) in try storage.set(SettingName.leftOvers, to: [1]) }
      } else {
        unfinished.insert(leaving)
      }
    }
    let inConflict = Set(try stored { storage throws(StorageError) in try storage.entriesInConflict() })
    for finished in steps where finished.isWritten {
      let step = finished.step
      guard let coming = step.coming else {
        index.remove(step.path)
        continue
      }
      var context = ShownContext()
      if inConflict.contains(coming), let state = try entry(coming) { context = try facts(of: state) }
      index.set(
        FileIndex.Entry(
          path: step.path, stamp: finished.stamp ?? .unknown, isCertain: false,
          payload: FilePayload(coming, context).bytes))
    }
    try put(index)
    for entry in settled.subtracting(unfinished).sorted() {
      try stored { storage throws(StorageError) in try storage.forgetShown(entry) }
    }
  }

  /// A save of what a file showed before it was written.
  private struct Late {
    /// Of the plan.
    let step: Int
    let base: ShownEntry
    let state: EntryState
    let file: EntryFile
    let context: ShownContext
    /// What the file shows now; nil where it is gone.
    let now: EntryState?
  }

  private mutating func lateSaves(_ steps: [FinishedStep]) throws(BookError) -> ([Late], [UnreadableSave]) {
    var saves: [Late] = []
    let index = try index()
    var unreadable: [UnreadableSave] = []
    for (place, finished) in steps.enumerated() {
      guard let bytes = finished.late, let entry = finished.step.leaving else { continue }
      let (version, state, _) = try shown(at: finished.step.path, of: entry, index)
      guard let state else { continue }
      guard let file = try? EntryFile.parse(bytes) else {
        unreadable.append(try unreadableSave(place, steps))
        continue
      }
      let now = try self.entry(entry).flatMap { $0.isAlive ? $0 : nil }
      let base = ShownEntry(version: version, state: state)
      let context = index.context(of: finished.step.path)
      saves.append(Late(step: place, base: base, state: state, file: file, context: context, now: now))
    }
    return (saves, unreadable)
  }

  private mutating func unreadableSave(_ place: Int, _ steps: [FinishedStep]) throws(BookError) -> UnreadableSave {
    let coming = try steps[place].step.coming.flatMap { entry throws(BookError) in try self.entry(entry) }
    let written = try coming.map { state throws(BookError) in try rendered(state) }
    return UnreadableSave(
      path: steps[place].step.path, written: written, bytes: steps[place].late ?? [], step: place)
  }

  /// False when it cannot be recorded.
  private mutating func record(_ save: Late, shownSince version: Version, time: Int64) throws(BookError) -> Bool {
    switch try recordSave(save.file, of: save.state, save.context, on: save.base.version, time: time) {
    case .unrecordable: return false
    case .nothingNew: return true
    case .recorded:
      try stored { storage throws(StorageError) in
        try storage.keepShown(save.state.id, ShownEntry(version: version, state: save.now))
      }
      return true
    }
  }

  enum RecordedSave {
    case recorded
    case nothingNew
    /// Readable, and more than an entry may hold.
    case unrecordable
  }

  /// Records a file as an edit of an entry as a version showed it.
  mutating func recordSave(
    _ file: EntryFile, of state: EntryState, _ context: ShownContext, on version: Version, time: Int64
  ) throws(BookError) -> RecordedSave {
    var recorder = EntryRecorder(try draft(), in: context.display)
    let start = recorder.recorded.operations.count
    do { try recorder.edit(file, of: state) } catch { return .unrecordable }
    guard recorder.recorded.operations.count > start else { return .nothingNew }
    var recording = Recording()
    let draft = recorder.recorded
    try replicated { replica throws(ReplicaError) in
      _ = try replica.record(draft, on: version, time: time, into: &recording)
    }
    try seal(recording)
    return .recorded
  }

  // MARK: Files that were swapped out

  /// Keeps, until the next command, what an editor may still write to: whose file it was, and what it showed.
  mutating func put(copies: [SwappedOut], _ plan: FolderPlan) throws(BookError) {
    var all = try self.copies()
    let index = try index()
    for copy in copies {
      let step = plan.steps[copy.index]
      guard let entry = step.leaving else { continue }
      let shown = FilePayload(entry, index.context(of: step.path))
      all.append(
        SwappedCopy(copy: copy, shown: shown, version: try self.shown(at: step.path, of: entry, index).version))
    }
    try put(all)
  }

  /// Has copies looked at again whose saves could not be recorded, until the person has them back.
  func doubt(_ saves: [UnreadableSave], of plan: FolderPlan) throws(BookError) {
    guard !saves.isEmpty else { return }
    let steps = Set(saves.compactMap(\.step))
    try put(
      try copies().map { copy in
        guard copy.copy.plan == plan.id, steps.contains(copy.copy.index) else { return copy }
        return SwappedCopy(copy: copy.copy.unseen, shown: copy.shown, version: copy.version)
      })
  }

  func put(_ copies: [SwappedCopy]) throws(BookError) {
    var writer = ByteWriter()
    for copy in copies { copy.encode(into: &writer) }
    let bytes = writer.bytes
    try stored { storage throws(StorageError) in
      if bytes.isEmpty, try storage.setting(SettingName.copies) == nil { return }
      try storage.set(SettingName.copies, to: bytes.isEmpty ? nil : bytes)
    }
  }

  func copies() throws(BookError) -> [SwappedCopy] {
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(SettingName.copies) }) else {
      return []
    }
    var reader = ByteReader(bytes)
    var copies: [SwappedCopy] = []
    do { while !reader.isAtEnd { copies.append(try SwappedCopy(from: &reader)) } } catch {
      throw .storage(.damaged("copies: \(error)"))
    }
    return copies
  }

  // MARK: Places

  /// Renames and new names can put two entries in one place, and what an entry says can decide what another's file
  /// shows: looked at when either may have changed.
  mutating func noteMisplacedIfNeeded() throws(BookError) {
    let (hasMoves, placed) = try stored { storage throws(StorageError) in
      (try storage.hasMoves(), try storage.setting(SettingName.placed))
    }
    if hasMoves {
      try noteMisplaced()
      try stored { storage throws(StorageError) in try storage.forgetMoves() }
    }
    let current = replica.version.heads.flatMap(\.digest.bytes)
    if placed == current { return }
    try noteOtherFacts()
    try stored { storage throws(StorageError) in try storage.set(SettingName.placed, to: current) }
  }
}

/// A file that was swapped out, on the laptop's record until the next command has looked at it.
struct SwappedCopy {
  let copy: SwappedOut
  let shown: FilePayload
  /// The version that it showed.
  let version: Version

  init(copy: SwappedOut, shown: FilePayload, version: Version) {
    self.copy = copy
    self.shown = shown
    self.version = version
  }

  func encode(into writer: inout ByteWriter) {
    writer.put(varint: copy.plan)
    writer.put(count: copy.index)
    writer.put(text: copy.path)
    for number in [copy.stamp.size, copy.stamp.modified, copy.stamp.changed] { writer.put(signed: number) }
    writer.put(varint: copy.stamp.inode)
    writer.put(varint: copy.stamp.device)
    writer.put(prefixed: shown.bytes)
    writer.put(count: version.heads.count)
    for head in version.heads { writer.put(head.digest) }
  }

  init(from reader: inout ByteReader) throws(DecodingError) {
    let (plan, index) = (try reader.varint(), try reader.count(limit: 1 << 21))
    let path = try reader.exactText(limit: 1 << 16)
    let (size, modified, changed) = (try reader.signedVarint(), try reader.signedVarint(), try reader.signedVarint())
    let stamp = FileStamp(
      size: size, modified: modified, changed: changed, inode: try reader.varint(), device: try reader.varint())
    copy = SwappedOut(plan: plan, index: index, path: path, stamp: stamp)
    let start = reader.offset
    guard let shown = FilePayload(try reader.prefixed(limit: FileIndex.Limit.payload)) else {
      throw .outOfRange(at: start, found: 0)
    }
    self.shown = shown
    var heads: [ChangeID] = []
    for _ in 0..<(try reader.count(limit: 1 << 20)) { heads.append(ChangeID(try reader.digest())) }
    version = Version(sorting: heads)
  }
}

extension SwappedOut {
  /// As if nobody had read it.
  var unseen: SwappedOut { SwappedOut(plan: plan, index: index, path: path, stamp: .unknown) }
}

extension FileStamp {
  /// Of a file that has not been looked at since it was written.
  static let unknown = FileStamp(size: -1, modified: 0, changed: 0, inode: 0, device: 0)
}
