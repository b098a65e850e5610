import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

extension LocalBook {
  /// The passages that two versions both changed; each is named as elsewhere, and `FILE@VERSION` limits them to a file.
  /// Those that both made the same of are there once, and none.
  ///
  /// Without `b`, those that `a` brought together: a version of several heads, or a change made on such a one. Without
  /// `a`, those of the newest version or, where it has one head, of the last change before it that was made on several.
  package func passages(_ a: String?, _ b: String?) throws(BookError) -> PassageReport {
    _ = try save()
    if let secret = try privateSide(meantBy: a, b) { return try secret.passages(a, b) }
    return try transaction { workbench throws(BookError) in
      var files: [EntryID] = []
      let versions: [Version]
      if let a, let b {
        versions = [try workbench.version(named: a, &files), try workbench.version(named: b, &files)]
      } else if let a {
        versions = try workbench.sides(of: try workbench.version(named: a, &files))
      } else {
        versions = try workbench.newestMerge()
      }
      return PassageReport(
        versions: versions.map { workbench.names.short($0) },
        passages: try workbench.openPassages(merging: versions, of: files.isEmpty ? nil : Set(files)))
    }
  }
}

extension Workbench {
  /// The same without those that both sides made the same of: the rule for twins has settled them.
  mutating func openPassages(
    merging versions: [Version], of entries: Set<EntryID>? = nil
  ) throws(BookError) -> [FoundPassage] {
    try passages(merging: versions, of: entries).filter { !$0.isTwin }
  }

  /// The passages of versions that are merged one after the other, by file and place: each that a version and the ones
  /// before it both touched. `entries` limits the search.
  mutating func passages(
    merging versions: [Version], of entries: Set<EntryID>? = nil
  ) throws(BookError) -> [FoundPassage] {
    guard var merged = versions.first else { return [] }
    let places = try index().places
    var found: [(passage: FoundPassage, file: ExactText, place: Int)] = []
    for version in versions.dropFirst() {
      let before = merged
      let files = try replicated { replica throws(ReplicaError) in try replica.passages(before, version, of: entries) }
      for (state, passages) in files {
        let now = try entry(state.id) ?? state
        let file = places[state.id] ?? EntryView.path(of: now)
        let head = try linesAboveBody(of: now)
        var (text, lines) = (LaterText(state.body, now: now.body), LineCount(now.body))
        for passage in passages {
          let line = now.isAlive ? text.start(of: passage.place).map { head + lines.line(of: $0) } : nil
          let since: FoundPassage.Since? = now.isAlive ? (line == nil ? .edited : nil) : .deleted
          let one = try self.found(passage, in: file.string, line: line, since, between: before, and: version)
          found.append((one, file, passage.place.lowerBound))
        }
      }
      merged = try replicated { replica throws(ReplicaError) in
        let graph = try replica.graph()
        return graph.version(of: graph.reduced(try replica.indices(of: before) + replica.indices(of: version)))
      }
    }
    found.sortStably { ($0.file, $0.place) < ($1.file, $1.place) }
    return found.map(\.passage)
  }

  /// What a version brought together: its heads, or those that its one change was made on; in the order of their ids.
  mutating func sides(of version: Version) throws(BookError) -> [Version] {
    let (graph, heads) = try shape(of: version)
    var sides = heads.count == 1 ? Array(graph.parents(of: heads[0])) : heads
    if sides.count > 1 { sides = try madeByPeople(sides, in: graph) }
    return graph.version(of: sides).heads.map { Version(sorting: [$0]) }
  }

  /// Some changes, with what a rule's were made on in their place: a rule brings nothing together that was apart, and
  /// several laptops may have followed it.
  private func madeByPeople(_ changes: [ChangeIndex], in graph: EventGraph) throws(BookError) -> [ChangeIndex] {
    var (waiting, looked, found) = (changes, Set(changes), [ChangeIndex]())
    while let index = waiting.popLast() {
      let row = try stored { storage throws(StorageError) in try storage.row(at: index) }
      if case .rule? = row?.origin {
        waiting += graph.parents(of: index).filter { looked.insert($0).inserted }
      } else {
        found.append(index)
      }
    }
    return graph.reduced(found)
  }

  /// What was brought together last: at the newest version, or by the newest change that was made on several.
  mutating func newestMerge() throws(BookError) -> [Version] {
    let (graph, heads) = try shape(of: replica.version)
    var sides = heads.count > 1 ? try sides(of: replica.version) : []
    var merges = graph.indices.map { ChangeIndex($0) }.filter { graph.parents(of: $0).count > 1 }
    // Mostly the first one does: it is a rule's change alone that may have brought nothing together.
    while sides.count < 2, let newest = merges.indices.max(by: { graph.place(merges[$0]) < graph.place(merges[$1]) }) {
      sides = try self.sides(of: graph.version(of: [merges.remove(at: newest)]))
    }
    return sides.count < 2 ? [] : sides
  }

  private mutating func found(
    _ passage: Passage, in file: String, line: Int?, _ since: FoundPassage.Since?, between a: Version, and b: Version
  ) throws(BookError) -> FoundPassage {
    let sides = [try side(passage.a, of: a), try side(passage.b, of: b)]
    return FoundPassage(
      id: String(passage.id.bytes.hex.prefix(VersionNames.shownDigits)), entry: passage.entry.hex, file: file,
      line: line, since: since, base: passage.base.string,
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
