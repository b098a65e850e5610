import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore
import TextDiff

extension LocalBook {
  /// Before anything else: finishes what a crash interrupted, and looks once more at files that were swapped out.
  func recover() throws(BookError) {
    let writer: FolderWriter
    do { writer = try FolderWriter(folder) } catch {
      throw .file(doing: error.call, path: FolderRoot.ownFolder, errno: error.code)
    }
    try finishInterrupted(writer)
    if let secret = try privateSide() { try secret.finishInterrupted(writer) }
    do { try writer.sweep(keeping: []) } catch {
      throw .file(doing: error.call, path: FolderRoot.ownFolder, errno: error.code)
    }
  }

  private func finishInterrupted(_ writer: FolderWriter) throws(BookError) {
    let (plan, copies) = try transaction { workbench throws(BookError) in
      (try workbench.journal(), try workbench.copies())
    }
    if let plan { try recover(plan, writer) }
    if !copies.isEmpty { try lookAgain(at: copies, writer) }
  }

  private func recover(_ plan: FolderPlan, _ writer: FolderWriter) throws(BookError) {
    let writes = try transaction { workbench throws(BookError) in try workbench.writePlan(plan) }
    let found: [RecoveredFile]
    do {
      found = try writer.recover(writes) { old, new in
        TextDiff.similarity(String(decoding: old, as: UTF8.self), String(decoding: new, as: UTF8.self))
      }
    } catch { throw .file(doing: error.call, path: root, errno: error.code) }
    let unreadable = try transaction { workbench throws(BookError) in
      let steps = zip(plan.steps, found).map { FinishedStep($0, $1) }
      let late = found.indices.filter { found[$0].late != nil }
      try workbench.put(
        copies: late.map { SwappedOut(plan: plan.id, index: $0, path: plan.steps[$0].path, stamp: .unknown) }, plan)
      let unreadable = try workbench.book(steps, of: plan, time: environment.seconds)
      let open = Set(unreadable.compactMap(\.step))
      try workbench.put(try workbench.copies().filter { $0.copy.plan != plan.id || open.contains($0.copy.index) })
      try workbench.put(journal: nil)
      return unreadable
    }
    try putBack(unreadable)
    try forgetCopies { $0.plan == plan.id }
    do { try writer.discard(writes) } catch { throw .file(doing: error.call, path: root, errno: error.code) }
  }

  /// An editor that held a file open may have written to it after it was swapped out: that is an edit of what the file
  /// showed then.
  private func lookAgain(at copies: [SwappedCopy], _ writer: FolderWriter) throws(BookError) {
    let saves: [LateSave]
    do { saves = try writer.lookAgain(at: copies.map(\.copy)) } catch {
      throw .file(doing: error.call, path: root, errno: error.code)
    }
    let unreadable = try transaction { workbench throws(BookError) in
      var unreadable: [UnreadableSave] = []
      var kept: [SwappedCopy] = []
      for save in saves {
        if try workbench.record(save, copies, time: environment.seconds) { continue }
        unreadable.append(UnreadableSave(path: save.path, written: nil, bytes: save.bytes, mark: 1))
        kept += copies.filter { $0.copy.plan == save.plan && $0.copy.path == save.path }
      }
      try workbench.put(kept.map { SwappedCopy(copy: $0.copy.unseen, shown: $0.shown, version: $0.version) })
      return unreadable
    }
    try putBack(unreadable)
    try forgetCopies { _ in true }
    do { try writer.discard(copies.map(\.copy)) } catch {
      throw .file(doing: error.call, path: root, errno: error.code)
    }
  }

  /// A person has back what could not be recorded of a plan.
  func forgetUnreadable(of plan: FolderPlan) throws(BookError) {
    let gone = try forgetCopies { $0.plan == plan.id && $0.stamp == .unknown }
    do { try FolderWriter(folder).discard(gone) } catch {
      throw .file(doing: error.call, path: root, errno: error.code)
    }
  }

  /// Which copies need no look any more.
  @discardableResult
  private func forgetCopies(_ isDone: (SwappedOut) -> Bool) throws(BookError) -> [SwappedOut] {
    try transaction { workbench throws(BookError) in
      let copies = try workbench.copies()
      try workbench.put(copies.filter { !isDone($0.copy) })
      return copies.map(\.copy).filter(isDone)
    }
  }
}

extension Workbench {
  /// False when the save cannot be recorded as an edit.
  fileprivate mutating func record(_ save: LateSave, _ copies: [SwappedCopy], time: Int64) throws(BookError) -> Bool {
    guard let copy = copies.first(where: { $0.copy.plan == save.plan && $0.copy.path == save.path }),
      let file = try? EntryFile.parse(save.bytes)
    else { return false }
    let state: EntryState?
    do { state = try replica.entry(copy.shown.entry, at: copy.version) } catch .noSuchVersion { return false } catch {
      throw BookError(error)
    }
    guard let state else { return false }
    let shown = ShownEntry(version: replica.version, state: try entry(copy.shown.entry))
    switch try recordSave(file, of: state, copy.shown.context, on: copy.version, time: time) {
    case .unrecordable: return false
    case .nothingNew: return true
    case .recorded:
      try stored { storage throws(StorageError) in try storage.keepShown(copy.shown.entry, shown) }
      return true
    }
  }
}
