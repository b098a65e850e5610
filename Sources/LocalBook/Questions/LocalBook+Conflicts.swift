import BookFolder
import Bytes
import History
import Merge
import Record
import Replica
import ReplicaStore

extension LocalBook {
  /// Everything that waits for a person to settle it, by file, then deletion, path, and fields.
  package func conflicts() throws(BookError) -> [ConflictLine] {
    _ = try save()
    let lines = try transaction { workbench throws(BookError) in try workbench.conflictLines() }
    return lines + (try privateSide()?.conflicts() ?? [])
  }

  /// Settles one conflict, named `FILE:FIELD`, by taking a side or by another value.
  ///
  /// - Parameters:
  ///   - side: whose value: as `conflicts` names it.
  ///   - value: plain text; empty for none.
  package func resolve(_ what: String, take side: String?, value: String?) throws(BookError) -> ResolveReport {
    var saved = try record()
    let words = what.lastIndex(of: ":").map { String(what[..<$0]) }
    if let secret = try privateSide(meantBy: words) { return try secret.resolve(what, take: side, value: value) }
    let (file, field, settled) = try transaction { workbench throws(BookError) in
      let (line, state, conflict) = try workbench.conflict(named: what)
      var draft = try workbench.draft()
      let settled = try workbench.settle(conflict, of: state, line, take: side, value: value, into: &draft)
      // A deleted entry stays deleted, however its fields are settled.
      if state.life == .deleted { draft.append(.delete(state.id)) }
      let before = ShownEntry(version: workbench.replica.version, state: state)
      try workbench.stored { storage throws(StorageError) in try storage.keepShown(state.id, before) }
      var recording = Recording()
      let time = environment.seconds
      let finished = draft
      _ = try workbench.replicated { replica throws(ReplicaError) in
        try replica.record(finished, time: time, origin: .resolved, into: &recording)
      }
      try workbench.seal(recording)
      return (line.file, line.field, settled)
    }
    try writeOut(&saved)
    saved.version = try versionName()
    let left = try transaction { workbench throws(BookError) in
      try workbench.stored { storage throws(StorageError) in try storage.conflictCount() }
    }
    return ResolveReport(saved: saved, file: file, field: field, value: settled, conflictsLeft: left)
  }
}

extension EntryConflict.Subject {
  /// As `FILE:FIELD` has it. A front matter field of one of the two reserved names is called `field.NAME`.
  var name: String {
    switch self {
    case .deletion: "deleted"
    case .path: "path"
    case .field(let name):
      name == "deleted" || name == "path" || name.string.hasPrefix("field.") ? "field." + name.string : name.string
    }
  }
}

extension Workbench {
  mutating func conflictLines() throws(BookError) -> [ConflictLine] {
    let places = try index().places
    var lines: [ConflictLine] = []
    for id in try stored({ storage throws(StorageError) in try storage.entriesInConflict() }) {
      guard let state = try entry(id) else { continue }
      for conflict in EntryConflict.all(in: state) {
        lines.append(try line(conflict, of: state, at: places[id] ?? EntryView.path(of: state)))
      }
    }
    return lines.enumerated().sorted {
      (ExactText($0.element.file), $0.offset) < (ExactText($1.element.file), $1.offset)
    }.map(\.element)
  }

  /// The conflict that `FILE:FIELD` names. Both parts may hold colons, so each place to part them is tried.
  mutating func conflict(named what: String) throws(BookError) -> (ConflictLine, EntryState, EntryConflict) {
    let places = try index().places
    for id in try stored({ storage throws(StorageError) in try storage.entriesInConflict() }) {
      guard let state = try entry(id) else { continue }
      let path = places[id] ?? EntryView.path(of: state)
      for conflict in EntryConflict.all(in: state) {
        let names = [path.string, path.string.hasSuffix(".md") ? String(path.string.dropLast(3)) : path.string]
        if names.contains(where: { "\($0):\(conflict.subject.name)" == what }) {
          return (try line(conflict, of: state, at: path), state, conflict)
        }
      }
    }
    throw .noSuchConflict(what)
  }

  private mutating func line(
    _ conflict: EntryConflict, of state: EntryState, at path: ExactText
  ) throws(BookError) -> ConflictLine {
    let view = try view(state)
    let sides = conflict.sides(in: view)
    var values: [ConflictLine.Value] = []
    for side in sides {
      values.append(
        ConflictLine.Value(
          text: side.value.text, person: try person(side.change.device),
          time: try stored { storage throws(StorageError) in try storage.time(of: side.change) } ?? 0,
          isShown: conflict.shows(side, in: view), take: ""))
    }
    return ConflictLine(
      entry: state.id.hex, file: path.string, isDeleted: state.life == .deleted, field: conflict.subject.name,
      line: state.life == .deleted ? nil : conflict.line(in: view), values: try named(values, sides))
  }

  /// What `--take` wants: the person's name; where one person stands on several sides, the change's digits as well.
  private func named(
    _ values: [ConflictLine.Value], _ sides: [EntryConflict.Side]
  ) throws(BookError) -> [ConflictLine.Value] {
    var named: [ConflictLine.Value] = []
    for (value, side) in zip(values, sides) {
      var take = value.person
      if values.filter({ $0.person == value.person }).count > 1 {
        let id = try stored { storage throws(StorageError) in try storage.id(of: side.change) }
        take += "@" + (id.map(names.short) ?? "\(side.change.seq)")
      }
      named.append(
        ConflictLine.Value(
          text: value.text, person: value.person, time: value.time, isShown: value.isShown, take: take))
    }
    return named
  }

  /// Adds what settles the conflict, and says the value that it is settled to.
  func settle(
    _ conflict: EntryConflict, of state: EntryState, _ line: ConflictLine, take: String?, value: String?,
    into draft: inout ChangeDraft
  ) throws(BookError) -> String? {
    if let take {
      guard let place = line.values.firstIndex(where: { $0.take == take }) ?? line.onlySide(called: take) else {
        throw .noSuchSide(take, in: line.name, sides: line.values.map(\.take))
      }
      conflict.settle(on: conflict.sides(in: try view(state))[place].value, of: state, into: &draft)
      return line.values[place].text
    }
    let text = value ?? ""
    switch conflict.subject {
    case .deletion:
      switch text {
      case "yes": conflict.settle(on: .deleted, of: state, into: &draft)
      case "no": conflict.settle(on: .edited, of: state, into: &draft)
      default: throw .invalidValue(in: line.name, why: "yes deletes the entry, no keeps it", suggestion: "no")
      }
    case .path:
      do {
        let path = try EntryPath(recording: Array(text.utf8))
        draft.append(.set(state.id, .path, [RegisterValue(path.text)]))
      } catch {
        throw .invalidValue(
          in: line.name, why: "that name cannot be had on every system", suggestion: error.suggestion)
      }
    case .field:
      conflict.settle(on: Self.value(typed: text), of: state, into: &draft)
    }
    return text.isEmpty ? nil : text
  }

  /// What a person typed after `--value`, as the field holds it.
  private static func value(typed text: String) -> EntryConflict.Value {
    if text.isEmpty { return .absent }
    let content = RegisterValue.Content(source: ExactText(FieldSource.scalar(text)), plain: ExactText(text))
    return .text(content)
  }
}

extension ConflictLine {
  /// `FILE:FIELD`.
  package var name: String { "\(file):\(field)" }

  /// The only side of a person.
  func onlySide(called person: String) -> Int? {
    let places = values.indices.filter { values[$0].person == person }
    return places.count == 1 ? places[0] : nil
  }
}

extension EntryConflict {
  /// Adds the operations that settle on a value.
  func settle(on value: Value, of state: EntryState, into draft: inout ChangeDraft) {
    let id = state.id
    switch (subject, value) {
    case (.deletion, .deleted): draft.append(.delete(id))
    case (.deletion, _): draft.append(.keep(id))
    case (.path, .text(let content)): draft.append(.set(id, .path, [RegisterValue(content: content)]))
    case (.path, _): break
    case (.field(let name), .elements): draft.append(.set(id, RegisterKey(.value, name), [.absent]))
    case (.field(let name), let other):
      for element in state.set(name)?.elements ?? [] { draft.append(.remove(id, field: name, element.element)) }
      if case .text(let content) = other {
        draft.append(.set(id, RegisterKey(.value, name), [RegisterValue(content: content)]))
      } else {
        draft.append(.set(id, RegisterKey(.value, name), [.absent]))
      }
    }
  }

  /// The sides as they are listed: what the file shows first.
  func sides(in view: EntryView) -> [Side] {
    sides.filter { shows($0, in: view) } + sides.filter { !shows($0, in: view) }
  }

  /// Whether the file shows this side.
  func shows(_ side: Side, in view: EntryView) -> Bool {
    switch (subject, side.value) {
    case (.deletion, let value): value == .edited
    case (.path, .text(let content)): content.plain == view.path
    case (.path, _): false
    case (.field(let name), .absent): view[field: name] == nil
    case (.field(let name), .text(let content)): view[field: name]?.value == .single(content)
    case (.field(let name), .elements): if case .set? = view[field: name]?.value { true } else { false }
    case (.field, _): false
    }
  }

  /// Where the field stands in the file, from 1.
  func line(in view: EntryView) -> Int? {
    guard case .field(let name) = subject else { return nil }
    return EntryFile(view).line(of: name)
  }
}

extension EntryFile {
  /// Where a field stands, from 1; nil where it does not.
  func line(of name: ExactText) -> Int? {
    guard let place = fields.firstIndex(where: { ExactText($0.key) == name }) else { return nil }
    func lines(_ text: String) -> Int { text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) } }
    let before = fields[..<place].reduce(0) { $0 + lines($1.above) + lines($1.label) + lines($1.value) + 1 }
    return 2 + before + lines(fields[place].above)
  }
}

extension EntryConflict.Value {
  /// As a listing shows it; nil for no value.
  var text: String? {
    switch self {
    case .absent: nil
    case .text(let content): content.plain.string
    case .elements(let elements): elements.map(\.text.string).joined(separator: ", ")
    case .deleted: "deleted"
    case .edited: "edited"
    }
  }
}

extension EntryID {
  /// Device, seq and index, for programs.
  var hex: String { creation.change.device.bytes.hex + "-\(creation.change.seq)-\(creation.index)" }
}
