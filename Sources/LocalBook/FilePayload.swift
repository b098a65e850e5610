import BookFolder
import Bytes
import History

/// What the index keeps beside a file's stamp: whose file it is.
struct FilePayload: Equatable {
  let entry: EntryID

  init(_ entry: EntryID) { self.entry = entry }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.put(entry.creation)
    return writer.bytes
  }

  /// Nil for a file that belongs to no entry yet.
  init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let creation = try? reader.operationRef(), reader.isAtEnd else { return nil }
    entry = EntryID(creation: creation)
  }
}

extension FileIndex {
  /// The entry whose file has this path.
  func owner(of path: ExactText) -> EntryID? { self[path].flatMap { FilePayload($0.payload)?.entry } }

  /// Where each entry's file stands on this disk.
  var places: [EntryID: ExactText] {
    var places: [EntryID: ExactText] = [:]
    for entry in entries { if let payload = FilePayload(entry.payload) { places[payload.entry] = entry.path } }
    return places
  }
}
