import BookFolder
import Bytes
import Foundation

/// A folder of its own for a test, removed with it, and what a person does in it.
final class TestFolder {
  let path: String

  /// In memory where there is such a place: for tests that write very often.
  init(inMemory: Bool = false) throws {
    let parent =
      inMemory && FileManager.default.isWritableFile(atPath: "/dev/shm")
      ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    path = parent + "/valise-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func root(_ files: any FileSystem = LinuxFileSystem()) throws -> FolderRoot { try FolderRoot(path, files: files) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = path + "/" + name
    var handle = unsafe fopen(file, "w")
    if unsafe handle == nil {
      try FileManager.default.createDirectory(
        atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      unsafe handle = unsafe fopen(file, "w")
    }
    guard let handle = unsafe handle else { throw Failed() }
    defer { unsafe fclose(handle) }
    guard unsafe fwrite(bytes, 1, bytes.count, handle) == bytes.count else { throw Failed() }
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func read(_ name: String) -> String? {
    FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

  func rename(_ old: String, _ new: String) throws {
    guard unsafe Foundation.rename(path + "/" + old, path + "/" + new) == 0 else { throw Failed() }
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
  }

  /// Sets the time of the last modification, as `touch -d` does.
  func touch(_ name: String, secondsAgo: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path + "/" + name)
  }

  /// Runs a script in the folder, as a person's editor would.
  func run(_ script: String) throws {
    try shell("cd '\(path)'; \(script)")
  }

  /// Files that a person sees, by path.
  var visible: [String: String] { files { !$0.hasPrefix(".valise") } }

  func files(_ condition: (String) -> Bool) -> [String: String] {
    var files: [String: String] = [:]
    for name in FileManager.default.subpaths(atPath: path) ?? [] where condition(name) {
      if let text = read(name) { files[name] = text }
    }
    return files
  }

  struct Failed: Error {}
}

/// Nanoseconds since 1970.
func clock() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000_000) }
/// So late that every file has been left alone long enough.
func later() -> Int64 { clock() + 3_600_000_000_000 }

/// Saves as most editors do: a new file, renamed over the old one.
func save(_ path: String, _ text: String) throws {
  let beside = path + ".saving"
  guard let handle = unsafe fopen(beside, "w") else { throw TestFolder.Failed() }
  unsafe fputs(text, handle)
  unsafe fclose(handle)
  guard unsafe Foundation.rename(beside, path) == 0 else { throw TestFolder.Failed() }
}
