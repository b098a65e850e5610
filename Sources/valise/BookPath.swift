import Foundation

/// Files as people type them in some folder of the book, as the book names them.
enum BookPath {
  /// The name below the book's folder of a file that is there, whatever stands behind it (`:FIELD`, `@HASH`); any other
  /// words stay as they are.
  static func named(_ words: String, in root: String, from directory: String) -> String {
    let root = URL(filePath: root).resolvingSymlinksInPath().path + "/"
    let places = [words.endIndex] + words.indices.reversed().filter { ":@".contains(words[$0]) }
    for end in places {
      let path = String(words[..<end])
      let full = URL(filePath: path, relativeTo: URL(filePath: directory, directoryHint: .isDirectory))
        .standardizedFileURL.resolvingSymlinksInPath().path
      if !path.isEmpty, full.hasPrefix(root), FileManager.default.fileExists(atPath: full) {
        return String(full.dropFirst(root.count)) + words[end...]
      }
    }
    return words
  }
}
