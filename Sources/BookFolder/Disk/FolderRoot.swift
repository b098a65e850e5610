import Glibc

/// A book's folder, open. Every path below it is walked one component at a time without following links, so that no
/// path leads out of it.
package struct FolderRoot: Sendable {
  package let files: any FileSystem
  package let directory: Directory

  /// Opens the folder at a path as a person gives it.
  package init(_ path: String, files: any FileSystem = LinuxFileSystem()) throws(SystemFailure) {
    self.files = files
    directory = try files.openRoot(path)
  }

  /// The folder of Valise's own files.
  package static let ownFolder = ".valise"
  /// In it, the file that each command holds while it works on the book.
  package static let lockName = "lock"

  /// The folder that holds this file, and the file's name. Fails with ENOENT, ENOTDIR or ELOOP where a part of the
  /// path is no folder.
  func parent(of path: [UInt8]) throws(SystemFailure) -> (folder: Directory, name: [UInt8]) {
    var components = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Array($0) }
    guard let name = components.popLast() else { throw SystemFailure("open", EINVAL) }
    var folder = directory
    for component in components { folder = try open(component, in: folder) }
    return (folder, name)
  }

  /// The same, with folders made that are missing; their paths are appended to `made`.
  func parentMaking(
    _ path: [UInt8], made: inout [[UInt8]]
  ) throws(SystemFailure) -> (folder: Directory, name: [UInt8]) {
    var components = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Array($0) }
    guard let name = components.popLast() else { throw SystemFailure("open", EINVAL) }
    var folder = directory
    var walked: [UInt8] = []
    for component in components {
      walked += walked.isEmpty ? component : [UInt8(ascii: "/")] + component
      do { folder = try open(component, in: folder) } catch {
        guard error.code == ENOENT else { throw error }
        try files.makeFolder(component, in: folder)
        made.append(walked)
        folder = try open(component, in: folder)
      }
    }
    return (folder, name)
  }

  /// Opens one component; `.`, `..` and nothing are no names.
  private func open(_ component: [UInt8], in folder: Directory) throws(SystemFailure) -> Directory {
    guard !component.isEmpty, component != Array(".".utf8), component != Array("..".utf8) else {
      throw SystemFailure("openat", EINVAL)
    }
    return try files.openFolder(component, in: folder)
  }

  /// What is at a path now, and its bytes where it is a regular file within the limit; nil where there is nothing.
  package func read(_ path: [UInt8], limit: Int = EntryFile.Limit.file) throws(SystemFailure) -> FileReading? {
    do {
      let (folder, name) = try parent(of: path)
      return try files.read(name, in: folder, limit: limit)
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw error
    }
  }
}
