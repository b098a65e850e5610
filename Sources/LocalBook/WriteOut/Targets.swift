import BookFolder
import Bytes
import History
import Replica
import ReplicaStore

extension Workbench {
  /// Where the file of each entry belongs: its path, with ` (2)` and on where several say the same. The same on every
  /// laptop, since the order is the history's.
  mutating func targets() throws(BookError) -> [EntryID: EntryPath] {
    if let known = knownTargets, known.version == replica.version { return known.targets }
    let placed = try stored { storage throws(StorageError) in try storage.placedEntries() }
    let targets = try EntryPath.targets(of: placed, book.side)
    knownTargets = (replica.version, targets)
    return targets
  }

  /// Marks the files that do not stand where they belong as behind.
  mutating func noteMisplaced() throws(BookError) {
    let index = try index()
    let places = index.places
    let targets = try targets()
    for id in Set(targets.keys).union(places.keys).sorted() where places[id] != targets[id]?.text {
      let shown = ShownEntry(version: replica.version, state: places[id] == nil ? nil : try entry(id))
      try stored { storage throws(StorageError) in try storage.keepShown(id, shown) }
    }
  }

  /// Marks as behind the files of disputed fields whose rule looks at other entries, where those say something new.
  mutating func noteOtherFacts() throws(BookError) {
    let disputed = try stored { storage throws(StorageError) in try storage.entriesInConflict() }
    if disputed.isEmpty { return }
    let index = try index()
    let places = index.places
    for id in disputed {
      guard let place = places[id], let state = try entry(id), try facts(of: state) != index.context(of: place) else {
        continue
      }
      let shown = ShownEntry(version: replica.version, state: state)
      try stored { storage throws(StorageError) in try storage.keepShown(id, shown) }
    }
  }
}

extension EntryPath {
  /// Where the files of entries belong, given in the history's order.
  static func targets(of placed: [PlacedEntry], _ side: BookSide) throws(BookError) -> [EntryID: EntryPath] {
    var paths: [EntryPath] = []
    for entry in placed { paths.append(try said(by: entry, side)) }
    var targets: [EntryID: EntryPath] = [:]
    for (entry, path) in zip(placed, distinct(paths)) { targets[entry.id] = path }
    return targets
  }

  /// The path that an entry says; one that no system may have (a peer's mischief) becomes a plain one, so that it
  /// holds back nothing else.
  private static func said(by entry: PlacedEntry, _ side: BookSide) throws(BookError) -> EntryPath {
    if side == .private, let path = try? EntryPath(recording: entry.path.bytes) { return path }
    if let path = try? EntryPath(fromPeer: entry.path) { return path }
    do { return try EntryPath(recording: Array("unnamed-\(entry.id.hex.suffix(12)).md".utf8)) } catch {
      throw .brokenBook(what: "an entry has no usable name")
    }
  }
}
