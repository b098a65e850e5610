import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// The passages that two versions both changed; each is named as elsewhere.
  ///
  /// Without `b`, those that `a` brought together: a version of several heads, or a change made on such a one. Without
  /// `a`, those of the newest version or, where it has one head, of the last change before it that was made on several.
  package func passages(_ a: String?, _ b: String?) throws(BookError) -> PassageReport {
    _ = try save()
    return try transaction { workbench throws(BookError) in
      let versions: [Version]
      if let a, let b {
        versions = [try workbench.version(named: a), try workbench.version(named: b)]
      } else if let a {
        versions = try workbench.sides(of: try workbench.version(named: a))
      } else {
        versions = try workbench.newestMerge()
      }
      return PassageReport(
        versions: versions.map { workbench.names.short($0) }, passages: try workbench.passages(merging: versions))
    }
  }
}

extension Workbench {
  /// The passages of versions that are merged one after the other, by file and place: each that a version and the ones
  /// before it both touched. `entries` limits the search.
  mutating func passages(
    merging versions: [Version], of entries: Set<EntryID>? = nil
  ) throws(BookError) -> [FoundPassage] {
    guard var merged = versions.first else { return [] }
    let places = try index().places
    var found: [FoundPassage] = []
    for version in versions.dropFirst() {
      let before = merged
      let files = try replicated { replica throws(ReplicaError) in try replica.passages(before, version, of: entries) }
      for (state, passages) in files {
        let file = (places[state.id] ?? EntryView.path(of: state)).string
        let head = try linesAboveBody(of: state)
        var lines = LineCount(state.body)
        for passage in passages {
          let line = head + lines.line(of: passage.place.lowerBound)
          found.append(try self.found(passage, in: file, line: line, between: before, and: version))
        }
      }
      merged = try replicated { replica throws(ReplicaError) in
        let graph = try replica.graph()
        return graph.version(of: graph.reduced(try replica.indices(of: before) + replica.indices(of: version)))
      }
    }
    found.sortStably { (ExactText($0.file), $0.line) < (ExactText($1.file), $1.line) }
    return found
  }

  /// What a version brought together: its heads, or those that its one change was made on; in the order of their ids.
  mutating func sides(of version: Version) throws(BookError) -> [Version] {
    try replicated { replica throws(ReplicaError) in
      let graph = try replica.graph()
      let heads = try replica.indices(of: version)
      let sides = heads.count == 1 ? Array(graph.parents(of: heads[0])) : heads
      return graph.version(of: sides).heads.map { Version(sorting: [$0]) }
    }
  }

  /// What was brought together last: at the newest version, or by the newest change that was made on several.
  mutating func newestMerge() throws(BookError) -> [Version] {
    let version = replica.version
    if version.heads.count > 1 { return try sides(of: version) }
    let graph = try replicated { replica throws(ReplicaError) in try replica.graph() }
    let merges = graph.indices.map { ChangeIndex($0) }.filter { graph.parents(of: $0).count > 1 }
    guard let newest = merges.max(by: { graph.place($0) < graph.place($1) }) else { return [] }
    return try sides(of: graph.version(of: [newest]))
  }

  private mutating func found(
    _ passage: Passage, in file: String, line: Int, between a: Version, and b: Version
  ) throws(BookError) -> FoundPassage {
    let sides = [try side(passage.a, of: a), try side(passage.b, of: b)]
    return FoundPassage(
      id: String(passage.id.bytes.hex.prefix(VersionNames.shownDigits)), entry: passage.entry.hex, file: file,
      line: line, base: passage.base.string,
      sides: sides.sorted { $0.order.lexicographicallyPrecedes($1.order) }, merged: passage.merged.string)
  }

  private mutating func side(_ side: Passage.Side, of version: Version) throws(BookError) -> FoundPassage.Side {
    let graph = try replicated { replica throws(ReplicaError) in try replica.graph() }
    var time = Int64.min
    for ref in side.changes {
      guard let index = graph.index(of: ref) else { continue }
      let row = try stored { storage throws(StorageError) in try storage.row(at: index) }
      time = max(time, row?.time ?? time)
    }
    return FoundPassage.Side(
      people: try people(of: side.changes), time: time, version: names.short(version), text: side.text.string)
  }

  /// How many lines of an entry's file come before its text.
  private mutating func linesAboveBody(of state: EntryState) throws(BookError) -> Int {
    let all = EntryFile(try view(state)).rendered()
    return all.count { $0 == 0x0A } - state.body.bytes.count { $0 == 0x0A }
  }
}

/// Counts the lines of a text once, from its start to its end.
private struct LineCount {
  private var rest: Substring.UnicodeScalarView
  private var place = 0
  private var line = 1

  init(_ text: ExactText) { rest = text.string.unicodeScalars[...] }

  /// The line that a place is on, from 1; places ascend.
  mutating func line(of place: Int) -> Int {
    while self.place < place, let next = rest.popFirst() {
      self.place += 1
      if next == "\n" { line += 1 }
    }
    return line
  }
}

extension FoundPassage.Side {
  /// Who, and then which version.
  fileprivate var order: [ExactText] { (people + [version]).map { ExactText($0) } }
}
