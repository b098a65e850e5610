package import BookFolder
import Synchronization

/// The real file system, with a test between each call and its effect: it counts calls, acts like another program at
/// a given moment, or makes a call fail.
package final class WatchedFiles: FileSystem {
  /// Called in front of each call but the opening of the root; `name` is the name that something is taken from or
  /// comes to, empty where the call is about a folder as a whole.
  package typealias Watcher = @Sendable (_ call: String, _ name: [UInt8]) throws(SystemFailure) -> Void

  private let real = LinuxFileSystem()
  private let calls = Mutex<[String: Int]>([:])
  private let watcher: Mutex<Watcher?>
  private let whileReading: (@Sendable (_ name: [UInt8]) -> Void)?

  /// - Parameter whileReading: called when a file has been read, before it is looked at once more.
  package init(whileReading: (@Sendable (_ name: [UInt8]) -> Void)? = nil, watcher: Watcher? = nil) {
    self.watcher = Mutex(watcher)
    self.whileReading = whileReading
  }

  /// Nil: nobody stands there.
  package func watch(_ watcher: Watcher?) { self.watcher.withLock { $0 = watcher } }

  /// How often a call was made.
  package func count(_ call: String) -> Int { calls.withLock { $0[call] ?? 0 } }

  private func note(_ call: String, _ name: [UInt8] = []) throws(SystemFailure) {
    calls.withLock { $0[call, default: 0] += 1 }
    if let watcher = watcher.withLock({ $0 }) { try watcher(call, name) }
  }

  package func openRoot(_ path: String) throws(SystemFailure) -> Directory { try real.openRoot(path) }
  package func openFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> Directory {
    try note("openFolder", name)
    return try real.openFolder(name, in: folder)
  }
  package func makeFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try note("makeFolder", name)
    try real.makeFolder(name, in: folder)
  }
  package func removeFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try note("removeFolder", name)
    try real.removeFolder(name, in: folder)
  }
  package func list(_ folder: Directory) throws(SystemFailure) -> [DirectoryEntry] {
    try note("list")
    return try real.list(folder)
  }
  package func status(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> FileStatus? {
    try note("status", name)
    return try real.status(name, in: folder)
  }
  package func read(_ name: [UInt8], in folder: Directory, limit: Int) throws(SystemFailure) -> FileReading {
    try note("read", name)
    let reading = try real.read(name, in: folder, limit: limit)
    guard let whileReading else { return reading }
    whileReading(name)
    guard let after = try real.status(name, in: folder) else { return reading }
    return FileReading(bytes: reading.bytes, before: reading.before, after: after)
  }
  package func create(
    _ name: [UInt8], in folder: Directory, _ bytes: [UInt8], like: FileStatus?, flush: Bool
  ) throws(SystemFailure) {
    try note("create", name)
    try real.create(name, in: folder, bytes, like: like, flush: flush)
  }
  package func exchange(
    _ one: [UInt8], in oneFolder: Directory, with other: [UInt8], in otherFolder: Directory
  ) throws(SystemFailure) {
    try note("exchange", other)
    try real.exchange(one, in: oneFolder, with: other, in: otherFolder)
  }
  package func move(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try note("move", new)
    try real.move(name, in: folder, to: new, in: newFolder)
  }
  package func take(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try note("take", name)
    try real.take(name, in: folder, to: new, in: newFolder)
  }
  package func moveByLink(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try note("moveByLink", new)
    try real.moveByLink(name, in: folder, to: new, in: newFolder)
  }
  package func remove(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try note("remove", name)
    try real.remove(name, in: folder)
  }
  package func flush(_ folder: Directory) throws(SystemFailure) {
    try note("flush")
    try real.flush(folder)
  }
  package func flushAll(_ folder: Directory) throws(SystemFailure) {
    try note("flushAll")
    try real.flushAll(folder)
  }
  package func mayWrite(_ folder: Directory) -> Bool {
    do { try note("mayWrite") } catch { return false }
    return real.mayWrite(folder)
  }
}
