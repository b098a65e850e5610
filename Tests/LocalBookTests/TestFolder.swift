import Foundation
import LocalBook
import PropertyTesting
import SyncClient
import Testing

/// A folder of its own for one test, gone when the test is.
final class TestFolder {
  let path: String

  init() throws {
    // Memory, where the system has such a place: what is tested here is not the disk.
    let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    path = base + "/valise-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    let file = path + "/" + name
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)), as: UTF8.self)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

  func move(_ name: String, to other: String) throws {
    let folder = ((path + "/" + other) as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: path + "/" + name, toPath: path + "/" + other)
  }

  /// Every file but Valise's own, by path.
  var files: [String: Data] {
    var found: [String: Data] = [:]
    for name in FileManager.default.enumerator(atPath: path)?.compactMap({ $0 as? String }) ?? []
    where !name.hasPrefix(".valise") {
      if let bytes = FileManager.default.contents(atPath: path + "/" + name) { found[name] = bytes }
    }
    return found
  }

  func open(_ environment: Environment = .test()) throws -> LocalBook {
    try LocalBook(at: path, environment, command: "test")
  }
}

extension Environment {
  /// The system's clock, so that it agrees with the file system's, and the system's randomness.
  static func test(_ name: String = "Anne Martin") -> Environment {
    var environment = Environment(
      now: { Int64(Date().timeIntervalSince1970 * 1_000_000_000) },
      randomBytes: { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      }, personName: { name })
    // The server may run beside hundreds of other tests.
    environment.timeouts.welcome = .seconds(300)
    environment.timeouts.dead = .seconds(300)
    return environment
  }
}
