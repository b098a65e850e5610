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
    let (plan, copies) = try transaction { workbench throws(BookError) in
      (try workbench.journal(), try workbench.copies())
    }
    guard plan != nil || !copies.isEmpty else { return }
    let writer: FolderWriter
    do { writer = try FolderWriter(folder) } catch {
      throw .file(doing: error.call, path: FolderRoot.ownFolder, errno: error.code)
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
      let unreadable = try workbench.book(steps, of: plan, time: environment.seconds)
      try workbench.put(journal: nil)
      return unreadable
    }
    try putBack(unreadable)
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
      for save in saves {
        if try !workbench.record(save, copies, time: environment.seconds) {
          unreadable.append(UnreadableSave(path: save.path.markedAsLate, written: nil, bytes: save.bytes))
        }
      }
      try workbench.stored { storage throws(StorageError) in try storage.set(SettingName.copies, to: nil) }
      return unreadable
    }
    try putBack(unreadable)
    do { try writer.discard(copies.map(\.copy)) } catch {
      throw .file(doing: error.call, path: root, errno: error.code)
    }
  }
}

extension Workbench {
  /// False when the save cannot be recorded as an edit.
  fileprivate mutating func record(_ save: LateSave, _ copies: [SwappedCopy], time: Int64) throws(BookError) -> Bool {
    guard let copy = copies.first(where: { $0.copy.plan == save.plan && $0.copy.path == save.path }),
      let file = try? EntryFile.parse(save.bytes),
      let state = try replicated({ replica throws(ReplicaError) in try replica.entry(copy.shown.entry, at: copy.version)
        })
    else { return false }
    let shown = ShownEntry(version: replica.version, state: try entry(copy.shown.entry))
    if try recordSave(file, of: state, copy.shown.context, on: copy.version, time: time) {
      try stored { storage throws(StorageError) in try storage.keepShown(copy.shown.entry, shown) }
    }
    return true
  }
}

extension ExactText {
  /// The name under which an unreadable save stands beside the file that it was meant for.
  fileprivate var markedAsLate: ExactText {
    let name = string.hasSuffix(".md") ? String(string.dropLast(3)) : string
    return ExactText(name + " (late save).md")
  }
}
