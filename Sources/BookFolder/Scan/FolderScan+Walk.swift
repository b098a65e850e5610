import Bytes
import Glibc

extension FolderScan {
  /// Looks at every file of the folder. `now` is when the scan begins, in nanoseconds since 1970. The patterns are
  /// those of `.valiseignore`, which is read from the folder where none are given. Throws only where the folder
  /// itself cannot be read.
  package init(
    _ root: FolderRoot, index: FileIndex, now: Int64, ignoring: IgnoreRules? = nil
  ) throws(SystemFailure) {
    let rules: IgnoreRules
    if let ignoring { rules = ignoring } else { rules = try IgnoreRules(in: root) }
    var walk = FolderWalk(root: root, index: index, now: now, rules: rules)
    try walk.visitRoot()
    self = walk.finished()
  }
}

extension IgnoreRules {
  package static let fileName = ".valiseignore"

  /// Those of the folder; none where it has no such file.
  package init(in root: FolderRoot) throws(SystemFailure) {
    let bytes = try root.read(Array(Self.fileName.utf8))?.bytes ?? []
    self.init(String(decoding: bytes, as: UTF8.self))
  }
}

/// One scan under way.
private struct FolderWalk {
  let root: FolderRoot
  let index: FileIndex
  let now: Int64
  let rules: IgnoreRules
  var scan = FolderScan()
  var seen: [FileIndex.Entry] = []
  /// Paths of folders whose files can't be known.
  var unknown: [[UInt8]] = []

  init(root: FolderRoot, index: FileIndex, now: Int64, rules: IgnoreRules) {
    self.root = root
    self.index = index
    self.now = now
    self.rules = rules
  }

  /// A file is certain when it was last touched this long before the scan: file times have a grain (2 s on FAT), and
  /// the kernel stamps with a clock that lags a few milliseconds.
  static let grain: Int64 = 2_000_000_000
  /// How often a file is read that changes meanwhile.
  static let readings = 3
  static let ownFolder = Array(FolderRoot.ownFolder.utf8)
  static let slash = UInt8(ascii: "/")

  mutating func visitRoot() throws(SystemFailure) {
    visit(try root.files.list(root.directory), of: root.directory, at: [], depth: 0)
  }

  private mutating func visit(_ list: [DirectoryEntry], of folder: Directory, at path: [UInt8], depth: Int) {
    for entry in list.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
      if Droppings.isHidden(entry.name) || Droppings.isLeftBehind(entry.name) { continue }
      let below = path.isEmpty ? entry.name : path + [Self.slash] + entry.name
      switch entry.kind {
      case .folder?: visitFolder(entry.name, in: folder, at: below, depth: depth + 1)
      case .regular?: visitFile(entry.name, in: folder, at: below)
      case .link?: noteLink(below)
      case .other?: scan.counts.other += 1
      case nil: visitUnknown(entry.name, in: folder, at: below, depth: depth)
      }
    }
  }

  private mutating func visitUnknown(_ name: [UInt8], in folder: Directory, at path: [UInt8], depth: Int) {
    switch (try? root.files.status(name, in: folder))?.flatMap({ $0.kind }) {
    case .folder?: visitFolder(name, in: folder, at: path, depth: depth + 1)
    case .link?: noteLink(path)
    case .other?: scan.counts.other += 1
    case .regular?, nil: visitFile(name, in: folder, at: path)
    }
  }

  private mutating func noteLink(_ path: [UInt8]) {
    if rules.ignore(path, isFolder: false) { return }
    scan.links.append(ExactText(String(decoding: path, as: UTF8.self)))
    unknown.append(path)
  }

  private mutating func visitFolder(_ name: [UInt8], in parent: Directory, at path: [UInt8], depth: Int) {
    if rules.ignore(path, isFolder: true) {
      scan.counts.ignored += 1
      return
    }
    let text = ExactText(String(decoding: path, as: UTF8.self))
    guard depth <= EntryPath.Limit.folders * 2 else {
      unknown.append(path)
      scan.unreadable.append(UnreadFile(path: text, reason: .tooDeep))
      return
    }
    do {
      let folder = try root.files.openFolder(name, in: parent)
      let list = try root.files.list(folder)
      if list.contains(where: { $0.name == Self.ownFolder }) {
        scan.otherBooks.append(text)
        unknown.append(path)
      } else if depth == 1, CaseFolding.key(of: text.string) == Array("private".utf8) {
        scan.counts.inPrivate += countFiles(list, of: folder, depth: depth)
      } else {
        visit(list, of: folder, at: path, depth: depth)
      }
    } catch {
      // Replaced while the scan went on: the next one sees what it is now.
      unknown.append(path)
      scan.unreadable.append(UnreadFile(path: text, reason: .refusedBySystem(error)))
    }
  }

  /// Without opening any, nor asking for more than their names.
  private func countFiles(_ list: [DirectoryEntry], of folder: Directory, depth: Int) -> Int {
    var count = 0
    for entry in list where !Droppings.isHidden(entry.name) && !Droppings.isLeftBehind(entry.name) {
      guard entry.kind == .folder, depth < EntryPath.Limit.folders * 2 else {
        count += 1
        continue
      }
      if let inner = try? root.files.openFolder(entry.name, in: folder), let list = try? root.files.list(inner) {
        count += countFiles(list, of: inner, depth: depth + 1)
      }
    }
    return count
  }

  private mutating func visitFile(_ name: [UInt8], in folder: Directory, at path: [UInt8]) {
    if rules.ignore(path, isFolder: false) {
      scan.counts.ignored += 1
      return
    }
    guard EntryPath.isMarkdown(Substring(String(decoding: name, as: UTF8.self)).utf8) else {
      scan.counts.other += 1
      return
    }
    guard let text = ExactText(validating: path) else {
      scan.refused.append(RefusedName(path: path, reason: .invalidUTF8, suggestion: nil))
      return
    }
    let known = index[text]
    do {
      if let known {
        guard let status = try root.files.status(name, in: folder) else { return }
        if known.isCertain, status.stamp == known.stamp {
          seen.append(known)
          scan.unchanged.append(text)
          return
        }
      }
      try open(name, in: folder, at: text, known: known)
    } catch {
      if error.code == ENOENT { return }
      keep(known, unread: text, .refusedBySystem(error))
    }
  }

  private mutating func open(
    _ name: [UInt8], in folder: Directory, at path: ExactText, known: FileIndex.Entry?
  ) throws(SystemFailure) {
    if known == nil {
      do { _ = try EntryPath(recording: path.bytes) } catch {
        scan.refused.append(error)
        return
      }
    }
    for _ in 0..<Self.readings {
      let reading = try root.files.read(name, in: folder, limit: EntryFile.Limit.file)
      guard let bytes = reading.bytes else {
        return keep(
          known, unread: path, .tooLarge(bytes: reading.before.stamp.size, limit: EntryFile.Limit.file))
      }
      if reading.before.stamp == reading.after.stamp, Int64(bytes.count) == reading.after.stamp.size {
        return note(bytes, reading.after.stamp, at: path, known: known)
      }
    }
    keep(known, unread: path, .stillBeingWritten)
  }

  private mutating func note(_ bytes: [UInt8], _ stamp: FileStamp, at path: ExactText, known: FileIndex.Entry?) {
    if let known, known.stamp.size > 0, bytes.allSatisfy({ $0 == 0 }) {
      scan.emptied.append(path)
      seen.append(known)
      return
    }
    let isCertain = stamp.modified < now - Self.grain && stamp.changed < now - Self.grain
    let file = FoundFile(path: path, bytes: bytes, stamp: stamp, isCertain: isCertain)
    if known == nil { scan.new.append(file) } else { scan.changed.append(file) }
    seen.append(FileIndex.Entry(path: path, stamp: stamp, isCertain: isCertain, payload: known?.payload ?? []))
  }

  private mutating func keep(_ known: FileIndex.Entry?, unread path: ExactText, _ reason: UnreadFile.Reason) {
    scan.unreadable.append(UnreadFile(path: path, reason: reason))
    if let known { seen.append(known) }
  }

  /// Tells what is gone from what cannot be known.
  func finished() -> FolderScan {
    var scan = scan
    var seen = seen
    let paths = Set(seen.map(\.path))
    for entry in index.entries where !paths.contains(entry.path) {
      let isUnknown = unknown.contains { folder in
        entry.path.bytes == folder || entry.path.bytes.starts(with: folder + [Self.slash])
      }
      if isUnknown || rules.ignoreWithFolders(entry.path.bytes) {
        scan.heldBack.append(entry.path)
        seen.append(entry)
      } else {
        scan.gone.append(entry.path)
      }
    }
    scan.index = FileIndex(seen)
    return scan
  }
}
