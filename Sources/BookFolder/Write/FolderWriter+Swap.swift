import Bytes
import Glibc

extension FolderWriter {
  /// Steps 3 to 5 for one file.
  mutating func carryOut(_ plan: WritePlan, _ index: Int, _ outcome: inout WriteOutcome) -> FileOutcome {
    let write = plan.writes[index]
    do {
      switch (write.before, write.after) {
      case (nil, nil): return FileOutcome(state: .written(nil))
      case (nil, let after?): return try create(plan, index, after, &outcome)
      case (let before?, nil): return try delete(plan, index, before, &outcome)
      case (let before?, let after?): return try replace(plan, index, before, after, &outcome)
      }
    } catch {
      return FileOutcome(state: isObstruction(error) ? .obstructed : .failed(error))
    }
  }

  /// A link or a file stands where a folder should.
  private func isObstruction(_ failure: SystemFailure) -> Bool { [ELOOP, ENOTDIR, EISDIR].contains(failure.code) }

  /// Step 3: whether the file is still what it was. Nil means go on.
  private func look(
    at name: [UInt8], in folder: Directory, _ write: PlannedWrite, before: [UInt8]
  ) throws(SystemFailure) -> FileOutcome.State? {
    guard let status = try root.files.status(name, in: folder) else { return .changed(nil) }
    guard status.kind == .regular else { return .obstructed }
    if status.stamp == write.expected { return nil }
    guard let reading = try own.read(name, in: folder) else { return .changed(nil) }
    guard let bytes = reading.bytes else { return .failed(SystemFailure("read", EFBIG)) }
    return bytes == before ? nil : .changed(bytes)
  }

  private mutating func replace(
    _ plan: WritePlan, _ index: Int, _ before: [UInt8], _ after: [UInt8], _ outcome: inout WriteOutcome
  ) throws(SystemFailure) -> FileOutcome {
    let write = plan.writes[index]
    guard let (folder, name) = try place(of: write.path) else { return FileOutcome(state: .changed(nil)) }
    if let state = try look(at: name, in: folder, write, before: before) { return FileOutcome(state: state) }
    let new = OwnFiles.name(plan.id, index, .new)
    let prepared = try root.files.status(new, in: own.temporary)
    if exchanges {
      do {
        try root.files.exchange(new, in: own.temporary, with: name, in: folder)
      } catch {
        if error.code == ENOENT { return FileOutcome(state: .changed(nil)) }
        guard error.isUnsupported else { throw error }
        exchanges = false
      }
    }
    note(folder, of: write.path)
    guard exchanges else { return try replaceByMoving(plan, index, before, name, folder, prepared, &outcome) }
    // Step 5: what came out is what the person had, to the last instant.
    let out: FileReading
    do throws(SystemFailure) {
      guard let found = try own.read(new, in: own.temporary) else { throw SystemFailure("read", ENOENT) }
      out = found
    } catch {
      // What cannot be read cannot be judged: the person's file goes back, and is as it was.
      try putBack(new, name, folder, after)
      throw error
    }
    guard let bytes = out.bytes else {
      try putBack(new, name, folder, after)
      let tooLarge = out.before.kind == .regular
      return FileOutcome(state: tooLarge ? .failed(SystemFailure("read", EFBIG)) : .obstructed)
    }
    outcome.swappedOut.append(SwappedOut(plan: plan.id, index: index, path: write.path, stamp: out.before.stamp))
    return FileOutcome(state: written(name, in: folder, prepared), late: bytes == before ? nil : bytes)
  }

  /// What came out cannot be recorded: it goes back, until it is our own bytes that come out.
  private func putBack(
    _ new: [UInt8], _ name: [UInt8], _ folder: Directory, _ after: [UInt8]
  ) throws(SystemFailure) {
    for _ in 0..<8 {
      try root.files.exchange(new, in: own.temporary, with: name, in: folder)
      if try own.read(new, in: own.temporary)?.bytes == after { return }
    }
    throw SystemFailure("renameat2", EBUSY)
  }

  /// Without exchange: the old file steps aside, the new one takes a name that must be free. For an instant the name
  /// stands for nothing; renaming over it instead could destroy a save.
  private mutating func replaceByMoving(
    _ plan: WritePlan, _ index: Int, _ before: [UInt8], _ name: [UInt8], _ folder: Directory, _ prepared: FileStatus?,
    _ outcome: inout WriteOutcome
  ) throws(SystemFailure) -> FileOutcome {
    let aside = OwnFiles.name(plan.id, index, .aside)
    do { try root.files.take(name, in: folder, to: aside, in: own.temporary) } catch {
      if error.code == ENOENT { return FileOutcome(state: .changed(nil)) }
      throw error
    }
    guard let out = try readOut(aside, own.temporary, name, folder), let bytes = out.bytes else {
      try put(aside, own.temporary, name, folder)
      return FileOutcome(state: .obstructed)
    }
    do {
      try put(OwnFiles.name(plan.id, index, .new), own.temporary, name, folder)
    } catch {
      guard error.code == EEXIST else {
        try put(aside, own.temporary, name, folder)
        throw error
      }
      let found = try own.read(name, in: folder)?.bytes
      return FileOutcome(state: .changed(found), late: bytes == before ? nil : bytes)
    }
    outcome.swappedOut.append(
      SwappedOut(plan: plan.id, index: index, path: plan.writes[index].path, stamp: out.before.stamp))
    return FileOutcome(state: written(name, in: folder, prepared), late: bytes == before ? nil : bytes)
  }

  private mutating func create(
    _ plan: WritePlan, _ index: Int, _ after: [UInt8], _ outcome: inout WriteOutcome
  ) throws(SystemFailure) -> FileOutcome {
    let write = plan.writes[index]
    try refuseOwn(write.path)
    var made: [[UInt8]] = []
    defer { outcome.madeFolders += made.map { ExactText(String(decoding: $0, as: UTF8.self)) } }
    let (folder, name) = try root.parentMaking(write.path.bytes, made: &made)
    for path in made { try noteParent(of: path) }
    let new = OwnFiles.name(plan.id, index, .new)
    let prepared = try root.files.status(new, in: own.temporary)
    do {
      try put(new, own.temporary, name, folder)
    } catch {
      guard error.code == EEXIST else { throw error }
      guard let found = try own.read(name, in: folder) else { return FileOutcome(state: .changed(nil)) }
      guard found.before.kind == .regular else { return FileOutcome(state: .obstructed) }
      guard found.bytes == after else { return FileOutcome(state: .changed(found.bytes)) }
      return FileOutcome(state: .written(found.after.stamp))
    }
    note(folder, of: write.path)
    return FileOutcome(state: written(name, in: folder, prepared))
  }

  private mutating func delete(
    _ plan: WritePlan, _ index: Int, _ before: [UInt8], _ outcome: inout WriteOutcome
  ) throws(SystemFailure) -> FileOutcome {
    let write = plan.writes[index]
    guard let (folder, name) = try place(of: write.path) else { return FileOutcome(state: .written(nil)) }
    if let state = try look(at: name, in: folder, write, before: before) {
      return FileOutcome(state: state == .changed(nil) ? .written(nil) : state)
    }
    let trashed = OwnFiles.trashName(plan.id, index, write.path)
    do { try root.files.take(name, in: folder, to: trashed, in: own.trash) } catch {
      if error.code == ENOENT { return FileOutcome(state: .written(nil)) }
      throw error
    }
    note(folder, of: write.path)
    guard let out = try readOut(trashed, own.trash, name, folder), let bytes = out.bytes else {
      try put(trashed, own.trash, name, folder)
      return FileOutcome(state: .obstructed)
    }
    return FileOutcome(state: .written(nil), late: bytes == before ? nil : bytes)
  }

  /// Gives a file a name that is free, and fails with EEXIST where it is not.
  func put(_ name: [UInt8], _ folder: Directory, _ new: [UInt8], _ newFolder: Directory) throws(SystemFailure) {
    do { try root.files.move(name, in: folder, to: new, in: newFolder) } catch {
      guard error.isUnsupported else { throw error }
      do { try root.files.moveByLink(name, in: folder, to: new, in: newFolder) } catch {
        guard error.isUnsupported || error.code == EPERM || error.code == EMLINK else { throw error }
        // Neither call is known (FAT on an old kernel): a look has to do.
        if try root.files.status(new, in: newFolder) != nil { throw SystemFailure("rename", EEXIST) }
        try root.files.take(name, in: folder, to: new, in: newFolder)
      }
    }
  }

  /// What was moved out of the way under another name; when it cannot be read it goes back first.
  private func readOut(
    _ moved: [UInt8], _ movedFolder: Directory, _ name: [UInt8], _ folder: Directory
  ) throws(SystemFailure) -> FileReading? {
    do { return try own.read(moved, in: movedFolder) } catch {
      try put(moved, movedFolder, name, folder)
      throw error
    }
  }

  /// The file stands, with its stamp; without one when somebody has saved since, or when the system does not say: it
  /// is read again then, and must not pass for a file that is not there.
  private func written(_ name: [UInt8], in folder: Directory, _ prepared: FileStatus?) -> FileOutcome.State {
    guard let now = (try? root.files.status(name, in: folder))?.stamp, let before = prepared?.stamp else {
      return .written(nil)
    }
    let isSame = now.inode == before.inode && now.modified == before.modified && now.size == before.size
    return .written(isSame ? now : nil)
  }

  /// Nil where the folder is gone.
  private func place(of path: ExactText) throws(SystemFailure) -> (folder: Directory, name: [UInt8])? {
    try refuseOwn(path)
    do { return try root.parent(of: path.bytes) } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw error
    }
  }

  /// No plan reaches what is Valise's own, nor anything hidden.
  private func refuseOwn(_ path: ExactText) throws(SystemFailure) {
    for name in path.bytes.split(separator: UInt8(ascii: "/")) where Droppings.isHidden(name) {
      throw SystemFailure("open", EINVAL)
    }
  }

  private mutating func noteParent(of path: [UInt8]) throws(SystemFailure) {
    note(try root.parent(of: path).folder, of: ExactText(String(decoding: path, as: UTF8.self)))
  }
}
