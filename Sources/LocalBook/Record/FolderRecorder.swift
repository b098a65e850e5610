import BookFolder
import Bytes
import History
import Merge
import Record
import Replica
import ReplicaStore
import TextDiff

/// What one look at the folder found, on its way into changes: one change for each version that edited files showed.
struct FolderRecorder {
  var workbench: Workbench
  var report = SaveReport(version: "")
  /// The files as they are, with their owners: for the next look.
  private(set) var index: FileIndex
  let scan: FolderScan
  let old: FileIndex
  var renames: [(entry: EntryID, from: ExactText, file: FoundFile)] = []
  var gone: [ExactText]
  var new: [FoundFile]
  /// Paths at which another entry's file stands now.
  var movedOver: Set<ExactText> = []
  /// Files that are gone here, and stand outside `private/` now.
  var movedAway: Set<ExactText> = []
  private(set) var recording = Recording()

  /// Bytes of files after which the next change begins: its canonical bytes are at most 8 MiB. What a person saved at
  /// once is taken back at once, as far as may be; what a book began with is not taken back, and a download that broke
  /// off goes on between its changes.
  private static func changeBytes(_ origin: Origin) -> Int {
    if case .imported = origin { 1 << 20 } else { 5 << 20 }
  }

  /// So many edited files are compared at a time, and their entries in memory.
  private static let comparedTogether = 256

  /// When and why the changes are made.
  struct Occasion {
    let time: Int64
    let origin: Origin
    let message: ExactText
  }

  init(_ scan: FolderScan, since old: FileIndex, _ workbench: Workbench) {
    self.scan = scan
    self.old = old
    self.workbench = workbench
    index = scan.index
    gone = scan.gone.filter { old.payload(of: $0)?.leftOver == nil }
    new = scan.new.sorted { $0.path < $1.path }
    report.left = LeftAlone(scan)
    report.trouble = Trouble.all(in: scan)
  }

  // MARK: Before anything is recorded

  mutating func findRenames() throws(BookError) {
    guard !gone.isEmpty && !new.isEmpty else { return }
    let found = Renames.find(gone: try goneFiles(), new: new) { old, new in
      TextDiff.similarity(String(decoding: old, as: UTF8.self), String(decoding: new, as: UTF8.self))
    }
    for rename in found {
      guard let entry = old.owner(of: rename.from), let place = new.firstIndex(where: { $0.path == rename.to }) else {
        continue
      }
      renames.append((entry, rename.from, new.remove(at: place)))
      gone.removeAll { $0 == rename.from }
    }
  }

  /// The files that are gone, with what they held.
  mutating func goneFiles() throws(BookError) -> [GoneFile] {
    var files: [GoneFile] = []
    for path in gone {
      guard let entry = old.owner(of: path), let state = try workbench.shown(entry).state else { continue }
      let bytes = Workbench.rendered(state, in: old.context(of: path))
      files.append(GoneFile(path: path, bytes: bytes, inode: old[path]?.stamp.inode ?? 0))
    }
    return files
  }

  /// Whether so much is gone that no person can have meant it; so many others were deleted a moment ago.
  func emptied(after others: Int = 0) -> EmptiedFolder? {
    let others = lost.isEmpty ? 0 : others
    return EmptiedFolder(
      gone: lost.count + others, emptied: scan.emptied.count, known: old.entries.count + others)
  }

  var goneExamples: [String] { (lost + scan.emptied).prefix(3).map(\.string) }

  /// The files that are gone from the book.
  var lost: [ExactText] { gone.filter { !movedAway.contains($0) } }

  // MARK: Recording

  /// One change in the making.
  private struct Batch {
    var recorder: EntryRecorder
    /// The version that the files showed; nil for the newest.
    let base: Version?
    var bytes = 0
    /// The entries whose files stay behind, as those files show them now.
    var behind: [(entry: EntryID, state: EntryState)] = []
    /// Edited files that are still to go.
    var leftOvers: [(path: ExactText, entry: EntryID)] = []

    /// Whether it says no more than who the device is.
    var isEmpty: Bool { recorder.recorded.operations.allSatisfy { if case .introduce = $0 { true } else { false } } }
  }

  mutating func record(_ occasion: Occasion) throws(BookError) {
    var batch = Batch(recorder: EntryRecorder(try workbench.draft()), base: nil)
    var onOlder: [Version: [ComparedEdit]] = [:]
    var rest = edits[...]
    while !rest.isEmpty {
      let some = try compared(rest.prefix(Self.comparedTogether), for: batch.recorder.recorded.ref)
      rest = rest.dropFirst(Self.comparedTogether)
      for edit in some {
        if let version = edit.older {
          onOlder[version, default: []].append(edit)
        } else {
          try book(edit, into: &batch)
          try closeIfFull(&batch, occasion)
        }
      }
    }
    for file in new {
      try create(file, in: &batch)
      try closeIfFull(&batch, occasion)
    }
    try close(batch, occasion)
    for version in onOlder.keys.sorted(by: { $0.heads.lexicographicallyPrecedes($1.heads) }) {
      var batch = Batch(recorder: EntryRecorder(try workbench.draft()), base: version)
      for edit in onOlder[version] ?? [] { try book(edit, into: &batch) }
      try close(batch, occasion)
    }
    try workbench.seal(recording)
    report.files.sort { ExactText($0.path) < ExactText($1.path) }
  }

  private var edits: [(EntryID, FolderEdit)] {
    var edits: [(EntryID, FolderEdit)] = []
    for file in scan.changed where !movedOver.contains(file.path) {
      if let entry = old.owner(of: file.path) { edits.append((entry, .changed(file))) }
    }
    for (entry, from, file) in renames { edits.append((entry, .renamed(file, from: from))) }
    for path in gone { if let entry = old.owner(of: path) { edits.append((entry, .deleted(path))) } }
    return edits
  }

  private mutating func book(_ compared: ComparedEdit, into batch: inout Batch) throws(BookError) {
    let (edit, state) = (compared.edit, compared.state)
    let start = batch.recorder.recorded.operations.count
    let kind = EntryView.kind(of: state).string
    switch edit {
    case .deleted(let path):
      batch.recorder.delete(state.id)
      report.files.append(SaveReport.FileChange(.deleted, path: path.string, kind: kind))
    case .changed(let file):
      if take(file, compared.outcome, into: &batch) {
        report.files.append(SaveReport.FileChange(.edited, path: file.path.string, kind: kind))
      }
    case .renamed(let file, let from):
      let path = try recorded(file.path)
      batch.recorder.rename(state.id, to: path.text)
      _ = take(file, compared.outcome, into: &batch)
      index.claim(file.path, FilePayload(state.id, old.context(of: from)))
      report.files.append(
        SaveReport.FileChange(.renamed(from: from.string), path: path.description, kind: kind))
    }
    guard batch.base != nil else { return }
    if old.payload(of: edit.path)?.leftOver == nil {
      batch.behind.append((state.id, batch.recorder.shownNow(state, since: start)))
    } else if batch.recorder.recorded.operations.count > start {
      batch.leftOvers.append((edit.path, state.id))
    }
  }

  /// Whether the file says anything new. A file that cannot be read is named, and looked at again next time.
  private mutating func take(_ file: FoundFile, _ outcome: ComparedFile.Outcome, into batch: inout Batch) -> Bool {
    switch outcome {
    case .same: return false
    case .different(let edit):
      batch.recorder.add(edit)
      batch.bytes += file.bytes.count
      return !edit.operations.isEmpty
    case .unreadable(let error): leave(file, Trouble(file.path, error))
    case .unrecordable(let error): leave(file, Trouble(file.path, error))
    }
    return false
  }

  /// The edits with what they come to, in their order; those of entries that show nothing are left out.
  private mutating func compared(
    _ edits: ArraySlice<(EntryID, FolderEdit)>, for change: ChangeRef
  ) throws(BookError) -> [ComparedEdit] {
    var (found, files): ([(edit: FolderEdit, state: EntryState, older: Version?)], [ComparedFile]) = ([], [])
    for (entry, edit) in edits {
      let shown = try workbench.shown(at: edit.path, of: entry, old)
      guard let state = shown.state else { continue }
      found.append((edit, state, shown.isBehind ? shown.version : nil))
      files.append(ComparedFile(edit.file?.bytes, of: state, old.context(of: edit.path), for: change))
    }
    return zip(found, inParallel(files) { $0.outcome() }).map {
      ComparedEdit(edit: $0.edit, state: $0.state, older: $0.older, outcome: $1)
    }
  }

  private mutating func create(_ file: FoundFile, in batch: inout Batch) throws(BookError) {
    do {
      let path = try recorded(file.path)
      guard BookSide(of: path) == workbench.book.side else { return index.remove(file.path) }
      let entry = try batch.recorder.create(try EntryFile.parse(file.bytes), at: path.text)
      batch.bytes += file.bytes.count
      index.claim(file.path, FilePayload(entry))
      report.files.append(SaveReport.FileChange(.created, path: path.description, kind: batch.recorder.kind(of: entry)))
      if path.text != file.path {
        report.notices.append(
          "'\(file.path.string)' is written as '\(path)' from now on: names are kept in one normal form")
      }
    } catch let error as UnreadableFile {
      leaveNew(file, Trouble(file.path, error))
    } catch let error as RecorderError {
      leaveNew(file, Trouble(file.path, error))
    } catch let error as BookError { throw error } catch { throw .brokenBook(what: "\(error)") }
  }

  /// The name as it is recorded: composed, and allowed everywhere.
  private func recorded(_ path: ExactText) throws(BookError) -> EntryPath {
    do { return try EntryPath(recording: path.bytes) } catch { throw .brokenBook(what: "a name slipped past the scan") }
  }

  private mutating func leave(_ file: FoundFile, _ trouble: Trouble) {
    report.trouble.append(trouble)
    index.doubt(file.path)
  }

  private mutating func leaveNew(_ file: FoundFile, _ trouble: Trouble) {
    report.trouble.append(trouble)
    index.remove(file.path)
  }

  // MARK: Changes

  private mutating func closeIfFull(_ batch: inout Batch, _ occasion: Occasion) throws(BookError) {
    guard batch.bytes > Self.changeBytes(occasion.origin) else { return }
    try close(batch, occasion)
    batch = Batch(recorder: EntryRecorder(try workbench.draft()), base: nil)
  }

  private mutating func close(_ batch: Batch, _ occasion: Occasion) throws(BookError) {
    guard !batch.isEmpty else { return }
    for (_, entry) in batch.leftOvers {
      // The entry's own file does not show what its left-over says now.
      let shown = ShownEntry(version: workbench.replica.version, state: try workbench.entry(entry))
      try workbench.stored { storage throws(StorageError) in try storage.keepShown(entry, shown) }
    }
    let draft = batch.recorder.recorded
    let change = try workbench.replicated { replica throws(ReplicaError) in
      try replica.record(
        draft, on: batch.base, time: occasion.time, origin: occasion.origin, message: occasion.message, into: &recording
      )
    }
    let version = Version(sorting: [change.id])
    for (entry, state) in batch.behind {
      try workbench.stored { storage throws(StorageError) in
        try storage.replaceShown(entry, ShownEntry(version: version, state: state))
      }
    }
    for (path, entry) in batch.leftOvers {
      index.claim(path, FilePayload(entry, old.context(of: path), leftOver: version))
    }
  }
}

extension LeftAlone {
  init(_ scan: FolderScan) {
    self.init()
    others = scan.counts.other
    privates = scan.counts.inPrivate
    ignored = scan.counts.ignored
    links = scan.links.map(\.string)
    ofBook = scan.ignored.map { Ignored(path: $0.string, waiting: []) }
  }
}

extension Trouble {
  init(_ path: ExactText, _ error: UnreadableFile) {
    self.init(
      path: path.string, line: error.line, column: error.column, why: .unreadable(error.reason))
  }

  init(_ path: ExactText, _ error: RecorderError) { self.init(path, .unrecordable(error)) }

  init(_ path: ExactText, _ why: Why) {
    self.init(path: path.string, line: nil, column: nil, why: why)
  }

  /// What the scan could not take.
  static func all(in scan: FolderScan) -> [Trouble] {
    var found = scan.emptied.map { Trouble($0, .suddenlyEmpty) }
    found += scan.otherBooks.map { Trouble($0, .anotherBook) }
    for file in scan.unreadable {
      switch file.reason {
      case .tooLarge(let bytes, let limit):
        found.append(Trouble(file.path, .unreadable(.tooLarge(bytes: Int(clamping: bytes), limit: limit))))
      case .stillBeingWritten: found.append(Trouble(file.path, .stillBeingWritten))
      case .tooDeep: found.append(Trouble(file.path, .tooDeep))
      case .refusedBySystem(let error):
        found.append(Trouble(file.path, .notRead(doing: error.call, errno: error.code)))
      }
    }
    for name in scan.refused {
      let path = ExactText(String(decoding: name.path, as: UTF8.self))
      found.append(Trouble(path, .name(name)))
    }
    return found.sorted { ExactText($0.path) < ExactText($1.path) }
  }
}
