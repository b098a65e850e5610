import Glibc
import LogStore

extension BookServer {
  /// Copies a folder's books, while a server serves them, into a new folder that a server can be started on, and verifies
  /// the copy.
  ///
  /// The copy holds everything that was acknowledged before this was called. It is on the disk when this returns, or
  /// there is no folder of that name.
  package static func backup(data: String, to target: String) throws(ServeError) -> LogReport {
    let path = try store(in: data)
    umask(0o077)
    let part = target + ".part"
    guard !DataFolder.isThere(target) else { throw .targetIsThere(path: target) }
    guard unsafe mkdir(part, 0o700) == 0 else {
      if errno == EEXIST { throw .targetIsThere(path: part) }
      throw .dataFolder(path: part, doing: "making it", errno: errno)
    }
    do throws(ServeError) {
      let report = try copy(path, to: part)
      guard unsafe rename(part, target) == 0 else {
        throw .dataFolder(path: target, doing: "giving it its name", errno: errno)
      }
      try DataFolder.flush(DataFolder.parent(of: target))
      return report
    } catch {
      // What is left of a backup that failed must not pass for one.
      for file in ["log.sqlite-journal", "log.sqlite"] { unsafe unlink(part + "/" + file) }
      unsafe rmdir(part)
      throw error
    }
  }

  private static func copy(_ path: String, to folder: String) throws(ServeError) -> LogReport {
    let copy = DataFolder.store(in: folder)
    let report: LogReport
    do throws(StoreError) {
      try LogCopy.write(of: path, to: copy)
      report = LogReport(try StoredLogs(existing: copy))
    } catch { throw .store(error, path: copy) }
    try DataFolder.flush(copy)
    try DataFolder.flush(folder)
    return report
  }
}
