import Bytes
import CFileSystem
import Dispatch
import Glibc
import Synchronization

/// Hears from the system what happens to the notes below a folder, in new folders too; says so from a queue of its own.
///
/// Events get lost: whoever needs certainty looks at the folder now and then all the same.
package final class FolderWatcher: Sendable {
  package enum News: Equatable, Sendable {
    /// A note is being written; the writer has not closed it yet.
    case writing(path: String)
    /// A note was written and closed, or it came, went, or got another name; or the rules of what is a note did.
    case changed(path: String)
    /// A command let go of the book.
    case released
    /// Nobody knows what happened, or the folder or the book's own one is gone: look at everything.
    case lost
    /// The system does not tell any more, or not of every folder: its number for why.
    case blind(errno: Int32)
  }

  private let descriptor: Int32
  private let root: String
  private let tell: @Sendable (News) -> Void
  private let queue = DispatchQueue(label: "valise.watcher")
  /// A source may be used from any thread; Dispatch does not say so in Swift's terms.
  private nonisolated(unsafe) let source: any DispatchSourceRead
  /// Folders below the root by the number of their watch; the root's path is empty.
  private let folders = Mutex<[Int32: String]>([:])

  /// Throws the system's number where it does not tell at all.
  package init(_ root: String, tell: @escaping @Sendable (News) -> Void) throws(SystemFailure) {
    let descriptor = valise_watch_open()
    guard descriptor >= 0 else { throw SystemFailure("inotify_init1", errno) }
    self.descriptor = descriptor
    self.root = root
    self.tell = tell
    unsafe source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    unsafe source.setEventHandler { [weak self] in self?.read() }
    unsafe source.setCancelHandler { close(descriptor) }
    unsafe source.activate()
    if let number = add("", depth: 0) ?? addOwnFolder() {
      unsafe source.cancel()
      throw SystemFailure("inotify_add_watch", number)
    }
  }

  deinit { unsafe source.cancel() }

  /// Watches a folder and all below it; the system's number for the first that cannot be. One that is gone is none.
  private func add(_ folder: String, depth: Int) -> Int32? {
    let path = folder.isEmpty ? root : "\(root)/\(folder)"
    let watch = unsafe valise_watch_add(descriptor, path)
    guard watch >= 0 else { return depth > 0 && [ENOENT, ENOTDIR, ELOOP].contains(errno) ? nil : errno }
    folders.withLock { $0[watch] = folder }
    guard depth < EntryPath.Limit.folders * 2 else { return nil }
    for name in Self.folders(in: path) where !Droppings.isHidden(name.utf8) {
      if let number = add(folder.isEmpty ? name : "\(folder)/\(name)", depth: depth + 1) { return number }
    }
    return nil
  }

  /// Watches for commands that end.
  private func addOwnFolder() -> Int32? {
    let watch = unsafe valise_watch_add_closing(descriptor, "\(root)/\(FolderRoot.ownFolder)")
    guard watch >= 0 else { return [ENOENT, ENOTDIR, ELOOP].contains(errno) ? nil : errno }
    folders.withLock { $0[watch] = FolderRoot.ownFolder }
    return nil
  }

  private static func folders(in path: String) -> [String] {
    guard let list = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(list) }
    var names: [String] = []
    while let entry = unsafe readdir(list) {
      let kind = unsafe Int32(entry.pointee.d_type)
      guard kind == DT_DIR || kind == DT_UNKNOWN else { continue }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        if count < 0, errno != EAGAIN, errno != EINTR { tell(.blind(errno: errno)) }
        return
      }
      for event in WatchEvent.all(in: buffer[..<count]) { hear(event) }
    }
  }

  private func hear(_ event: WatchEvent) {
    if event.isOverflow { return tell(.lost) }
    guard let folder = folders.withLock({ $0[event.watch] }) else { return }
    if event.isEnd {
      folders.withLock { $0[event.watch] = nil }
      // A folder that is taken away, with others perhaps: not the time to look at everything.
      return tell(folder.isEmpty || folder == FolderRoot.ownFolder ? .lost : .changed(path: folder))
    }
    if folder == FolderRoot.ownFolder {
      if event.name == FolderRoot.lockName { tell(.released) }
      return
    }
    let path = folder.isEmpty ? event.name : "\(folder)/\(event.name)"
    if event.isFolder {
      guard !Droppings.isHidden(event.name.utf8) else { return }
      // Its notes may have come with it, or before the watch.
      if event.isArrival, let number = add(path, depth: 1 + path.utf8.count { $0 == UInt8(ascii: "/") }) {
        tell(.blind(errno: number))
      }
      return tell(.changed(path: path))
    }
    let isRules = path == IgnoreRules.fileName
    guard isRules || (EntryPath.isMarkdown(Array(event.name.utf8)) && !Self.isNoNote(event.name)) else { return }
    tell(event.isWrite ? .writing(path: path) : .changed(path: path))
  }

  private static func isNoNote(_ name: String) -> Bool {
    Droppings.isHidden(name.utf8) || Droppings.isLeftBehind(name.utf8)
  }
}

/// One event as the system writes it: watch (4), what (4), cookie (4), length of the name (4), name with zeros behind it.
struct WatchEvent: Equatable {
  let watch: Int32
  let what: UInt32
  let name: String

  var isOverflow: Bool { what & UInt32(VALISE_WATCH_OVERFLOW) != 0 }
  /// The folder is not watched any more.
  var isEnd: Bool { what & UInt32(VALISE_WATCH_END) != 0 }
  var isFolder: Bool { what & UInt32(VALISE_WATCH_FOLDER) != 0 }
  var isArrival: Bool { what & UInt32(VALISE_WATCH_ARRIVAL) != 0 }
  var isWrite: Bool { what & UInt32(VALISE_WATCH_WRITE) != 0 }

  /// What a read gave; the rest of it is dropped where it is not whole, which the system does not do.
  static func all(in bytes: ArraySlice<UInt8>) -> [WatchEvent] {
    var events: [WatchEvent] = []
    var rest = bytes
    while rest.count >= 16 {
      let numbers = (0..<4).map { index in
        (0..<4).reduce(UInt32(0)) { $0 | UInt32(rest[rest.startIndex + index * 4 + $1]) << UInt32($1 * 8) }
      }
      let length = Int(numbers[3])
      guard rest.count - 16 >= length else { break }
      let name = rest.dropFirst(16).prefix(length).prefix { $0 != 0 }
      events.append(
        WatchEvent(
          watch: Int32(bitPattern: numbers[0]), what: numbers[1], name: String(decoding: name, as: UTF8.self)))
      rest = rest.dropFirst(16 + length)
    }
    return events
  }
}
