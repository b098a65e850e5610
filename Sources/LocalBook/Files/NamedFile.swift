import BookFolder
import Glibc

/// A file that a person names, somewhere on the machine: read whole, and written so that it is there whole or not at
/// all.
struct NamedFile {
  /// As the person wrote it.
  let path: String
  private let folder: FolderRoot
  private let name: [UInt8]

  /// More than any book; what is larger is not read.
  private static let limit = 2 << 30

  /// Fails where the folder that holds it cannot be opened.
  init(_ path: String, _ environment: Environment) throws(BookError) {
    self.path = path
    // What a link leads to is meant; where nothing is yet, the name itself.
    let place = OwnFolder.resolved(path) ?? path
    let slash = place.lastIndex(of: "/")
    let parent = slash.map { $0 == place.startIndex ? "/" : String(place[..<$0]) } ?? "."
    name = Array(place[(slash.map(place.index(after:)) ?? place.startIndex)...].utf8)
    do { folder = try FolderRoot(parent, files: environment.files) } catch {
      throw .file(doing: "reach", path: path, errno: error.code)
    }
  }

  func read() throws(BookError) -> [UInt8] {
    let reading: FileReading
    do { reading = try folder.files.read(name, in: folder.directory, limit: Self.limit) } catch {
      throw .file(doing: "read", path: path, errno: error.code)
    }
    if let bytes = reading.bytes { return bytes }
    switch reading.before.kind {
    case .regular: throw .file(doing: "read", path: path, errno: EFBIG)
    case .folder: throw .file(doing: "read", path: path, errno: EISDIR)
    default: throw .file(doing: "read", path: path, errno: ENOTSUP)
    }
  }

  /// Writes it under a name that must be free.
  func write(_ bytes: [UInt8]) throws(BookError) {
    let part = Array(".".utf8) + name + Array(".part-\(getpid())".utf8)
    do throws(SystemFailure) {
      guard try folder.files.status(name, in: folder.directory) == nil else { throw SystemFailure("write", EEXIST) }
      try folder.files.create(part, in: folder.directory, bytes, like: nil, flush: true)
      do throws(SystemFailure) {
        try folder.files.move(part, in: folder.directory, to: name, in: folder.directory)
        try folder.files.flush(folder.directory)
      } catch {
        // It is Valise's own and worth nothing; one that stays is a hidden file.
        try? folder.files.remove(part, in: folder.directory)
        throw error
      }
    } catch {
      throw error.code == EEXIST ? .fileExists(path: path) : .file(doing: "write", path: path, errno: error.code)
    }
  }
}
