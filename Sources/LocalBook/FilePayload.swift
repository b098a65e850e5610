import BookFolder
import Bytes
import History

/// What the index keeps beside a file's stamp: whose file it is, and what its bytes followed from beside the entry.
struct FilePayload: Equatable {
  let entry: EntryID
  var context = ShownContext()

  init(_ entry: EntryID, _ context: ShownContext = ShownContext()) {
    self.entry = entry
    self.context = context
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.put(entry.creation)
    if context == ShownContext() { return writer.bytes }
    let short = writer.bytes
    context.encode(into: &writer)
    // What the index has no room for is looked up anew: at worst a file is taken for edited.
    return writer.bytes.count <= FileIndex.Limit.payload ? writer.bytes : short
  }

  /// Nil for a file that belongs to no entry yet.
  init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let creation = try? reader.operationRef() else { return nil }
    entry = EntryID(creation: creation)
    if reader.isAtEnd { return }
    guard let context = try? ShownContext(from: &reader), reader.isAtEnd else { return nil }
    self.context = context
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
    for entry in entries { if let payload = FilePayload(entry.payload) { places[payload.entry] = entry.path } }
    return places
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
