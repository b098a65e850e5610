import BookFolder
package import Bytes
package import History
import Merge
package import Replica
import ReplicaStore

/// Finds the versions that people name, and names versions to people.
package struct VersionNames {
  let cryptography: Cryptography
  /// By this laptop's clock, in seconds since 1970; what is later is not believed.
  let now: Int64
  /// The visit's zone; nil for this laptop's.
  let zone: String?

  /// Digits that are shown; as few as four are understood.
  static let shownDigits = 10

  package init(_ cryptography: Cryptography, now: Int64 = .max, zone: String? = nil) {
    (self.cryptography, self.now, self.zone) = (cryptography, now, zone)
  }

  func short(_ version: Version) -> String {
    version.heads.isEmpty ? "empty" : String(full(version).prefix(Self.shownDigits))
  }

  func short(_ id: ChangeID) -> String { String(id.digest.bytes.hex.prefix(Self.shownDigits)) }

  private func full(_ version: Version) -> String { version.name(hash: cryptography.hash) }

  /// The version of a name that `VersionName` understands.
  ///
  /// By a hash or a time it costs a look at the whole shape of the history.
  package func version(named name: String, in replica: inout Replica) throws(BookError) -> Version {
    let parsed: VersionName
    do { parsed = try VersionName(name) } catch { throw .notAVersion(name, error) }
    let base: Version
    switch parsed.base {
    case .newest: base = replica.version
    case .digits(let digits): base = try version(beginning: digits, asked: name, in: &replica)
    case .tag(let tag): base = try version(tagged: tag, asked: name, in: &replica)
    case .time(let time): base = try version(at: time, asked: name, in: &replica)
    }
    return parsed.back == 0 ? base : try version(parsed.back, before: base, asked: name, in: &replica)
  }

  /// The version without its last changes by the history's order: `~2`.
  private func version(
    _ back: Int, before base: Version, asked: String, in replica: inout Replica
  ) throws(BookError) -> Version {
    let (graph, heads) = try replica.shape(of: base)
    let last = graph.newest(back, below: heads)
    let rest = Set(heads + last.flatMap { graph.parents(of: $0) }).subtracting(last)
    guard last.count == back, !rest.isEmpty else {
      throw .notAVersion(asked, .beforeTheFirst(changes: graph.all(below: heads).count))
    }
    return graph.version(of: graph.reduced(rest))
  }

  /// A version by the first digits of its hash: the newest, one that ends with a change, one that a merging change was
  /// made on, a tagged one; else any that `~` or a time names.
  private func version(
    beginning digits: String, asked: String, in replica: inout Replica
  ) throws(BookError) -> Version {
    let graph = try replica.shape(of: replica.version).graph
    var found: [Version] = []
    func consider(_ version: Version) {
      if full(version).hasPrefix(digits) && !found.contains(version) { found.append(version) }
    }
    consider(replica.version)
    for place in graph.indices {
      let index = ChangeIndex(place)
      let parents = graph.parents(of: index)
      consider(graph.version(of: [index]))
      if parents.count > 1 { consider(graph.version(of: parents)) }
    }
    for tag in try tags(in: &replica) { for place in tag.places { consider(place.version) } }
    if found.isEmpty {
      let all = graph.indices.map { ChangeIndex($0) }
      graph.forEachPrefix(of: all.sorted { graph.place($0) < graph.place($1) }, consider)
      let made = try timesMade(in: graph, replica.storage)
      graph.forEachPrefix(of: all.sorted { (made[$0.int], $0) < (made[$1.int], $1) }, consider)
    }
    guard let version = found.first else { throw .noSuchVersion(asked) }
    guard found.count == 1 else { throw .ambiguousVersion(asked, matches: found.map { short($0) }) }
    return version
  }
}

extension Workbench {
  /// The version of a name; where it names none, what else it names is said.
  mutating func version(named name: String) throws(BookError) -> Version {
    do throws(BookError) { return try knownVersion(named: name) } catch {
      switch error {
      case .noSuchVersion where isShared(version: name): throw .notAPrivateVersion(name)
      case .noSuchVersion, .notAVersion(_, .notAName):
        let parts = VersionedFile(name)
        let file = parts.file ?? name
        if (try? self.file(named: file, at: nil)) != nil { throw .notAVersionButFile(file, version: parts.version) }
        throw name.utf8.contains(UInt8(ascii: "/")) ? .noSuchFile(name, nearest: try nearest(to: name)) : error
      default: throw error
      }
    }
  }

  /// Whether this is the private side, and the shared one has the version.
  private func isShared(version name: String) -> Bool {
    guard book.side == .private,
      var shared = try? Replica(storage.on(.shared), book.cryptography)
    else { return false }
    return (try? names.version(named: name, in: &shared)) != nil
  }

  /// The version of a name that names one.
  mutating func knownVersion(named name: String) throws(BookError) -> Version {
    let zone = try visit()?.register(RegisterKey(.value, "zone"))?.shown.content?.plain.string
    let names = VersionNames(book.cryptography, now: book.environment.seconds, zone: zone)
    return try names.version(named: name, in: &replica)
  }

  /// A file at a version, or a file as it is: `FILE@VERSION`, `FILE`; nil where the words name no file.
  mutating func versionedFile(_ words: String) throws(BookError) -> (id: EntryID, path: ExactText, version: Version?)? {
    if let (id, path) = try existingFile(named: words) { return (id, path, nil) }
    let parts = VersionedFile(words)
    guard let file = parts.file, let name = parts.version else {
      do throws(BookError) {
        let (id, path) = try self.file(named: words, at: nil)
        return (id, path, nil)
      } catch {
        if case .noSuchFile = error { return nil }
        throw error
      }
    }
    let version: Version
    do throws(BookError) { version = try self.version(named: name) } catch {
      // The `@` may be one of a file's name that is not there any more.
      guard let (id, path) = try formerOwner(ofWholeName: words) else { throw error }
      return (id, path, nil)
    }
    let (id, path) = try self.file(named: file, at: version)
    return (id, path, version)
  }

  private mutating func formerOwner(ofWholeName words: String) throws(BookError) -> (EntryID, ExactText)? {
    do throws(BookError) { return try file(named: words, at: nil) } catch {
      if case .noSuchFile = error { return nil }
      throw error
    }
  }

  /// The same of words that must name a file.
  mutating func requiredFile(_ words: String) throws(BookError) -> (id: EntryID, path: ExactText, version: Version?) {
    if let found = try versionedFile(words) { return found }
    let (id, path) = try file(named: words, at: nil)
    return (id, path, nil)
  }

  mutating func shape(of version: Version) throws(BookError) -> (graph: EventGraph, heads: [ChangeIndex]) {
    try replica.shape(of: version)
  }
}

extension Replica {
  /// The history's shape, and a version's place in it.
  fileprivate mutating func shape(of version: Version) throws(BookError) -> (graph: EventGraph, heads: [ChangeIndex]) {
    do { return (try graph(), try indices(of: version)) } catch { throw BookError(error) }
  }
}

extension EventGraph {
  /// Where a change stands in the history's order.
  func place(_ index: ChangeIndex) -> (UInt64, ChangeRef) { (lamport(at: index), ref(at: index)) }

  /// The versions that the first changes of an order make, in which parents come first.
  fileprivate func forEachPrefix(of order: [ChangeIndex], _ body: (Version) -> Void) {
    var heads: Set<ChangeIndex> = []
    for index in order {
      heads.subtract(parents(of: index))
      heads.insert(index)
      body(version(of: heads))
    }
  }
}
