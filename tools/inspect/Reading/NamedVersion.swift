import Formats
import Foundation
import History
import LocalBook
import Merge
import Replica
import Signing

/// A version of a book that a person named: `FILE`, or `FILE@VERSION`.
struct NamedVersion {
  let path: String
  let book: Inspected
  /// Every entry of the version, deleted ones included.
  let states: [EntryState]
  /// The book as its file has it newest: by it a dispute is shown, in an earlier version too.
  private let newest: VersionEntries

  /// The versions that are compared, of one book or of two.
  static func pair(
    _ older: String, _ newer: String, in bookName: String?
  ) throws(InspectError) -> (NamedVersion, NamedVersion) {
    let (one, other) = (parts(of: older), parts(of: newer))
    let books = try Subject.pair(one.path, other.path, named: bookName)
    return (try NamedVersion(one, books.0), try NamedVersion(other, books.1))
  }

  private init(_ named: (path: String, version: String?), _ book: Inspected) throws(InspectError) {
    let (path, version) = named
    self.path = path
    self.book = book
    if let light = book.light {
      guard version == nil else { throw .lightVersion(path: path) }
      states = light.entries
      newest = VersionEntries(states)
      return
    }
    guard let replayed = book.replayed() else { throw .nothingToMerge(path: path) }
    newest = VersionEntries(replayed.states, past: replayed.replica)
    if let version {
      states = try Self.states(named: version, of: replayed, newest.zone, path)
    } else {
      states = replayed.states
    }
  }

  private static func states(
    named name: String, of replayed: Replayed, _ zone: String?, _ path: String
  ) throws(InspectError) -> [EntryState] {
    var replica = replayed.replica
    let names = VersionNames(Signing.cryptography, now: Int64(Date().timeIntervalSince1970), zone: zone)
    let version: Version
    do { version = try names.version(named: name, in: &replica) } catch { throw .version(error, path: path) }
    do { return try replica.entries(at: version) } catch { throw .nothingToMerge(path: path) }
  }

  /// An entry of the version as a file shows it, every dispute by its rule; nil for one that the version does not show.
  func view(_ state: EntryState?) throws(InspectError) -> EntryView? {
    guard let state, state.isAlive else { return nil }
    do { return EntryView(state, in: try newest.context(of: state)) } catch { throw .nothingToMerge(path: path) }
  }

  /// A file may have an `@` in its name: what is there is taken first.
  private static func parts(of name: String) -> (path: String, version: String?) {
    let parts = VersionedFile(name)
    guard !FileManager.default.fileExists(atPath: name), let file = parts.file else { return (name, nil) }
    return (file, parts.version)
  }
}
