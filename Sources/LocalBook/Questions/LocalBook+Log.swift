import BookFolder
import Bytes
import History
import Merge
package import Replica
import ReplicaStore

extension LocalBook {
  /// The newest changes, newest first.
  ///
  /// - Parameter ofPrivate: of what lies in `private/`, instead of the book.
  package func log(limit: Int, ofPrivate: Bool = false) throws(BookError) -> [LogLine] {
    _ = try save()
    if ofPrivate { return try privateSide()?.log(limit: limit) ?? [] }
    return try transaction { workbench throws(BookError) in
      let rows = try workbench.replicated { replica throws(ReplicaError) in
        try replica.log(of: replica.version, limit: limit)
      }
      var lines: [LogLine] = []
      for row in rows { lines.append(try workbench.logLine(row)) }
      return lines
    }
  }

  /// The newest changes that touched a file, newest first; under all names that it had, and deleted or not. Of
  /// `FILE@VERSION`, those that the version has.
  package func history(of file: String, limit: Int) throws(BookError) -> [LogLine] {
    _ = try save()
    if let secret = try privateSide(meantBy: file) { return try secret.history(of: file, limit: limit) }
    return try transaction { workbench throws(BookError) in
      let (id, _, version) = try workbench.requiredFile(file)
      let (graph, heads) = try workbench.shape(of: version ?? workbench.replica.version)
      var past = PastCursor(at: graph)
      past.move(to: heads, in: graph)
      let touches = try workbench.stored { storage throws(StorageError) in try storage.touches(of: id) }
      let known = touches.map(\.index).filter(past.contains)
      var lines: [LogLine] = []
      for index in known.sorted(by: { graph.place($0) > graph.place($1) }).prefix(limit) {
        let row = try workbench.stored { storage throws(StorageError) in try storage.row(at: index) }
        if let row { lines.append(try workbench.logLine(row)) }
      }
      return lines
    }
  }

  /// A file, as it is or at a version (`FILE@VERSION`), or the change that a version ends with and what it changed.
  package func show(_ what: String) throws(BookError) -> Shown {
    _ = try save()
    if let secret = try privateSide(meantBy: what) { return try secret.show(what) }
    return try transaction { workbench throws(BookError) in
      if let (id, path, version) = try workbench.versionedFile(what) {
        return try workbench.showFile(id, path, at: version ?? workbench.replica.version)
      }
      do throws(BookError) { return try workbench.showChange(try workbench.version(named: what)) } catch {
        throw try workbench.asFile(what, error)
      }
    }
  }

  /// What differs between two versions.
  ///
  /// Without `b`, up to the newest version; without `a`, from what the server had at the last sync. `FILE@VERSION`
  /// compares that entry alone.
  package func compare(_ a: String?, _ b: String?) throws(BookError) -> Comparison {
    _ = try save()
    if let secret = try privateSide(meantBy: a, b) { return try secret.compare(a, b) }
    return try transaction { workbench throws(BookError) in
      var files: [EntryID] = []
      let (old, new): (Version, Version)
      if let a { old = try workbench.version(named: a, &files) } else { old = try workbench.synced() }
      if let b { new = try workbench.version(named: b, &files) } else { new = workbench.replica.version }
      let all = try workbench.compare(old, new)
      return files.isEmpty ? all : Comparison(entries: all.entries.filter { files.contains($0.id) })
    }
  }
}

extension Workbench {
  /// The version that is named, of `FILE@VERSION` as well; then the entry that is meant is added.
  mutating func version(named words: String, _ files: inout [EntryID]) throws(BookError) -> Version {
    let parts = VersionedFile(words)
    guard let file = parts.file, let name = parts.version else { return try version(named: words) }
    let version = try version(named: name)
    files.append(try self.file(named: file, at: version).0)
    return version
  }

  /// What is wrong with words that name neither a file nor a version: mostly a file's name was meant.
  fileprivate func asFile(_ words: String, _ error: BookError) throws(BookError) -> BookError {
    switch error {
    case .noSuchVersion, .notAVersion(_, .notAName):
      let isName = error.isNoName && !words.utf8.contains(where: "~@".utf8.contains)
      if isName || words.utf8.contains(UInt8(ascii: "/")) || words.hasSuffix(".md") {
        return .noSuchFile(words, nearest: try nearest(to: words))
      }
      return try nearest(to: words).map { .noSuchFile(words, nearest: $0) } ?? error
    default: return error
    }
  }

  /// The newest version but for this laptop's changes that the server has not got.
  mutating func synced() throws(BookError) -> Version {
    let acknowledged = try number(SettingName.acknowledged) ?? 0
    let device = replica.tip.device
    return try replicated { replica throws(ReplicaError) in
      let graph = try replica.graph()
      var waiting = graph.heads
      var (sent, unsent): (Set<ChangeIndex>, Set<ChangeIndex>) = ([], [])
      while let index = waiting.popLast() {
        let ref = graph.ref(at: index)
        if ref.device != device || ref.seq < acknowledged {
          sent.insert(index)
        } else if unsent.insert(index).inserted {
          waiting += graph.parents(of: index)
        }
      }
      return graph.version(of: graph.reduced(sent))
    }
  }

  mutating func showFile(_ id: EntryID, _ path: ExactText, at version: Version) throws(BookError) -> Shown {
    let state = try replicated { replica throws(ReplicaError) in try replica.entry(id, at: version) }
    guard let state else { throw .notInVersion(file: path.string, version: names.short(version), isDeleted: false) }
    return .file(path: path.string, version: names.short(version), bytes: EntryFile(try view(state)).rendered())
  }

  mutating func showChange(_ version: Version) throws(BookError) -> Shown {
    let places = try replicated { replica throws(ReplicaError) in try replica.indices(of: version) }
    var rows: [ChangeRow] = []
    for place in places {
      if let row = try stored({ storage throws(StorageError) in try storage.row(at: place) }) { rows.append(row) }
    }
    guard let row = rows.first else { throw .noSuchVersion(names.short(version)) }
    let line = try logLine(row)
    if rows.count > 1 {
      var lines = [line]
      for row in rows.dropFirst() { lines.append(try logLine(row)) }
      return .merged(version: names.short(version), lines, try openPassages(merging: try sides(of: version)))
    }
    let parents = try replicated { replica throws(ReplicaError) in try replica.graph().version(of: row.parents) }
    let passages = row.parents.count > 1 ? try openPassages(merging: try sides(of: version)) : []
    return .change(line, try compare(parents, version), passages)
  }

  /// What differs between two versions; of several concurrent values, the one that the file may show.
  mutating func compare(_ old: Version, _ new: Version) throws(BookError) -> Comparison {
    let context = self.context
    return try replicated { replica throws(ReplicaError) in
      try replica.compare(old, new) { state throws(StorageError) in try context.context(of: state) }
    }
  }

  mutating func logLine(_ row: ChangeRow) throws(BookError) -> LogLine {
    let files = try deeds(of: row).files
    let isDerived = row.message.isEmpty
    var message = isDerived ? Self.summary(of: files, row.origin) : row.message.string
    if message.isEmpty { message = try tagging(by: row) ?? "" }
    if isDerived { message = try because(of: row.origin, message) }
    if message.isEmpty { message = row.parents.isEmpty ? "began the book" : "joined the book" }
    return LogLine(
      hash: names.short(row.id), person: try person(row.ref.device), time: row.time, message: message,
      isDerived: isDerived, files: files)
  }

  /// What a change did, with what it brings back or takes back.
  private mutating func because(of origin: Origin, _ message: String) throws(BookError) -> String {
    switch origin {
    case .restore(let heads): return "as in \(names.short(Version(sorting: heads))): \(message)"
    case .undo(let target):
      var (target, isRedo) = (target, false)
      while let row = try row(of: target), case .undo(let earlier) = row.origin {
        (target, isRedo) = (earlier, !isRedo)
      }
      let what = "\(isRedo ? "redid" : "undid") \(names.short(target))"
      return message.isEmpty ? "\(what), of which nothing was left" : "\(what): \(message)"
    case .rule: return "there once, since two people did the same: \(message)"
    case .typed, .imported, .resolved, .unknown: return message
    }
  }

  private mutating func row(of id: ChangeID) throws(BookError) -> ChangeRow? {
    let index = try replicated { replica throws(ReplicaError) in try replica.graph().index(of: id) }
    guard let index else { return nil }
    return try stored { storage throws(StorageError) in try storage.row(at: index) }
  }

  /// The person's name, as last said; a device that has not said one is called by its first digits.
  func person(_ device: DeviceID) throws(BookError) -> String {
    let row = try stored { storage throws(StorageError) in try storage.device(device) }
    return device.personName(row)
  }
}

extension BookError {
  /// Whether words cannot be a version's name at all.
  fileprivate var isNoName: Bool { if case .notAVersion(_, .notAName) = self { true } else { false } }
}

extension DeviceID {
  /// Whose it is, as last said; one that has said nothing is called by its first digits.
  func personName(_ row: DeviceRow?) -> String {
    guard let name = row?.name.string, !name.isEmpty else { return "device \(bytes.prefix(4).hex)" }
    return name
  }
}

/// A kind in a count.
package enum KindName {
  /// Of more kinds than so many, a sentence gives the sum.
  package static let listed = 3

  /// "person" or "people".
  package static func counted(_ kind: String, _ number: Int) -> String {
    if number == 1 { return kind }
    return kind == "person" ? "people" : kind + "s"
  }
}
