package import Bytes
import Glibc

/// What a crash left of one planned write.
package struct RecoveredFile: Equatable, Sendable {
  package let write: PlannedWrite
  package let standing: Standing
  /// A save that had been swapped out and was not recorded: an edit of what the file was before.
  package let late: [UInt8]?

  package enum Standing: Equatable, Sendable {
    /// As before the plan: to be written again.
    case before
    /// As planned.
    case after
    /// A person's edit, of the one that it differs less from.
    case edited([UInt8], of: Base)
    /// A person has deleted it.
    case missing
    /// A folder, a link, or what cannot be read.
    case obstructed
    case failed(SystemFailure)
  }

  package enum Base: Equatable, Sendable {
    case before
    case after
  }
}

extension FolderWriter {
  /// Says what a plan that was not finished has left, before any scan of the folder. Nothing is written, except that
  /// a file which had stepped aside gets its name back. The caller records what it learns, clears the journal in the
  /// same transaction, then calls `discard`. `similarity` is that of `Renames.find`.
  package func recover(
    _ plan: WritePlan, similarity: (_ old: [UInt8], _ new: [UInt8]) -> Double
  ) throws(SystemFailure) -> [RecoveredFile] {
    var found: [RecoveredFile] = []
    for (index, write) in plan.writes.enumerated() {
      var standing: RecoveredFile.Standing
      do {
        try returnAside(plan, index)
        standing = try self.standing(of: write, similarity)
      } catch {
        standing = .failed(error)
      }
      found.append(RecoveredFile(write: write, standing: standing, late: try late(of: plan, index)))
    }
    return found
  }

  /// Removes what a plan, done or recovered, has left in `.valise/tmp`. What it deleted stays in the trash.
  package func discard(_ plan: WritePlan) throws(SystemFailure) {
    for index in plan.writes.indices {
      for role in [OwnFiles.Role.part, .new, .aside] {
        try own.discard(OwnFiles.name(plan.id, index, role), in: own.temporary)
      }
    }
  }

  private func returnAside(_ plan: WritePlan, _ index: Int) throws(SystemFailure) {
    let aside = OwnFiles.name(plan.id, index, .aside)
    guard try root.files.status(aside, in: own.temporary) != nil else { return }
    var made: [[UInt8]] = []
    let (folder, name) = try root.parentMaking(plan.writes[index].path.bytes, made: &made)
    do {
      try put(aside, own.temporary, name, folder)
      try root.files.flush(folder)
    } catch {
      guard error.code == EEXIST else { throw error }
    }
  }

  private func standing(
    of write: PlannedWrite, _ similarity: ([UInt8], [UInt8]) -> Double
  ) throws(SystemFailure) -> RecoveredFile.Standing {
    let reading: FileReading?
    do { reading = try root.read(write.path.bytes) } catch {
      if [ELOOP, EISDIR].contains(error.code) { return .obstructed }
      throw error
    }
    guard let reading else { return write.after == nil ? .after : write.before == nil ? .before : .missing }
    guard let bytes = reading.bytes else { return .obstructed }
    if bytes == write.after { return .after }
    if bytes == write.before { return .before }
    guard let before = write.before else { return .edited(bytes, of: .after) }
    guard let after = write.after else { return .edited(bytes, of: .before) }
    return .edited(bytes, of: similarity(before, bytes) > similarity(after, bytes) ? .before : .after)
  }

  /// Bytes that are neither before nor after can only be a person's: new bytes get their name when all are there.
  private func late(of plan: WritePlan, _ index: Int) throws(SystemFailure) -> [UInt8]? {
    let write = plan.writes[index]
    let places = [
      (OwnFiles.name(plan.id, index, .new), own.temporary), (OwnFiles.name(plan.id, index, .aside), own.temporary),
      (OwnFiles.trashName(plan.id, index, write.path), own.trash),
    ]
    for (name, folder) in places {
      if let bytes = try own.read(name, in: folder)?.bytes, bytes != write.before, bytes != write.after { return bytes }
    }
    return nil
  }
}

/// A save into a file that had been swapped out: an edit of what the file was before that plan.
package struct LateSave: Equatable, Sendable {
  package let plan: UInt64
  package let path: ExactText
  package let bytes: [UInt8]
}

extension FolderWriter {
  /// Looks once more at files that were swapped out: an editor that held one open may have written to it since. To be
  /// called when a command starts; `discard` comes after what is found has been recorded.
  package func lookAgain(at copies: [SwappedOut]) throws(SystemFailure) -> [LateSave] {
    var saves: [LateSave] = []
    for copy in copies {
      for role in [OwnFiles.Role.new, .aside] {
        let name = OwnFiles.name(copy.plan, copy.index, role)
        guard let reading = try own.read(name, in: own.temporary), reading.after.stamp != copy.stamp,
          let bytes = reading.bytes
        else { continue }
        saves.append(LateSave(plan: copy.plan, path: copy.path, bytes: bytes))
      }
    }
    return saves
  }

  /// Removes the copies.
  package func discard(_ copies: [SwappedOut]) throws(SystemFailure) {
    for copy in copies {
      for role in [OwnFiles.Role.new, .aside] {
        try own.discard(OwnFiles.name(copy.plan, copy.index, role), in: own.temporary)
      }
    }
  }

  /// Clears `.valise/tmp` of what plans have left that a crash kept from discarding it. What may hold a person's words
  /// goes to the trash.
  ///
  /// - Parameter plans: those that are still to be looked at.
  package func sweep(keeping plans: Set<UInt64>) throws(SystemFailure) {
    for entry in try root.files.list(own.temporary) {
      guard let plan = OwnFiles.plan(of: entry.name), !plans.contains(plan) else { continue }
      if entry.name.hasSuffix(OwnFiles.Role.part) {
        try own.discard(entry.name, in: own.temporary)
      } else {
        try root.files.take(entry.name, in: own.temporary, to: entry.name, in: own.trash)
      }
    }
  }

  /// How long deleted files are kept, in nanoseconds.
  package static let trashLasts: UInt64 = 30 * 86_400 * 1_000_000_000

  /// Removes what was deleted more than 30 days ago. `now` in nanoseconds since 1970.
  package func emptyTrash(now: UInt64) throws(SystemFailure) {
    for entry in try root.files.list(own.trash) {
      guard let plan = OwnFiles.plan(of: entry.name), plan < now, now - plan > Self.trashLasts else { continue }
      try own.discard(entry.name, in: own.trash)
    }
  }
}

extension [UInt8] {
  fileprivate func hasSuffix(_ role: OwnFiles.Role) -> Bool {
    suffix(role.rawValue.utf8.count).elementsEqual(role.rawValue.utf8)
  }
}
