import CFileSystem
import Glibc

/// The right to work on a book: one command at a time, released by the system when the process ends, however it ends.
final class BookLock: Sendable {
  private let descriptor: Int32
  /// Who had it before.
  let formerHolder: String

  /// How long a command waits for another one.
  static let patienceInSeconds = 10

  /// Takes the lock; `busy` names the holder when it stays taken.
  ///
  /// - Parameter command: what people see as the holder, such as `valise sync`.
  init(at path: String, command: String) throws(BookError) {
    var descriptor = try Self.open(path)
    let attempts = Self.patienceInSeconds * 20
    for attempt in 0...attempts {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        if Self.stands(descriptor, at: path) {
          self.descriptor = descriptor
          formerHolder = Self.read(from: descriptor)
          Self.write("\(command) (process \(getpid()))", to: descriptor)
          return
        }
        // The holder took the book away with its lock.
        close(descriptor)
        descriptor = try Self.open(path)
      }
      if attempt < attempts { usleep(50_000) }
    }
    let holder = Self.read(from: descriptor)
    close(descriptor)
    throw .busy(holder: holder)
  }

  deinit { close(descriptor) }

  /// Who holds the lock, or had it last; nil where that cannot be read.
  static func holder(at path: String) -> String? {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return read(from: descriptor)
  }

  /// Whether a holder is such a command.
  static func isHolder(_ holder: String, _ command: String) -> Bool { holder.hasPrefix("\(command) (process ") }

  private static func open(_ path: String) throws(BookError) -> Int32 {
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .file(doing: "open", path: path, errno: errno) }
    return descriptor
  }

  private static func stands(_ descriptor: Int32, at path: String) -> Bool {
    var (own, found) = (stat(), stat())
    guard unsafe fstat(descriptor, &own) == 0, unsafe lstat(path, &found) == 0 else { return false }
    return own.st_ino == found.st_ino && own.st_dev == found.st_dev
  }

  /// Names the holder for whoever waits; not being able to is no reason to stop.
  private static func write(_ holder: String, to descriptor: Int32) {
    guard ftruncate(descriptor, 0) == 0 else { return }
    let bytes = Array(holder.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  private static func read(from descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    let holder = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return holder.isEmpty ? "another command" : holder
  }
}
