import Bytes
package import History
import Merge
import Replica
import ReplicaStore

/// A tag, and a version that it names; one line for each, where people gave the name to several at the same time.
package struct TagLine: Equatable, Sendable {
  package let name: String
  /// Short hash.
  package let version: String
  /// Who gave the name.
  package let person: String
  package let time: Int64
}

/// What became of a tag.
package struct TagReport: Sendable {
  package let name: String
  /// The version that it names now; nil where it is taken away.
  package let version: String?
  /// The versions that it named before; several where people had given it at the same time.
  package let before: [TagLine]
  package internal(set) var saved: SaveReport
}

extension LocalBook {
  /// All tags by name.
  package func tags() throws(BookError) -> [TagLine] {
    _ = try save()
    return try transaction { workbench throws(BookError) in
      var lines: [TagLine] = []
      for tag in try workbench.tags() { lines += try workbench.lines(of: tag) }
      return lines
    }
  }

  /// Gives a version a name that everybody gets; without one, the newest, with what the folder holds. A tag that is there
  /// stays, unless it is to be moved.
  package func tag(_ typed: String, _ version: String?, moving: Bool) throws(BookError) -> TagReport {
    let saved = try save()
    return try transaction { workbench throws(BookError) in
      let name: TagName
      do throws(VersionNameError) { name = try TagName(typed) } catch { throw .notAVersion(typed, error) }
      let before = try workbench.tags().first { $0.name == name }
      let wanted: Version
      if let version {
        wanted = try workbench.version(named: version)
      } else {
        wanted = try workbench.newest(taggedAlready: before?.places.map(\.version) ?? [])
      }
      let lines = try before.map { tag throws(BookError) in try workbench.lines(of: tag) } ?? []
      if before?.places.map(\.version) != [wanted] {
        if !lines.isEmpty && !moving { throw .tagExists(typed, places: lines) }
        try workbench.set(name, to: wanted, time: environment.seconds)
      }
      return workbench.report(name, wanted, lines, saved)
    }
  }

  /// Takes a name away; the version stays.
  package func untag(_ typed: String) throws(BookError) -> TagReport {
    let saved = try save()
    return try transaction { workbench throws(BookError) in
      let name: TagName
      do throws(VersionNameError) { name = try TagName(typed) } catch { throw .notAVersion(typed, error) }
      guard let tag = try workbench.tags().first(where: { $0.name == name }) else { throw .noSuchTag(typed) }
      let lines = try workbench.lines(of: tag)
      try workbench.set(name, to: nil, time: environment.seconds)
      return workbench.report(name, nil, lines, saved)
    }
  }
}

extension Workbench {
  fileprivate mutating func tags() throws(BookError) -> [Tag] { try names.tags(in: &replica) }

  fileprivate mutating func lines(of tag: Tag) throws(BookError) -> [TagLine] { try names.lines(of: tag, in: &replica) }

  /// The newest version; the one that has the tag, where nothing but tags came after it.
  fileprivate mutating func newest(taggedAlready tagged: [Version]) throws(BookError) -> Version {
    let newest = replica.version
    guard tagged.count == 1, try compare(tagged[0], newest).entries.isEmpty else { return newest }
    return tagged[0]
  }

  fileprivate func report(
    _ name: TagName, _ version: Version?, _ lines: [TagLine], _ saved: SaveReport
  ) -> TagReport {
    var report = TagReport(name: name.string, version: version.map { names.short($0) }, before: lines, saved: saved)
    report.saved.version = names.short(replica.version)
    return report
  }

  /// Records a tag: on the entry that has it, on every other that has it as absent, and on a new one where there is none.
  fileprivate mutating func set(_ name: TagName, to version: Version?, time: Int64) throws(BookError) {
    let key = TagBook.key(of: name)
    let carriers = try TagBook.carriers(in: storage)
    let holders = carriers.filter { $0.register(key)?.openValues.contains { $0.value.content != nil } ?? false }
    var draft = try draft()
    let home = (holders.first ?? carriers.first)?.id ?? draft.create(kind: TagBook.kind)
    draft.append(.set(home, key, [version.map { TagBook.value(of: $0) } ?? .absent]))
    draft.append(.delete(home))
    for other in holders where other.id != home {
      draft.append(.set(other.id, key, [.absent]))
      draft.append(.delete(other.id))
    }
    var recording = Recording()
    let finished = draft
    try replicated { replica throws(ReplicaError) in _ = try replica.record(finished, time: time, into: &recording) }
    try seal(recording)
  }

  /// What a change did to tags, in words; nil where it did nothing to any.
  mutating func tagging(by row: ChangeRow) throws(BookError) -> String? {
    try replicated { replica throws(ReplicaError) in try replica.change(at: row.index) }.tagging
  }
}

extension Change {
  /// Which tags it sets and takes away, in words; nil where it does neither.
  package var tagging: String? {
    var given: [TagName: Bool] = [:]
    for case .set(_, let key, let values) in operations {
      guard let name = TagBook.name(of: key) else { continue }
      given[name] = given[name, default: false] || values.contains { $0.content != nil }
    }
    guard !given.isEmpty else { return nil }
    return given.keys.sorted().map { "tag \($0.string) \(given[$0] ?? false ? "set" : "taken away")" }
      .joined(separator: ", ")
  }

  /// The entries that hold the tags which it sets or takes away: no files, and not to be counted as such.
  package var tagCarriers: Set<EntryID> {
    var carriers: Set<EntryID> = []
    for case .set(let entry, let key, _) in operations where TagBook.name(of: key) != nil { carriers.insert(entry) }
    return carriers
  }
}
