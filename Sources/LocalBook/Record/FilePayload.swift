import BookFolder
import Bytes
import History

/// What the index keeps beside a file's stamp: whose file it is, and what its bytes followed from beside the entry.
struct FilePayload: Equatable {
  let entry: EntryID
  var context = ShownContext()
  /// The version that the file shows, where the entry's own file stands elsewhere by now and this one is still to go:
  /// it could not be moved, or a person saved it in that instant.
  var leftOver: Version?

  init(_ entry: EntryID, _ context: ShownContext = ShownContext(), leftOver: Version? = nil) {
    self.entry = entry
    self.context = context
    self.leftOver = leftOver
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.put(entry.creation)
    if context == ShownContext() && leftOver == nil { return writer.bytes }
    var (full, short) = (writer, writer)
    context.encode(into: &full)
    ShownContext().encode(into: &short)
    for heads in [leftOver?.heads].compactMap({ $0 }) {
      full.put(count: heads.count)
      short.put(count: heads.count)
      for head in heads {
        full.put(head.digest)
        short.put(head.digest)
      }
    }
    // What the index has no room for is looked up anew: at worst a file is taken for edited.
    return full.bytes.count <= FileIndex.Limit.payload ? full.bytes : short.bytes
  }

  /// Nil for a file that belongs to no entry yet.
  init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let creation = try? reader.operationRef() else { return nil }
    entry = EntryID(creation: creation)
    if reader.isAtEnd { return }
    guard let context = try? ShownContext(from: &reader) else { return nil }
    self.context = context
    if reader.isAtEnd { return }
    guard let count = try? reader.count(limit: FileIndex.Limit.payload) else { return nil }
    var heads: [ChangeID] = []
    for _ in 0..<count {
      guard let digest = try? reader.digest() else { return nil }
      heads.append(ChangeID(digest))
    }
    guard reader.isAtEnd else { return nil }
    leftOver = Version(sorting: heads)
  }
}

extension FileIndex {
  func payload(of path: ExactText) -> FilePayload? { self[path].flatMap { FilePayload($0.payload) } }

  /// The entry whose file has this path.
  func owner(of path: ExactText) -> EntryID? { payload(of: path)?.entry }

  /// What decided how the file was written.
  func context(of path: ExactText) -> ShownContext { payload(of: path)?.context ?? ShownContext() }

  /// Where each entry's file stands on this disk.
  var places: [EntryID: ExactText] {
    var places: [EntryID: ExactText] = [:]
    for entry in entries {
      if let payload = FilePayload(entry.payload), payload.leftOver == nil { places[payload.entry] = entry.path }
    }
    return places
  }

  /// Files that are still to go, and whose they were.
  var leftOvers: [(path: ExactText, entry: EntryID)] {
    entries.compactMap { file in
      FilePayload(file.payload).flatMap { $0.leftOver == nil ? nil : (file.path, $0.entry) }
    }
  }

  /// Says whose file it is.
  mutating func claim(_ path: ExactText, _ payload: FilePayload) {
    guard var file = self[path] else { return }
    file.payload = payload.bytes
    set(file)
  }

  /// Has the file read again next time, whatever its stamp says.
  mutating func doubt(_ path: ExactText) {
    guard var file = self[path] else { return }
    file.isCertain = false
    set(file)
  }
}
