import BookFolder
import Synchronization

/// The real file system, with a test in front of each call: it acts like another program, or makes the call fail.
final class WatchedFiles: FileSystem {
  typealias Watcher = @Sendable (_ call: String, _ name: [UInt8]) throws(SystemFailure) -> Void

  private let real = LinuxFileSystem()
  private let watcher = Mutex<Watcher?>(nil)

  /// Nil: nobody stands there.
  func watch(_ watcher: Watcher?) { self.watcher.withLock { $0 = watcher } }

  private func note(_ call: String, _ name: [UInt8] = []) throws(SystemFailure) {
    if let watcher = watcher.withLock({ $0 }) { try watcher(call, name) }
  }

  func openRoot(_ path: String) throws(SystemFailure) -> Directory { try real.openRoot(path) }
  func openFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> Directory {
    try real.openFolder(name, in: folder)
  }
  func makeFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try note("makeFolder", name)
    try real.makeFolder(name, in: folder)
  }
  func removeFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try note("removeFolder", name)
    try real.removeFolder(name, in: folder)
  }
  func list(_ folder: Directory) throws(SystemFailure) -> [DirectoryEntry] { try real.list(folder) }
  func status(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> FileStatus? {
    try note("status", name)
    return try real.status(name, in: folder)
  }
  func read(_ name: [UInt8], in folder: Directory, limit: Int) throws(SystemFailure) -> FileReading {
    try note("read", name)
    return try real.read(name, in: folder, limit: limit)
  }
  func create(
    _ name: [UInt8], in folder: Directory, _ bytes: [UInt8], like: FileStatus?, flush: Bool
  ) throws(SystemFailure) {
    try note("create", name)
    try real.create(name, in: folder, bytes, like: like, flush: flush)
  }
  func exchange(
    _ one: [UInt8], in oneFolder: Directory, with other: [UInt8], in otherFolder: Directory
  ) throws(SystemFailure) {
    try note("exchange", other)
    try real.exchange(one, in: oneFolder, with: other, in: otherFolder)
  }
  func move(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try note("move", new)
    try real.move(name, in: folder, to: new, in: newFolder)
  }
  func take(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try note("take", name)
    try real.take(name, in: folder, to: new, in: newFolder)
  }
  func moveByLink(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try note("moveByLink", new)
    try real.moveByLink(name, in: folder, to: new, in: newFolder)
  }
  func remove(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try note("remove", name)
    try real.remove(name, in: folder)
  }
  func flush(_ folder: Directory) throws(SystemFailure) { try real.flush(folder) }
  func flushAll(_ folder: Directory) throws(SystemFailure) { try real.flushAll(folder) }
  func mayWrite(_ folder: Directory) -> Bool { real.mayWrite(folder) }
}
