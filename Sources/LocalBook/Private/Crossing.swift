import Bytes
import History
import Merge
import Replica
import ReplicaStore

/// What one look at the folder found moved out of `private/` or into it: each side has a change that says its half, and
/// an entry for each file.
///
/// The private side keeps it, beside its own change. The shared change is named by its id: numbers of changes are others
/// once the laptop was given a device of its own.
struct Crossing {
  struct File {
    var shared: EntryID
    let hidden: EntryID
  }

  var change: ChangeID
  var files: [File]

  init(of files: [File], in change: ChangeID) {
    self.change = change
    self.files = files
  }

  init(stored bytes: [UInt8]) throws(DecodingError) {
    var reader = ByteReader(bytes)
    change = ChangeID(try reader.digest())
    files = []
    while !reader.isAtEnd {
      let shared = EntryID(creation: try reader.operationRef())
      files.append(File(shared: shared, hidden: EntryID(creation: try reader.operationRef())))
    }
  }

  var stored: [UInt8] {
    var writer = ByteWriter()
    writer.put(change.digest)
    for file in files {
      writer.put(file.shared.creation)
      writer.put(file.hidden.creation)
    }
    return writer.bytes
  }
}

extension Workbench {
  /// What crossed with a change of the private side, whose workbench this is; nil for any other change.
  func crossing(of own: ChangeIndex) throws(BookError) -> Crossing? {
    let name = SettingName.crossing(of: own)
    guard let bytes = try stored({ storage throws(StorageError) in try storage.setting(name) }) else { return nil }
    do { return try Crossing(stored: bytes) } catch { throw .storage(.damaged("\(name): \(error)")) }
  }

  func put(_ crossing: Crossing, of own: ChangeIndex) throws(BookError) {
    try stored { storage throws(StorageError) in
      try storage.set(SettingName.crossing(of: own), to: crossing.stored)
    }
  }

  /// The files of a crossing that the shared side, whose workbench this is, has not got now; and where they were.
  mutating func deleted(of crossing: Crossing?) throws(BookError) -> [(file: Crossing.File, path: String)] {
    var found: [(file: Crossing.File, path: String)] = []
    for file in crossing?.files ?? [] {
      guard let state = try entry(file.shared), !state.isAlive else { continue }
      found.append((file, EntryView.path(of: state).string))
    }
    return found
  }
}
