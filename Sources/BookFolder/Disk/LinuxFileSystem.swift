import CFileSystem
import Glibc

/// The real calls. The only file of this target that says `unsafe`: each name goes to the system as a C string that
/// lives as long as the call, each buffer with its length.
package struct LinuxFileSystem: FileSystem {
  package init() {}

  package func openRoot(_ path: String) throws(SystemFailure) -> Directory {
    Directory(try checked("open") { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
  }

  package func openFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> Directory {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    return Directory(try unsafe checked("openat", name) { unsafe openat(folder.descriptor, $0, flags) })
  }

  package func makeFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try unsafe checked("mkdirat", name) { unsafe mkdirat(folder.descriptor, $0, 0o777) }
  }

  package func removeFolder(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try unsafe checked("unlinkat", name) { unsafe unlinkat(folder.descriptor, $0, AT_REMOVEDIR) }
  }

  package func list(_ folder: Directory) throws(SystemFailure) -> [DirectoryEntry] {
    let own = try checked("openat") { unsafe openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = unsafe fdopendir(own) else {
      let code = errno
      close(own)
      throw SystemFailure("fdopendir", code)
    }
    defer { unsafe closedir(stream) }
    var entries: [DirectoryEntry] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      if name == [UInt8(ascii: ".")] || name == Array("..".utf8) { continue }
      entries.append(DirectoryEntry(name: name, kind: unsafe Self.kind(ofType: Int(entry.pointee.d_type))))
    }
    if errno != 0 { throw SystemFailure("readdir", errno) }
    return entries
  }

  package func status(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> FileStatus? {
    var found = stat()
    let result = unsafe withName(name) { unsafe fstatat(folder.descriptor, $0, &found, AT_SYMLINK_NOFOLLOW) }
    if result == 0 { return Self.status(found) }
    let code = errno
    if code == ENOENT || code == ENOTDIR { return nil }
    throw SystemFailure("fstatat", code)
  }

  package func read(_ name: [UInt8], in folder: Directory, limit: Int) throws(SystemFailure) -> FileReading {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let file = Directory(try unsafe checked("openat", name) { unsafe openat(folder.descriptor, $0, flags) })
    let before = try status(of: file)
    guard before.kind == .regular, before.stamp.size <= Int64(limit) else {
      return FileReading(bytes: nil, before: before, after: before)
    }
    var bytes = [UInt8](repeating: 0, count: Int(before.stamp.size) + 1)
    var count = 0
    while true {
      if count == bytes.count {
        guard count <= limit else { return FileReading(bytes: nil, before: before, after: try status(of: file)) }
        bytes.append(contentsOf: [UInt8](repeating: 0, count: count))
      }
      let part = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(file.descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if part < 0 && errno == EINTR { continue }
      guard part >= 0 else { throw SystemFailure("read", errno) }
      if part == 0 { break }
      count += part
    }
    bytes.removeLast(bytes.count - count)
    return FileReading(bytes: bytes, before: before, after: try status(of: file))
  }

  package func create(
    _ name: [UInt8], in folder: Directory, _ bytes: [UInt8], like: FileStatus?, flush: Bool
  ) throws(SystemFailure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = Directory(
      try unsafe checked("openat", name) { unsafe openat(folder.descriptor, $0, flags, mode_t(0o666)) })
    var written = 0
    while written < bytes.count {
      let part = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(file.descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      }
      if part < 0 && errno == EINTR { continue }
      guard part >= 0 else { throw SystemFailure("write", errno) }
      written += part
    }
    if let like {
      // Only root may give a file away; who may not keeps what the folder gives.
      _ = fchown(file.descriptor, like.user, like.group)
      try checked("fchmod") { fchmod(file.descriptor, like.mode) }
    }
    if flush { try checked("fsync") { fsync(file.descriptor) } }
  }

  package func exchange(
    _ one: [UInt8], in oneFolder: Directory, with other: [UInt8], in otherFolder: Directory
  ) throws(SystemFailure) {
    try unsafe checked("renameat2", one) { one in
      unsafe withName(other) { unsafe valise_rename_exchange(oneFolder.descriptor, one, otherFolder.descriptor, $0) }
    }
  }

  package func move(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try unsafe checked("renameat2", name) { name in
      unsafe withName(new) { unsafe valise_rename_new(folder.descriptor, name, newFolder.descriptor, $0) }
    }
  }

  package func take(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try unsafe checked("renameat", name) { name in
      unsafe withName(new) { unsafe renameat(folder.descriptor, name, newFolder.descriptor, $0) }
    }
  }

  package func moveByLink(
    _ name: [UInt8], in folder: Directory, to new: [UInt8], in newFolder: Directory
  ) throws(SystemFailure) {
    try unsafe checked("linkat", name) { name in
      unsafe withName(new) { unsafe linkat(folder.descriptor, name, newFolder.descriptor, $0, 0) }
    }
    try remove(name, in: folder)
  }

  package func remove(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    try unsafe checked("unlinkat", name) { unsafe unlinkat(folder.descriptor, $0, 0) }
  }

  package func flush(_ folder: Directory) throws(SystemFailure) {
    try checked("fsync") { fsync(folder.descriptor) }
  }

  package func flushAll(_ folder: Directory) throws(SystemFailure) {
    try checked("syncfs") { valise_sync_file_system(folder.descriptor) }
  }

  package func mayWrite(_ folder: Directory) -> Bool {
    unsafe faccessat(folder.descriptor, ".", W_OK | X_OK, 0) == 0
  }
}

extension LinuxFileSystem {
  private func withName<Result>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var terminated: [CChar] = []
    terminated.reserveCapacity(name.count + 1)
    for byte in name { terminated.append(CChar(bitPattern: byte)) }
    terminated.append(0)
    return unsafe body(terminated)
  }

  @discardableResult
  private func checked(_ call: String, _ body: () -> Int32) throws(SystemFailure) -> Int32 {
    while true {
      let result = body()
      if result >= 0 { return result }
      let code = errno
      if code != EINTR { throw SystemFailure(call, code) }
    }
  }

  @discardableResult
  private func checked(
    _ call: String, _ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32
  ) throws(SystemFailure) -> Int32 {
    guard !name.isEmpty, !name.contains(0), !name.contains(UInt8(ascii: "/")) else { throw SystemFailure(call, EINVAL) }
    return try checked(call) { unsafe withName(name, body) }
  }

  private func status(of file: Directory) throws(SystemFailure) -> FileStatus {
    var found = stat()
    try checked("fstat") { unsafe fstat(file.descriptor, &found) }
    return Self.status(found)
  }

  private static func status(_ found: stat) -> FileStatus {
    func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
    let stamp = FileStamp(
      size: Int64(found.st_size), modified: nanoseconds(found.st_mtim), changed: nanoseconds(found.st_ctim),
      inode: UInt64(found.st_ino), device: UInt64(found.st_dev))
    let kind: FileKind =
      switch found.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    return FileStatus(
      kind: kind, stamp: stamp, mode: found.st_mode & 0o7777, user: found.st_uid, group: found.st_gid)
  }

  private static func kind(ofType type: Int) -> FileKind? {
    switch type {
    case Int(DT_REG): .regular
    case Int(DT_DIR): .folder
    case Int(DT_LNK): .link
    case Int(DT_UNKNOWN): nil
    default: .other
    }
  }
}
