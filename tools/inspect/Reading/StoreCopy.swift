import Foundation
import Glibc

/// A copy of a store, so that looking at it changes nothing in its folder: SQLite makes files beside what it opens.
struct StoreCopy: ~Copyable {
  /// Of the copy.
  let path: String
  let byteCount: Int
  private let folder: String

  enum Failure: Error {
    case system(doing: String, path: String, errno: Int32)
    /// Somebody writes to it without a pause.
    case busy(path: String)
  }

  /// Copies the store and its log, until both stayed as they were meanwhile.
  init(of store: String) throws(Failure) {
    let folder = try Self.folder()
    let path = folder + "/store.sqlite"
    let byteCount: Int
    do throws(Failure) {
      byteCount = try Self.copy([(store, path), (store + "-wal", path + "-wal")])
    } catch {
      try? FileManager.default.removeItem(atPath: folder)
      throw error
    }
    self.folder = folder
    self.path = path
    self.byteCount = byteCount
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A new folder, for nobody else to see.
  private static func folder() throws(Failure) -> String {
    var template = Array((NSTemporaryDirectory() + "/valise-inspect.XXXXXX").utf8CString)
    let made: String? = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, let made = unsafe mkdtemp(start) else { return nil }
      return unsafe String(cString: made)
    }
    guard let made else {
      throw .system(doing: "making a folder for a copy", path: NSTemporaryDirectory(), errno: errno)
    }
    return made
  }

  /// How many bytes were copied.
  private static func copy(_ files: [(from: String, to: String)]) throws(Failure) -> Int {
    for _ in 0..<5 {
      let before = files.map { FileState($0.from) }
      for file in files { try copy(file.from, file.to) }
      if files.map({ FileState($0.from) }) == before { return before.reduce(0) { $0 + ($1?.size ?? 0) } }
    }
    throw .busy(path: files[0].from)
  }

  private static func copy(_ from: String, _ to: String) throws(Failure) {
    try? FileManager.default.removeItem(atPath: to)
    guard FileState(from) != nil else { return }
    do { try FileManager.default.copyItem(atPath: from, toPath: to) } catch {
      throw .system(doing: "reading", path: from, errno: errno)
    }
  }
}

/// By what one sees that a file was written to.
private struct FileState: Equatable {
  let size: Int
  let seconds: Int
  let nanoseconds: Int

  /// Nil where there is none.
  init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
