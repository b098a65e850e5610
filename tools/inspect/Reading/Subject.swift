import Formats
import Foundation
import Glibc
import LocalBook
import LogStore
import Replica

/// What a person named to be looked at.
enum Subject: Sendable {
  /// A file or a store: of a server's store, one for each of its books.
  case books([Inspected])
  /// A captured connection.
  case capture([UInt8])

  /// - Parameter path: a file; a book's folder; a server's data folder.
  init(_ path: String) throws(InspectError) {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .system(doing: "open", path: path, errno: ENOENT)
    }
    guard !isFolder.boolValue else {
      self = try Self.folder(path)
      return
    }
    let bytes = try Self.bytes(of: path)
    if bytes.starts(with: Self.sqlite) {
      self = .books(try Self.store(path))
    } else if Self.captures.contains(where: { bytes.starts(with: $0) }) {
      self = .capture(bytes)
    } else {
      do { self = .books([try Inspected(file: path, bytes)]) } catch { throw .notReadable(path: path, error) }
    }
  }

  /// All of a file; more than any book has is not read.
  static func bytes(of path: String) throws(InspectError) -> [UInt8] {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw .system(doing: "open", path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .noFile(path: path) }
    guard status.st_size <= 2 << 30 else { throw .system(doing: "read", path: path, errno: EFBIG) }
    do { return Array(try Data(contentsOf: URL(filePath: path))) } catch {
      throw .system(doing: "read", path: path, errno: errno == 0 ? EIO : errno)
    }
  }

  private static func folder(_ path: String) throws(InspectError) -> Subject {
    for store in ["/.valise/book.sqlite", "/book.sqlite", "/log.sqlite"]
    where FileManager.default.fileExists(atPath: path + store) { return .books(try self.store(path + store)) }
    throw .noBook(folder: path)
  }

  private static func store(_ path: String) throws(InspectError) -> [Inspected] {
    let copy: StoreCopy
    do throws(StoreCopy.Failure) { copy = try StoreCopy(of: path) } catch { throw InspectError(error) }
    let refusal: StorageError
    do throws(StorageError) { return try Inspected.laptop(path, copy) } catch { refusal = error }
    do throws(StoreError) { return try Inspected.server(path, copy) } catch {
      guard case .incompatible = error else { throw .store(path: path, "\(error)") }
    }
    if case .damaged(let what) = refusal { throw .store(path: path, what) }
    throw .store(path: path, "\(refusal)")
  }

  private static let sqlite = Array("SQLite format 3\0".utf8)
  /// The first bytes of a pcap file in either byte order, with micro- or nanoseconds; and of a pcapng one.
  private static let captures: [[UInt8]] = [
    [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x4d, 0x3c, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d],
    [0x0a, 0x0d, 0x0d, 0x0a],
  ]
}

/// Why something cannot be looked at at all.
enum InspectError: Error {
  case system(doing: String, path: String, errno: Int32)
  /// Neither file nor folder.
  case noFile(path: String)
  case noBook(folder: String)
  case notReadable(path: String, FormatError)
  case store(path: String, String)
  case busy(path: String)
  /// A capture where a book is wanted, or the reverse.
  case isCapture(path: String)
  case noCapture(path: String)
  case pcapng(path: String)
  case badCapture(path: String, what: String, offset: Int)
  case severalBooks(path: String, names: [String])
  case noSuchBook(String, path: String, names: [String])
  /// The words behind `@` name no version of it, or several.
  case version(BookError, path: String)
  /// A version of a light snapshot, which is of one alone.
  case lightVersion(path: String)
  case differentBooks(one: String, other: String)
  case nothingToMerge(path: String)
  /// A light snapshot where changes are wanted.
  case noHistory(path: String)

  init(_ failure: StoreCopy.Failure) {
    switch failure {
    case .system(let doing, let path, let errno): self = .system(doing: doing, path: path, errno: errno)
    case .busy(let path): self = .busy(path: path)
    }
  }
}

extension Inspected {
  /// What `--book` calls it, where a store holds more than one.
  fileprivate var name: String? {
    switch kind {
    case .server(let name): name
    case .laptop(isPrivate: true): "private"
    default: nil
    }
  }
}

extension Subject {
  /// The one book that is looked at.
  static func book(_ path: String, named name: String?) throws(InspectError) -> Inspected {
    try book(of: books(path), path, named: name, like: [])
  }

  /// The books of two places that are compared: where one place holds several, the one of the name, or the one that the
  /// other place holds too.
  static func pair(
    _ one: String, _ other: String, named name: String?
  ) throws(InspectError) -> (Inspected, Inspected) {
    let (first, second) = (try books(one), try books(other))
    return (
      try book(of: first, one, named: name, like: second), try book(of: second, other, named: name, like: first)
    )
  }

  private static func books(_ path: String) throws(InspectError) -> [Inspected] {
    guard case .books(let books) = try Subject(path) else { throw .isCapture(path: path) }
    return books
  }

  private static func book(
    of books: [Inspected], _ path: String, named name: String?, like others: [Inspected]
  ) throws(InspectError) -> Inspected {
    let names = books.compactMap(\.name)
    // What is private is looked at where it is asked for.
    let open = books.filter { $0.kind != .laptop(isPrivate: true) }
    if let name {
      if let found = books.first(where: { $0.name == name }) { return found }
      guard let named = others.first(where: { $0.name == name }) else {
        throw .noSuchBook(name, path: path, names: names)
      }
      if let same = books.first(where: { $0.book == named.book }) { return same }
      guard let book = open.first, open.count == 1 else { throw .noSuchBook(name, path: path, names: names) }
      return book
    }
    if let book = open.first, open.count == 1 { return book }
    let openOthers = others.filter { $0.kind != .laptop(isPrivate: true) }
    if openOthers.count == 1, let same = open.first(where: { $0.book == openOthers[0].book }) { return same }
    throw .severalBooks(path: path, names: names)
  }
}
