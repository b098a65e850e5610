import Bytes
import Glibc

/// The folders below `.valise` that writing needs, and what lies in them under which name. Names follow from the
/// plan, so that they are found again after a crash.
struct OwnFiles {
  let root: FolderRoot
  let temporary: Directory
  let trash: Directory

  init(_ root: FolderRoot) throws(SystemFailure) {
    self.root = root
    let own = try Self.open(FolderRoot.ownFolder, in: root.directory, root.files)
    temporary = try Self.open("tmp", in: own, root.files)
    trash = try Self.open("trash", in: own, root.files)
  }

  private static func open(
    _ name: String, in folder: Directory, _ files: any FileSystem
  ) throws(SystemFailure) -> Directory {
    let name = Array(name.utf8)
    do { return try files.openFolder(name, in: folder) } catch {
      guard error.code == ENOENT else { throw error }
      try files.makeFolder(name, in: folder)
      return try files.openFolder(name, in: folder)
    }
  }

  enum Role: String {
    /// The new bytes, not yet all there: worth nothing after a crash.
    case part
    /// The new bytes, or what was swapped out for them.
    case new
    /// What was moved out of the way, where there is no exchange.
    case aside
  }

  static func name(_ plan: UInt64, _ index: Int, _ role: Role) -> [UInt8] {
    Array("\(plan)-\(index).\(role.rawValue)".utf8)
  }

  /// A person may look for it here: it ends with the file's own name.
  static func trashName(_ plan: UInt64, _ index: Int, _ path: ExactText) -> [UInt8] {
    let name = path.bytes.split(separator: UInt8(ascii: "/")).last ?? []
    return Array("\(plan)-\(index) ".utf8) + name.suffix(180).drop { $0 & 0xc0 == 0x80 }
  }

  /// The plan that made a file; nil for names of another kind.
  static func plan(of name: [UInt8]) -> UInt64? {
    UInt64(String(decoding: name.prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self))
  }

  /// The whole file, or nil where there is none. What is no file, or too large for an entry, is not read.
  func read(_ name: [UInt8], in folder: Directory) throws(SystemFailure) -> FileReading? {
    guard let status = try root.files.status(name, in: folder) else { return nil }
    guard status.kind == .regular else { return FileReading(bytes: nil, before: status, after: status) }
    do { return try root.files.read(name, in: folder, limit: EntryFile.Limit.file) } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
  }

  /// Removes it where it is.
  func discard(_ name: [UInt8], in folder: Directory) throws(SystemFailure) {
    do { try root.files.remove(name, in: folder) } catch {
      guard error.code == ENOENT else { throw error }
    }
  }
}

extension SystemFailure {
  /// The file system does not know the call, or its flag.
  var isUnsupported: Bool { [EINVAL, ENOSYS, EOPNOTSUPP].contains(code) }
}
