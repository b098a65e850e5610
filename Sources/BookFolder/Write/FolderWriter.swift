package import Bytes
import Glibc

/// Carries a plan out so that no save of a person is lost, however badly timed, and no crash leaves half a file
/// (folder.md 6, F1 and F5).
package struct FolderWriter {
  let root: FolderRoot
  let own: OwnFiles
  /// Whether the file system swaps in one step; found out at the first try.
  var exchanges = true
  /// Folders whose names changed, by path.
  var touched: [ExactText: Directory] = [:]

  /// Makes `.valise/tmp` and `.valise/trash` where they are missing.
  package init(_ root: FolderRoot) throws(SystemFailure) {
    self.root = root
    own = try OwnFiles(root)
  }

  /// More new files than this are flushed together.
  static let flushedOneByOne = 4

  /// Journals the plan, prepares every new file, then swaps one by one. Throws only while nothing has been swapped;
  /// what happened to each file is in the outcome. The journal is cleared when all is settled.
  package mutating func write(
    _ plan: WritePlan, journal: some WriteJournal
  ) throws(FolderWriteFailure) -> WriteOutcome {
    do { try journal.begin(plan) } catch { throw .journal(error) }
    do {
      try checkFolders(plan)
      try prepare(plan)
    } catch {
      discardPrepared(plan)
      do { try journal.clear(keeping: []) } catch { throw .journal(error) }
      throw error
    }
    var outcome = WriteOutcome()
    outcome.files = plan.writes.map { _ in FileOutcome(state: .changed(nil)) }
    let (first, others) = order(plan)
    for index in first { outcome.files[index] = carryOut(plan, index, &outcome) }
    if !first.isEmpty { removeEmptyFolders(plan, &outcome) }
    for index in others { outcome.files[index] = carryOut(plan, index, &outcome) }
    removeEmptyFolders(plan, &outcome)
    do { try flushTouched() } catch { outcome.notDurable = error }
    if outcome.isSettled {
      do { try journal.clear(keeping: outcome.swappedOut) } catch { throw .journal(error) }
    }
    return outcome
  }

  /// Gives a file another name, which must be free (EEXIST), and has that on disk; folders that are missing are made.
  /// Returns those.
  package func move(_ path: ExactText, to other: ExactText) throws(SystemFailure) -> [ExactText] {
    let (folder, name) = try root.parent(of: path.bytes)
    var made: [[UInt8]] = []
    let (newFolder, newName) = try root.parentMaking(other.bytes, made: &made)
    try put(name, folder, newName, newFolder)
    // The new name first: a power failure in between leaves two names, not none.
    for path in made.reversed() { try root.files.flush(try root.parent(of: path).folder) }
    try root.files.flush(newFolder)
    try root.files.flush(folder)
    return made.map { ExactText(String(decoding: $0, as: UTF8.self)) }
  }

  /// Names that go make room first for names that come: a file for a folder, another case of the same name. All
  /// other deletions come last.
  private func order(_ plan: WritePlan) -> (first: [Int], others: [Int]) {
    var coming: Set<[UInt8]> = []
    for write in plan.writes where write.after != nil {
      let key = CaseFolding.key(of: write.path.string)
      coming.insert(key)
      for (at, byte) in key.enumerated() where byte == UInt8(ascii: "/") { coming.insert(Array(key[..<at])) }
    }
    func rank(_ index: Int) -> Int {
      guard plan.writes[index].after == nil else { return 1 }
      let key = CaseFolding.key(of: plan.writes[index].path.string)
      let slashes = key.indices.filter { key[$0] == UInt8(ascii: "/") }
      let makesRoom = coming.contains(key) || slashes.contains { coming.contains(Array(key[..<$0])) }
      return makesRoom ? 0 : 2
    }
    let indices = plan.writes.indices
    return (indices.filter { rank($0) == 0 }, indices.filter { rank($0) == 1 } + indices.filter { rank($0) == 2 })
  }

  /// Every folder that is there already must take new names.
  private func checkFolders(_ plan: WritePlan) throws(FolderWriteFailure) {
    var checked: Set<ExactText> = []
    for write in plan.writes where checked.insert(write.path.folder).inserted {
      guard let folder = try? root.parent(of: write.path.bytes).folder else { continue }
      if !root.files.mayWrite(folder) {
        throw .readOnly(folder: write.path.folder)
      }
    }
  }

  /// Step 2: the new bytes beside the old, on disk, under a name that says that they are all there.
  private func prepare(_ plan: WritePlan) throws(FolderWriteFailure) {
    let new = plan.writes.enumerated().filter { $0.element.after != nil }
    let together = new.count > Self.flushedOneByOne
    do throws(SystemFailure) {
      for (index, write) in new {
        var like: FileStatus?
        if write.before != nil, let (folder, name) = try? root.parent(of: write.path.bytes) {
          like = try root.files.status(name, in: folder)
        }
        let part = OwnFiles.name(plan.id, index, .part)
        let flush = !together
        do throws(SystemFailure) {
          try root.files.create(part, in: own.temporary, write.after ?? [], like: like, flush: flush)
        } catch {
          // What a crash left under that name is worth nothing.
          guard error.code == EEXIST else { throw error }
          try own.discard(part, in: own.temporary)
          try root.files.create(part, in: own.temporary, write.after ?? [], like: like, flush: flush)
        }
      }
      if together { try root.files.flushAll(own.temporary) }
      for (index, _) in new {
        let name = OwnFiles.name(plan.id, index, .new)
        try root.files.take(OwnFiles.name(plan.id, index, .part), in: own.temporary, to: name, in: own.temporary)
      }
      if !new.isEmpty { try root.files.flush(own.temporary) }
    } catch {
      throw .notPrepared(error)
    }
  }

  /// After a failure before the first swap: these files are Valise's own. One that stays is found by the next look.
  private func discardPrepared(_ plan: WritePlan) {
    for index in plan.writes.indices {
      for role in [OwnFiles.Role.part, .new] {
        try? own.discard(OwnFiles.name(plan.id, index, role), in: own.temporary)
      }
    }
  }

  /// Those of the plan's own folders, and of the ones just made, that nothing is in; the deepest first.
  private mutating func removeEmptyFolders(_ plan: WritePlan, _ outcome: inout WriteOutcome) {
    let candidates = Set(plan.ownFolders + outcome.madeFolders).sorted { ($1.bytes.count, $1) < ($0.bytes.count, $0) }
    for path in candidates {
      guard let (parent, name) = try? root.parent(of: path.bytes) else { continue }
      // One that holds something stays, and so does one that the system keeps.
      guard (try? root.files.removeFolder(name, in: parent)) != nil else { continue }
      touched[path] = nil
      note(parent, of: path)
      outcome.madeFolders.removeAll { $0 == path }
      if plan.ownFolders.contains(path) { outcome.removedFolders.append(path) }
    }
  }

  /// Step 6.
  private func flushTouched() throws(SystemFailure) {
    for (_, folder) in touched.sorted(by: { $0.key < $1.key }) { try root.files.flush(folder) }
    try root.files.flush(own.temporary)
    try root.files.flush(own.trash)
  }

  mutating func note(_ folder: Directory, of path: ExactText) {
    touched[path.folder] = folder
  }
}

extension ExactText {
  /// Of the folder that holds it; empty for the root.
  fileprivate var folder: ExactText {
    let parent = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes[..<$0] } ?? []
    return ExactText(String(decoding: parent, as: UTF8.self))
  }
}
