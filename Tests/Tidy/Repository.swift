import Foundation

/// The clone that these tests were built from.
struct Repository {
  let root: URL

  /// Found from this file; a test package that links to the folders is followed to the real one.
  init(file: String = #filePath) {
    let tests = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
    root = tests.resolvingSymlinksInPath().deletingLastPathComponent()
  }

  /// What stands at the top, without what builds leave behind.
  func topLevel() throws -> [String] {
    let leftovers = ["Package.resolved"]
    return try FileManager.default.contentsOfDirectory(atPath: root.path)
      .filter { !$0.hasPrefix(".") && !leftovers.contains($0) && !$0.hasSuffix(".profraw") }
      .sorted()
  }

  /// Folders directly below one of the top level's.
  func folders(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { isFolder("\(folder)/\($0)") && !$0.hasPrefix(".") && $0 != "__pycache__" }
      .sorted()
  }

  /// Paths of all files that a person wrote, relative to the root.
  func files() throws -> [String] {
    var paths = try topLevel().filter { !isFolder($0) } + [".ci/run", ".gitignore", ".swift-format"]
    for top in ["Sources", "Tests", "Protocol", "tools"] where isFolder(top) {
      guard let walk = FileManager.default.enumerator(atPath: root.appending(path: top).path) else { continue }
      for case let name as String in walk where !name.contains("__pycache__") && !name.contains(".build/") {
        if !isFolder("\(top)/\(name)") { paths.append("\(top)/\(name)") }
      }
    }
    return paths.filter(exists).sorted()
  }

  /// The file's text; nil where it is not UTF-8, as golden files are not.
  func text(_ path: String) throws -> String? {
    String(data: try Data(contentsOf: root.appending(path: path)), encoding: .utf8)
  }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appending(path: path).path) }

  private func isFolder(_ path: String) -> Bool {
    let url = root.appending(path: path)
    return (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
  }
}
