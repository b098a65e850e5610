import BookFolder
import Bytes
import Glibc
import History
import Replica
import ReplicaStore

/// A file that was private, and is everybody's.
package struct ShareReport: Sendable {
  package let saved: SaveReport
  /// Where it was.
  package let from: String
  /// Where it is.
  package let to: String
}

/// Why a file was not shared.
package enum NotShared: Equatable, Sendable {
  /// It is not in `private/`.
  case notPrivate
  /// It cannot be recorded: `status` says why.
  case unreadable
  /// `.valiseignore` names the place where it would be.
  case ignored(String)
  /// That place cannot be had on every system; a place that can.
  case name(String, suggestion: String?)
}

extension LocalBook {
  /// Moves a file out of `private/`, and makes a new entry of it in the shared book, without its drafts.
  ///
  /// - Parameter name: where it goes; nil: to the same place below the book's folder.
  package func share(_ file: String, to name: String?) throws(BookError) -> ShareReport {
    let before = try save()
    guard let secret = try privateSide(meantBy: file) else { throw .notShared(file, .notPrivate) }
    // Where the file stands: a folder that is there in another spelling has it, `Private/` for instance.
    let path = try secret.transaction { workbench throws(BookError) in
      let (id, path) = try workbench.file(named: file, at: nil)
      return try workbench.index().places[id] ?? path
    }
    if before.trouble.contains(where: { $0.path == path.string }) { throw .notShared(path.string, .unreadable) }
    let target = try placeToShare(path, name.map { ExactText($0) } ?? EntryPath.shared(path))
    // From here on all is as if a person had moved the file: a crash leaves nothing that the next command does not see.
    do {
      let made = try FolderWriter(folder).move(path, to: target.text)
      try transaction { workbench throws(BookError) in
        try workbench.put(ownFolders: Set(try workbench.ownFolders() + made).sorted())
      }
    } catch let error as BookError { throw error } catch let error as SystemFailure {
      if error.code == EEXIST { throw .fileExists(path: target.description) }
      throw .file(doing: error.call, path: path.string, errno: error.code)
    } catch { throw .brokenBook(what: "\(error)") }
    var saved = try record()
    try writeOut(&saved)
    saved.version = try versionName()
    return ShareReport(saved: saved, from: path.string, to: target.description)
  }

  /// Where the file is to stand: a name that every system has, that is free, and that is not left alone.
  private func placeToShare(_ path: ExactText, _ wanted: ExactText) throws(BookError) -> EntryPath {
    let target: EntryPath
    do { target = try EntryPath(recording: wanted.bytes) } catch {
      throw .notShared(path.string, .name(wanted.string, suggestion: error.suggestion))
    }
    if target.isPrivate { throw .notShared(path.string, .name(wanted.string, suggestion: nil)) }
    if try ignoreRules().ignoreWithFolders(target.text.bytes) {
      throw .notShared(path.string, .ignored(target.description))
    }
    let isTaken = try transaction { workbench throws(BookError) in
      try workbench.targets().values.contains { $0.key == target.key }
    }
    if isTaken || OwnFolder.exists(root + "/" + target.description) { throw .fileExists(path: target.description) }
    return target
  }
}
