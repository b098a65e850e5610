import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

/// What a person did to a file.
struct Deed {
  let entry: EntryID
  var what: SaveReport.FileChange.What
  /// The name that the file has now; that of a renamed one is the name that it was given then.
  var path: String
  let kind: String
  /// Whether the entry is deleted by now, by anybody.
  let isGone: Bool

  var file: SaveReport.FileChange { SaveReport.FileChange(what, path: path, kind: kind) }
}

extension [Deed] {
  /// Adds what the same person did next, so that each file is there once, with what became of it.
  mutating func add(_ next: Deed) {
    guard let place = firstIndex(where: { $0.entry == next.entry }) else { return append(next) }
    switch (self[place].what, next.what) {
    case (.created, .deleted): remove(at: place)
    case (.renamed(let from), .renamed):
      self[place] = next
      self[place].what = from == next.path ? .edited : .renamed(from: from)
    case (.created, _): break
    case (.broughtBack, .deleted): remove(at: place)
    case (.broughtBack, _): break
    // What is deleted stays so, however a field of it is settled.
    case (.deleted, .settled) where next.isGone: break
    case (.deleted, .broughtBack): self[place].what = .edited
    case (.deleted, let what):
      self[place] = next
      if what == .settled { self[place].what = .edited }
    case (_, .deleted), (_, .renamed), (.settled, _), (_, .broughtBack): self[place] = next
    case (.edited, _), (.renamed, _): break
    }
  }

  /// Under the names that the files stand under, where two had the same: `notes/a (2).md`.
  func standing(at places: [EntryID: ExactText]) -> [Deed] {
    map { deed in
      guard let place = places[deed.entry]?.string, deed.what != .deleted, deed.what != .renamed(from: place) else {
        return deed
      }
      var deed = deed
      deed.path = place
      return deed
    }
  }

  /// By path.
  var files: [SaveReport.FileChange] { map(\.file).sorted { ExactText($0.path) < ExactText($1.path) } }
}

extension Workbench {
  /// What a change did to each file that it touched.
  mutating func deeds(of row: ChangeRow) throws(BookError) -> [Deed] {
    let change = try replicated { replica throws(ReplicaError) in try replica.change(at: row.index) }
    var deeds: [(id: EntryID, what: SaveReport.FileChange.What, name: ExactText?)] = []
    for (place, operation) in change.operations.enumerated() {
      guard let id = operation.entry(at: place, of: change.ref) else { continue }
      let known = deeds.firstIndex { $0.id == id } ?? deeds.count
      let isFirst = known == deeds.count
      if isFirst { deeds.append((id, change.header.fields.origin == .resolved ? .settled : .edited, nil)) }
      switch operation {
      case .create: deeds[known].what = .created
      case .keep where change.header.fields.origin.bringsBack: deeds[known].what = .broughtBack
      // What is deleted stays deleted, however a field of it is settled.
      case .delete where isFirst || deeds[known].what != .settled: deeds[known].what = .deleted
      case .set(_, .path, let values)
      where deeds[known].what != .created && deeds[known].what != .broughtBack && values.count == 1:
        deeds[known].what = .renamed(from: try self.path(of: id, before: row))
        deeds[known].name = values.first?.content?.plain
      default: break
      }
    }
    var found: [Deed] = []
    for (id, what, name) in deeds {
      guard let state = try entry(id), state.kind != TagBook.kind else { continue }
      let path = name ?? EntryView.path(of: state)
      found.append(
        Deed(
          entry: id, what: what, path: path.string, kind: EntryView.kind(of: state).string,
          isGone: state.life == .deleted))
    }
    return found
  }

  private mutating func path(of id: EntryID, before row: ChangeRow) throws(BookError) -> String {
    let state = try replicated { replica throws(ReplicaError) in
      try replica.entry(id, at: replica.graph().version(of: row.parents))
    }
    return state.map { EntryView.path(of: $0).string } ?? ""
  }

  /// "3 notes edited, 1 person added".
  static func summary(of files: [SaveReport.FileChange], _ origin: Origin) -> String {
    func count(_ verb: String, _ matches: (SaveReport.FileChange.What) -> Bool) -> [String] {
      let kinds = files.filter { matches($0.what) }.map { ExactText($0.kind) }
      let different = Set(kinds).sorted()
      guard different.count <= KindName.listed else { return ["\(kinds.count) entries \(verb)"] }
      return different.map { kind in
        let number = kinds.filter { $0 == kind }.count
        return "\(number) \(KindName.counted(kind.string, number)) \(verb)"
      }
    }
    var parts = count(origin == .imported ? "taken in" : "added") { $0 == .created }
    parts += count("edited") { $0 == .edited }
    parts += count("settled") { $0 == .settled }
    parts += count("renamed") { if case .renamed = $0 { true } else { false } }
    parts += count("brought back") { $0 == .broughtBack }
    parts += count("deleted") { $0 == .deleted }
    return parts.joined(separator: ", ")
  }
}

extension Origin {
  /// Whether the change brings back what was: a version, or what another change took away.
  var bringsBack: Bool {
    switch self {
    case .restore, .undo: true
    case .typed, .imported, .resolved, .rule, .unknown: false
    }
  }
}
