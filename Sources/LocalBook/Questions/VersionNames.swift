package import Bytes
package import History
package import Replica

/// How people name versions: by the first digits of a hash, or by how many changes it lies back.
package struct VersionNames {
  private let cryptography: Cryptography

  /// Digits that are shown; as few as four are understood.
  static let shownDigits = 10

  package init(_ cryptography: Cryptography) { self.cryptography = cryptography }

  func short(_ version: Version) -> String {
    version.heads.isEmpty ? "empty" : String(version.name(hash: cryptography.hash).prefix(Self.shownDigits))
  }

  func short(_ id: ChangeID) -> String { String(id.digest.bytes.hex.prefix(Self.shownDigits)) }

  /// The version that a name begins: the newest, one that ends with a change, or one that a merging change was made on.
  package func version(named name: String, in replica: inout Replica) throws(BookError) -> Version {
    if name.first == "~" { return try version(back: name, in: &replica) }
    let wanted = name.lowercased()
    guard (4...64).contains(wanted.utf8.count), wanted.utf8.allSatisfy(\.isHexDigit) else { throw .noSuchVersion(name) }
    var found: [Version] = []
    func consider(_ version: Version) {
      if version.name(hash: cryptography.hash).hasPrefix(wanted) && !found.contains(version) { found.append(version) }
    }
    consider(replica.version)
    let graph: EventGraph
    do { graph = try replica.graph() } catch { throw BookError(error) }
    for place in graph.indices {
      let index = ChangeIndex(place)
      let parents = graph.parents(of: index)
      consider(graph.version(of: [index]))
      if parents.count > 1 { consider(graph.version(of: parents)) }
    }
    guard let version = found.first else { throw .noSuchVersion(name) }
    guard found.count == 1 else {
      throw .ambiguousVersion(name, matches: found.map { short($0) })
    }
    return version
  }

  /// `~2`: the book without the last two changes of the history's order.
  private func version(back name: String, in replica: inout Replica) throws(BookError) -> Version {
    let graph: EventGraph
    do { graph = try replica.graph() } catch { throw BookError(error) }
    guard let count = Int(name.dropFirst()), (0..<graph.count).contains(count) else { throw .noSuchVersion(name) }
    let ordered = graph.indices.map { ChangeIndex($0) }.sorted { graph.place($0) < graph.place($1) }
    return graph.version(of: graph.reduced(ordered.dropLast(count)))
  }
}

extension EventGraph {
  /// Where a change stands in the history's order.
  func place(_ index: ChangeIndex) -> (UInt64, ChangeRef) { (lamport(at: index), ref(at: index)) }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}
