import BookFolder
import Bytes
import Formats
import Glibc
import History
import Merge
import Replica
import ReplicaStore
import Signing

/// What a snapshot was made into.
package enum Restored: Sendable {
  case book(BookReport)
  /// Of a light snapshot: files in a folder that is no book.
  case files(LightReport)
}

/// Files that were written out of a light snapshot.
package struct LightReport: Equatable, Sendable {
  /// The folder, absolute.
  package let root: String
  /// Short name of the version that they are.
  package let version: String
  package let files: Int
  /// What waited for a decision when the snapshot was made; the files show one value of each.
  package let conflicts: Int
}

extension LocalBook {
  /// Writes the book as it is now, without its history, into a new file.
  func exportLight(to path: String, _ saved: SaveReport) throws(BookError) -> FileReport {
    let file = try NamedFile(path, environment)
    let (light, version) = try transaction { workbench throws(BookError) in
      (try workbench.light(), workbench.names.short(workbench.replica.version))
    }
    let bytes: [UInt8]
    do { bytes = try light.encoded(hash: cryptography.hash) } catch { throw .badFile(path: path, error) }
    try file.write(bytes)
    let changes = light.devices.reduce(UInt64(0)) { $0 + $1.count }
    return FileReport(
      path: path, kind: .light, version: version, changes: Int(clamping: changes), bytes: bytes.count, saved: saved)
  }
}

extension Workbench {
  /// The newest version, entries and all.
  fileprivate func light() throws(BookError) -> LightSnapshotFile {
    try stored { storage throws(StorageError) in
      var entries: [EntryState] = []
      for id in try storage.entries() {
        if let state = try storage.entry(id) { entries.append(state) }
      }
      var devices: [LightSnapshotFile.Device] = []
      for entry in try storage.vector().counts {
        let name = try storage.device(entry.device)?.name ?? ""
        devices.append(LightSnapshotFile.Device(device: entry.device, count: entry.count, name: name))
      }
      return LightSnapshotFile(
        book: replica.book, version: replica.version, level: replica.tip.level, devices: devices, entries: entries)
    }
  }
}

/// A light snapshot, to be written out as files.
struct LightCopy {
  private let light: LightSnapshotFile
  private let environment: Environment
  private let entries: VersionEntries

  /// Nil where the file is another one of Valise's, or none.
  init?(_ file: NamedFile, _ environment: Environment) throws(BookError) {
    let bytes = try file.read()
    guard let (kind, _) = try? FileKind.peek(bytes), kind == .light else { return nil }
    do { light = try LightSnapshotFile(decoding: bytes, hash: Signing.hash) } catch {
      throw .badFile(path: file.path, error)
    }
    self.environment = environment
    entries = VersionEntries(light.entries)
  }

  /// Writes the files, into a folder that is made where it is missing, and that may hold others of other names. Nothing
  /// stays behind on an error.
  func write(into path: String) throws(BookError) -> LightReport {
    let madeRoot = try OwnFolder.make(path, mode: 0o777)
    guard let root = OwnFolder.resolved(path) else { throw .file(doing: "open", path: path, errno: errno) }
    var copy = Copy(folder: try LocalBook.folder(at: root, environment))
    do throws(BookError) {
      // In a book the files would be taken for notes that somebody wrote there.
      if let outer = try? LocalBook.find(from: root) { throw .insideBook(root: outer) }
      let files = try files()
      let taken = files.map(\.path.description).filter { OwnFolder.exists(root + "/" + $0) }
      if !taken.isEmpty { throw .collisions(paths: taken) }
      for file in files { try copy.write(file.bytes, at: file.path) }
      try copy.flush()
      let names = VersionNames(Signing.cryptography)
      return LightReport(
        root: root, version: names.short(light.version), files: files.count,
        conflicts: light.entries.reduce(0) { $0 + ($1.isAlive ? EntryConflict.all(in: $1).count : 0) })
    } catch {
      copy.takeBack()
      if madeRoot { OwnFolder(root: root).removeRoot() }
      throw error
    }
  }

  private func files() throws(BookError) -> [(path: EntryPath, bytes: [UInt8])] {
    let placed = entries.placedEntries()
    let targets = try EntryPath.targets(of: placed, .shared)
    var files: [(path: EntryPath, bytes: [UInt8])] = []
    for entry in placed {
      guard let path = targets[entry.id], let state = entries.entry(entry.id) else { continue }
      do {
        files.append((path, EntryFile(EntryView(state, in: try entries.context(of: state))).rendered()))
      } catch { throw BookError(error) }
    }
    return files.sorted { $0.path < $1.path }
  }
}

/// Files on their way into a folder, so that they can be taken back.
private struct Copy {
  let folder: FolderRoot
  private var written: [(name: [UInt8], folder: Directory)] = []
  private var made: [(name: [UInt8], folder: Directory)] = []

  init(folder: FolderRoot) { self.folder = folder }

  mutating func write(_ bytes: [UInt8], at path: EntryPath) throws(BookError) {
    do throws(SystemFailure) {
      var place = folder.directory
      for component in path.components.dropLast() {
        let name = Array(component.utf8)
        do throws(SystemFailure) {
          try folder.files.makeFolder(name, in: place)
          made.append((name, place))
        } catch { guard error.code == EEXIST else { throw error } }
        place = try folder.files.openFolder(name, in: place)
      }
      let name = Array(path.name.utf8)
      try folder.files.create(name, in: place, bytes, like: nil, flush: false)
      written.append((name, place))
    } catch { throw .file(doing: "write", path: path.description, errno: error.code) }
  }

  func flush() throws(BookError) {
    do { try folder.files.flushAll(folder.directory) } catch {
      throw .file(doing: "flush", path: "the folder", errno: error.code)
    }
  }

  /// What cannot be taken back stays: the error that led here is the one to be told.
  func takeBack() {
    for file in written.reversed() { try? folder.files.remove(file.name, in: file.folder) }
    for folder in made.reversed() { try? self.folder.files.removeFolder(folder.name, in: folder.folder) }
  }
}
