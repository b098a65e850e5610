import Bytes
import Glibc

extension FolderScan {
  /// Looks at every file of the folder. `now` is when the scan begins, in nanoseconds since 1970. The patterns are
  /// those of `.valiseignore`, which is read from the folder where none are given. Throws only where the folder
  /// itself cannot be read.
  ///
  /// - Parameter side: which files; the index is one of that side.
  package init(
    _ root: FolderRoot, _ side: BookSide = .shared, index: FileIndex, now: Int64, ignoring: IgnoreRules? = nil
  ) throws(SystemFailure) {
    let rules: IgnoreRules
    if let ignoring { rules = ignoring } else { rules = try IgnoreRules(in: root) }
    var walk = FolderWalk(root: root, side: side, index: index, now: now, rules: rules)
    try walk.visitRoot()
    self = walk.finished()
  }
}

extension IgnoreRules {
  package static let fileName = ".valiseignore"

  /// What is said to fail where the file stands and cannot be read.
  package static let reading = "read patterns"

  /// Those of the folder; none where it has no such file. What stands there and is no file, or too large to be one of
  /// patterns, is an error: without it, what it keeps from others would be recorded and sent.
  package init(in root: FolderRoot) throws(SystemFailure) {
    let found: FileReading?
    do { found = try root.read(Array(Self.fileName.utf8)) } catch { throw SystemFailure(Self.reading, error.code) }
    guard let found else {
      self.init()
      return
    }
    guard let bytes = found.bytes else {
      switch found.before.kind {
      case .folder: throw SystemFailure(Self.reading, EISDIR)
      case .regular: throw SystemFailure(Self.reading, EFBIG)
      case .link, .other: throw SystemFailure(Self.reading, ENXIO)
      }
    }
    self.init(String(decoding: bytes, as: UTF8.self))
  }
}

/// One scan under way. It visits paths in ascending byte order, as the index holds them, and so reads the index once
/// from front to back.
private struct FolderWalk {
  let root: FolderRoot
  let side: BookSide
  let known: [FileIndex.Entry]
  let now: Int64
  let rules: IgnoreRules
  var scan = FolderScan()
  /// The first entry of the index that has not been passed.
  var cursor = 0
  /// Entries of the index that the walk has passed without seeing their files.
  var unseen: [FileIndex.Entry] = []
  var seen: [FileIndex.Entry] = []
  /// Paths of folders whose files can't be known.
  var unknown: [[UInt8]] = []

  init(root: FolderRoot, side: BookSide, index: FileIndex, now: Int64, rules: IgnoreRules) {
    self.root = root
    self.side = side
    known = index.entries
    self.now = now
    self.rules = rules
  }

  /// How often a file is read that changes meanwhile.
  static let readings = 3
  static let ownFolder = Array(FolderRoot.ownFolder.utf8)
  static let slash = UInt8(ascii: "/")

  mutating func visitRoot() throws(SystemFailure) {
    let list = try root.files.list(root.directory)
    visit(side == .shared ? list : list.filter(isPrivate), of: root.directory, at: [], depth: 0)
  }

  /// Whether an entry of the book's folder is the one that never leaves the laptop, or a link in its place.
  private func isPrivate(_ entry: DirectoryEntry) -> Bool {
    guard Self.isPrivate(entry.name) else { return false }
    let kind = entry.kind ?? kind(of: entry.name, in: root.directory)
    return kind == .folder || kind == .link
  }

  private static func isPrivate(_ name: [UInt8]) -> Bool {
    CaseFolding.key(of: String(decoding: name, as: UTF8.self)) == Array("private".utf8)
  }

  private mutating func visit(_ list: [DirectoryEntry], of folder: Directory, at path: [UInt8], depth: Int) {
    var found: [(path: [UInt8], name: [UInt8], kind: FileKind, place: [UInt8])] = []
    for entry in list where !Droppings.isHidden(entry.name) && !Droppings.isLeftBehind(entry.name) {
      let below = path.isEmpty ? entry.name : path + [Self.slash] + entry.name
      let kind = entry.kind ?? kind(of: entry.name, in: folder)
      // With the slash that follows it a folder stands where its files stand in the index.
      found.append((below, entry.name, kind, kind == .folder ? entry.name + [Self.slash] : entry.name))
    }
    found.sort { $0.place.lexicographicallyPrecedes($1.place) }
    for entry in found {
      switch entry.kind {
      case .folder: visitFolder(entry.name, in: folder, at: entry.path, depth: depth + 1)
      case .regular: visitFile(entry.name, in: folder, at: entry.path)
      case .link: noteLink(entry.path)
      case .other: scan.counts.other += 1
      }
    }
  }

  /// Where the list of the folder did not say. One that cannot be looked at is opened, and named then.
  private func kind(of name: [UInt8], in folder: Directory) -> FileKind {
    (try? root.files.status(name, in: folder))?.flatMap { $0.kind } ?? .regular
  }

  /// What the index has under this path, and on to the next.
  private mutating func entry(at path: [UInt8]) -> FileIndex.Entry? {
    while cursor < known.count {
      let entry = known[cursor]
      if path.lexicographicallyPrecedes(entry.path.bytes) { return nil }
      cursor += 1
      if entry.path.bytes == path { return entry }
      unseen.append(entry)
    }
    return nil
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
      } else if depth == 1, side == .shared, Self.isPrivate(path) {
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
    guard EntryPath.isMarkdown(name) else {
      scan.counts.other += 1
      return
    }
    let known = entry(at: path)
    do {
      if let known {
        guard let status = try root.files.status(name, in: folder) else {
          unseen.append(known)
          return
        }
        if known.isCertain, status.stamp == known.stamp {
          seen.append(known)
          scan.unchanged.append(known.path)
          return
        }
      }
      guard let text = known?.path ?? ExactText(validating: path) else {
        scan.refused.append(RefusedName(path: path, reason: .invalidUTF8, suggestion: nil))
        return
      }
      try open(name, in: folder, at: text, known: known)
    } catch {
      if error.code == ENOENT {
        if let known { unseen.append(known) }
      } else {
        keep(known, unread: ExactText(String(decoding: path, as: UTF8.self)), .refusedBySystem(error))
      }
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
    let file = FoundFile(path: path, bytes: bytes, stamp: stamp, isCertain: stamp.isCertain(at: now))
    if known == nil { scan.new.append(file) } else { scan.changed.append(file) }
    seen.append(FileIndex.Entry(path: path, stamp: stamp, isCertain: file.isCertain, payload: known?.payload ?? []))
  }

  private mutating func keep(_ known: FileIndex.Entry?, unread path: ExactText, _ reason: UnreadFile.Reason) {
    scan.unreadable.append(UnreadFile(path: path, reason: reason))
    if let known { seen.append(known) }
  }

  /// Tells what is gone from what cannot be known.
  func finished() -> FolderScan {
    var scan = scan
    var held: [FileIndex.Entry] = []
    for entry in unseen + known[cursor...] {
      let isUnknown = unknown.contains { folder in
        entry.path.bytes == folder || entry.path.bytes.starts(with: folder + [Self.slash])
      }
      let isIgnored = rules.ignoreWithFolders(entry.path.bytes)
      if isIgnored { scan.ignored.append(entry.path) }
      if isUnknown || isIgnored {
        held.append(entry)
      } else {
        scan.gone.append(entry.path)
      }
    }
    scan.heldBack = held.map(\.path)
    scan.index = held.isEmpty ? FileIndex(ascending: seen) : FileIndex(seen + held)
    return scan
  }
}
