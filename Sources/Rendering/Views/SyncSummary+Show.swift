import Bytes
package import LocalBook
import Replica

extension SyncSummary: Showable {
  /// What came, by colleague; what came together; what waits for a decision; what is saved and sent.
  package func lines(on screen: Screen) -> [Line] {
    var lines = newsLines(on: screen)
    if let line = conflictLine { lines.append(line.styled(.warning)) }
    lines.append(endLine(on: screen))
    return lines
  }

  /// The same for somebody who watches: what went and came, and nothing of what was so before.
  func watchLines(on screen: Screen) -> [Line] {
    var lines = newsLines(on: screen, sent: outcome == .synced && sent > 0)
    if newConflicts > 0, let line = conflictLine { lines.append(line.styled(.warning)) }
    if case .offline = outcome { lines.append(endLine(on: screen)) }
    return lines
  }

  /// What this laptop saved, and with `sent` what went with it; then what came.
  private func newsLines(on screen: Screen, sent isSent: Bool = false) -> [Line] {
    var lines = notices.map(\.line)
    let own: [Line] =
      (saved.files.isEmpty ? [] : ["Saved: \(saved.files.summary)."])
      + (isSent ? ["Sent \(sent.of("change")) (\(wire.bytes))."] : [])
    if !own.isEmpty { lines.append(own.joined(by: " ")) }
    lines += saved.settledLines + saved.noticeLines
    for person in received {
      lines.append("\(person.name, .strong): \(person.summary).")
      lines += person.files.filter { $0.what != .settled }.rows(on: screen) { changes(in: $0, by: person) }
    }
    lines += settled.map { "Settled by \($0.people.listed()): \($0.words)" }
    lines += settledApart.map { $0.line.styled(.warning) }
    lines += togetherLines(on: screen)
    lines += sameNameLines(on: screen)
    lines += renumbered.map { "Renamed here, since another file of its name is gone: \($0)." }
    lines += keptLines(on: screen)
    return lines
  }

  package func warnings(on screen: Screen) -> [Line] { saved.troubleLines(on: screen) }

  /// Not sent outweighs not recorded: a script that only looks for one of them looks for that.
  package var exitCode: ExitCode {
    if case .offline = outcome { return .offline }
    return saved.exitCode
  }

  /// What somebody changed in a file, where nobody else did: none of those named here but to settle a conflict, nor this
  /// laptop.
  private func changes(in file: SaveReport.FileChange, by person: FromPerson) -> Line {
    if file.what == .deleted && kept.contains(where: { $0.path == file.path }) { return "kept all the same, see below" }
    let isAlone = received.allSatisfy { other in
      other == person || other.files.allSatisfy { $0.path != file.path || $0.what == .settled }
    }
    let isShared = together.contains { $0.path == file.path }
    guard isAlone, !isShared, let entry = differences?.entries.first(where: { $0.path.string == file.path }) else {
      return ""
    }
    // What was settled has a line of its own.
    return entry.changes(but: Set(settled.filter { $0.path == file.path }.map(\.field)))
  }

  private func togetherLines(on screen: Screen) -> [Line] {
    guard !together.isEmpty else { return [] }
    var table = Table(indent: 2)
    for edit in together {
      table.add(edit.place, edit.people.count > 1 ? edit.people.listed() : "\(edit.people.listed()) on two laptops")
    }
    let isByPeople = together.allSatisfy { $0.people.count > 1 }
    let who: Line = isByPeople ? "by several people" : "on several laptops"
    let passages = together.flatMap(\.passages)
    return ["Edited \(who) at the same time; every edit is kept:"] + table.lines(on: screen)
      + passages.named(on: screen)
  }

  private func sameNameLines(on screen: Screen) -> [Line] {
    guard !sameNames.isEmpty else { return [] }
    var table = Table(indent: 2)
    for file in sameNames.flatMap(\.files) { table.add("\(file.path)", "\(file.person)") }
    return ["Given the same name on several laptops; every file is kept:"] + table.lines(on: screen)
  }

  private func keptLines(on screen: Screen) -> [Line] {
    guard !kept.isEmpty else { return [] }
    var table = Table(indent: 2)
    for entry in kept {
      table.add("\(entry.path)", "deleted by \(entry.deletedBy.listed()), edited by \(entry.editedBy.listed())")
    }
    return ["Deleted by one while another was writing, and therefore kept:"] + table.lines(on: screen)
  }

  /// `2 new conflicts, 3 older: valise conflicts`.
  private var conflictLine: Line? {
    switch (newConflicts, olderConflicts) {
    case (0, 0): nil
    case (0, let older):
      "\(older.of("older conflict")) \(own: older == 1 ? "waits" : "wait") for a decision: valise conflicts"
    case (let new, 0): "\(new.of("new conflict")): valise conflicts"
    case (let new, let older): "\(new.of("new conflict")), \(older) older: valise conflicts"
    }
  }

  /// What came out of a file: nothing was sent.
  private func appliedLine(_ count: Int) -> Line {
    if count == 0 { return "The file holds no changes." }
    if receivedCount == 0 { return "Nothing new: every change in the file is here already." }
    let known = count - receivedCount
    let rest: Line = known > 0 ? "; \(known) \(own: known == 1 ? "was" : "were") here already" : ""
    return "Took in \(receivedCount.of("change"))\(rest)."
  }

  private func endLine(on screen: Screen) -> Line {
    if case .applied(let count) = outcome { return appliedLine(count) }
    if case .offline(let why) = outcome {
      if standing.unsent == 0 {
        return "Saved here; nothing waits to be sent. The server was not reached: \(why.words)."
      }
      let wait: Line = "\(standing.unsent.of("change")) \(own: standing.unsent == 1 ? "waits" : "wait")"
      return "Saved here. Not sent: \(why.words). \(wait)\(oldest(on: screen))."
    }
    let moved: Line =
      switch (sent, receivedCount) {
      case (0, 0): "Nothing new"
      case (_, 0): "Sent \(sent.of("change"))"
      case (0, _): "Received \(receivedCount.of("change"))"
      default: "Sent \(sent.of("change")), received \(receivedCount)"
      }
    let rest: Line =
      standing.unsent == 0
      ? "\(own: saved.isWhole ? "Everything" : "All else") is saved here and sent."
      : "\(standing.waiting(on: screen)) still to send: valise sync"
    return "\(moved) (\(wire.bytes)). \(rest)"
  }

  private func oldest(on screen: Screen) -> Line {
    standing.oldestUnsent.map { " (oldest from \(screen.times.short($0)))" } ?? ""
  }

  private var receivedCount: Int { received.reduce(0) { $0 + $1.changes } }
}

extension SyncSummary.FromPerson {
  fileprivate var summary: Line { files.isEmpty ? changes.of("change") : files.summary }
}

extension SyncSummary.EditedTogether {
  /// `FILE:FIELD`, as `resolve` takes it; the text below the fields has no name there.
  fileprivate var place: Line { field.map { "\(path):\($0)" } ?? "\(path) (text)" }
}

extension SyncSummary.SettledApart {
  /// `Settled in two ways, so a conflict again: engagements/bilateral.md:start = 11:00 by Anne, 11:30 by Ben`.
  fileprivate var line: Line {
    let each = ways.map { way in
      let value: Line = way.value.map { .short($0) } ?? "no value"
      return "\(value) by \(way.person)" as Line
    }
    let count = ways.count == 2 ? "two" : "\(ways.count)"
    return "Settled in \(own: count) ways, so a conflict again: \("\(path):\(field)", .strong) = \(each.listed)"
  }

  fileprivate var json: JSON {
    let ways = ways.map { JSON.object([("value", .text($0.value)), ("person", .string($0.person))]) }
    return .object([("file", .string(path)), ("field", .string(field)), ("ways", .array(ways))])
  }
}

extension SyncSummary.Kept {
  fileprivate var json: JSON {
    .object([
      ("file", .string(path)), ("deletedBy", .array(deletedBy.map { .string($0) })),
      ("editedBy", .array(editedBy.map { .string($0) })),
    ])
  }
}

extension SyncSummary.SameName {
  fileprivate var json: JSON {
    let files = files.map { JSON.object([("file", .string($0.path)), ("person", .string($0.person))]) }
    return .object([("name", .string(name)), ("files", .array(files))])
  }
}

extension SyncSummary.Offline {
  var words: Line {
    switch self {
    case .noNetwork: "no network"
    case .refused(let place): "nothing listens at \(place)"
    case .unknownHost(let host): "no machine is called '\(host)' here"
    case .timedOut(let place): "\(place) does not answer"
    case .brokenOff(let place): "the connection to \(place) broke off"
    }
  }

  fileprivate var name: String {
    switch self {
    case .noNetwork: "noNetwork"
    case .refused: "refused"
    case .unknownHost: "unknownHost"
    case .timedOut: "timedOut"
    case .brokenOff: "brokenOff"
    }
  }
}

extension SyncSummary.Notice {
  fileprivate var line: Line {
    switch self {
    case .newEpoch(0): "The server was restored from a backup; it lacked nothing of this laptop's."
    case .newEpoch(let count): "The server was restored from a backup; \(count.of("change")) sent again."
    case .rollback:
      "The server lacks changes that it had before; this laptop keeps all of its own, and nothing here was taken back."
    case .newDevice: "This is a copy of another device; it now counts as its own."
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .newEpoch(let count): .object([("notice", .string("newEpoch")), ("sentAgain", .int(count))])
    case .rollback: .object([("notice", .string("rollback"))])
    case .newDevice: .object([("notice", .string("newDevice"))])
    }
  }
}

extension SyncSummary {
  package var json: [JSON] {
    var offline = JSON.null
    if case .offline(let why) = outcome { offline = .string(why.name) }
    var inFile: [(String, JSON)] = []
    if case .applied(let count) = outcome { inFile = [("changesInFile", .int(count))] }
    let pairs: [(String, JSON)] = [
      ("offline", offline), ("version", .string(saved.version)), ("sent", .int(sent)),
      ("received", .array(received.map(\.json))),
      ("differences", differences.map { .array($0.entries.map(\.json)) } ?? .null),
      ("together", .array(together.map(\.json))), ("settled", .array(settled.map(\.json))),
      ("settledApart", .array(settledApart.map(\.json))), ("sameNames", .array(sameNames.map(\.json))),
      ("kept", .array(kept.map(\.json))),
      ("renumbered", .array(renumbered.map { .string($0) })), ("newConflicts", .int(newConflicts)),
      ("olderConflicts", .int(olderConflicts)), ("server", standing.json),
      ("serverNotices", .array(notices.map(\.json))),
    ]
    return [.object(pairs + inFile + wire.jsonPairs + saved.jsonPairs)]
  }
}

extension SyncSummary.FromPerson {
  fileprivate var json: JSON {
    .object([("person", .string(name)), ("changes", .int(changes)), ("files", .array(files.map(\.json)))])
  }
}

extension SyncSummary.EditedTogether {
  fileprivate var json: JSON {
    .object([
      ("file", .string(path)), ("field", .text(field)), ("people", .array(people.map { .string($0) })),
      ("passages", .array(passages.map(\.json))),
    ])
  }
}
