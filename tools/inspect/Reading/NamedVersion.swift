import Bytes
import Formats
import Foundation
import History
import LocalBook
import Merge
import Rendering
import Replica
import Signing

/// A version of a book that a person named: `FILE`, or `FILE@VERSION`.
struct NamedVersion {
  let path: String
  let book: Inspected
  /// Every entry of the version, deleted ones included.
  let states: [EntryState]

  init(_ name: String, in bookName: String?) throws(InspectError) {
    let (path, version) = Self.parts(of: name)
    self.path = path
    book = try Subject.book(path, named: bookName)
    if let light = book.light {
      guard version == nil else { throw .noSuchVersion(version ?? "", path: path) }
      states = light.entries
      return
    }
    guard var replayed = book.replayed() else { throw .nothingToMerge(path: path) }
    guard let version else {
      states = replayed.states
      return
    }
    let found: Version
    do {
      found = try VersionNames(Signing.cryptography).version(named: version, in: &replayed.replica)
    } catch {
      if case .ambiguousVersion(let name, let matches) = error {
        throw .ambiguousVersion(name, path: path, matches: matches)
      }
      throw .noSuchVersion(version, path: path)
    }
    do { states = try replayed.replica.entries(at: found) } catch { throw .nothingToMerge(path: path) }
  }

  /// A file may have an `@` in its name: what is there is taken first.
  private static func parts(of name: String) -> (path: String, version: String?) {
    guard !FileManager.default.fileExists(atPath: name), let at = name.lastIndex(of: "@") else { return (name, nil) }
    return (String(name[..<at]), String(name[name.index(after: at)...]))
  }
}
