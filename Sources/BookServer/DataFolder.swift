import Glibc

/// A server's folder: the file of its logs, and the lock that keeps a second server out.
///
/// The lock is the system's: it is gone with the process, however that ends. What stands in the file only says whose it
/// is.
struct DataFolder: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Makes the folder when it is not there, and takes the lock; `holder` is what another server will be told.
  init(_ path: String, holder: String) throws(ServeError) {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .dataFolder(path: path, doing: "making it", errno: errno)
    }
    let descriptor = unsafe open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .dataFolder(path: path, doing: "opening its lock", errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.text(of: descriptor)
      close(descriptor)
      throw .locked(path: path, holder: holder)
    }
    self.path = path
    self.descriptor = descriptor
    write(holder)
  }

  deinit { close(descriptor) }

  var store: String { Self.store(in: path) }

  /// The file of a folder's logs.
  static func store(in path: String) -> String { path + "/log.sqlite" }

  static func isThere(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  static func parent(of path: String) -> String {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)
    while parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
    let parent = parts.dropLast().joined(separator: "/")
    return parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent
  }

  /// Has a file or a folder on the disk when it returns.
  static func flush(_ path: String) throws(ServeError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .dataFolder(path: path, doing: "opening it", errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .dataFolder(path: path, doing: "flushing it", errno: errno) }
  }

  /// Says whose the lock is. Only for people: what cannot be written is not said.
  func write(_ holder: String) {
    let bytes = Array((holder + "\n").utf8)
    ftruncate(descriptor, 0)
    unsafe bytes.withUnsafeBytes { _ = unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  private static func text(of descriptor: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 200)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    let printable = buffer.prefix(max(0, count)).filter { (0x20...0x7e).contains($0) }
    return printable.isEmpty ? "another server" : String(decoding: printable, as: UTF8.self)
  }
}
