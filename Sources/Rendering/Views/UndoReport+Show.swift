package import LocalBook

extension UndoReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    var lines: [Line] = saved.files.isEmpty ? [] : ["Saved before: \(saved.files.summary)."]
    lines += saved.settledLines + saved.noticeLines
    lines.append("\(own: isRedo ? "Redid" : "Undid"): \(what)")
    if change.files.count > 1 || files.count > 1 { lines += files.rows(on: screen) }
    if isEmpty { lines.append("  Nothing was left of it.") }
    lines += left.map { "  Left as it is: \($0.words)" }
    lines += inHistory.map(\.words)
    lines += settled.map { "  No conflict any more: \($0.words)" }
    lines += reopened.map { "  Waits for a decision again: \($0)" }
    return lines
  }

  /// `resolve engagements/dinner.md:start`, `edit notes/a.md`, `2 notes edited`; what the person said about it first.
  private var what: Line {
    let did: Line
    if let file = change.files.first, change.files.count == 1 {
      let place = fields.isEmpty ? file.place : fields.map { "\(file.path):\($0)" as Line }.listed
      did = "\(own: file.command) \(place)"
    } else if change.files.isEmpty {
      return "\(change.message)"
    } else {
      did = change.files.summary
    }
    return change.isDerived ? did : "\(change.message): \(did)"
  }

  package func warnings(on screen: Screen) -> [Line] { saved.troubleLines(on: screen) }

  package var exitCode: ExitCode { saved.exitCode }

  package var json: [JSON] {
    let pairs: [(String, JSON)] = [
      (isRedo ? "redone" : "undone", .object(change.jsonPairs)), ("fields", .array(fields.map { .string($0) })),
      ("files", .array(files.map(\.json))), ("left", .array(left.map(\.json))),
      ("inHistory", .array(inHistory.map(\.json))),
      ("noConflictAnyMore", .array(settled.map(\.json))), ("conflictsAgain", .array(reopened.map { .string($0) })),
      ("version", .string(saved.version)),
    ]
    return [.object(pairs + saved.jsonPairs)]
  }
}

extension SaveReport.FileChange {
  /// What one would have to do to get it.
  fileprivate var command: String {
    switch what {
    case .created: "add"
    case .edited: "edit"
    case .settled: "resolve"
    case .deleted: "delete"
    case .broughtBack: "bring back"
    case .renamed: "rename"
    }
  }
}

extension UndoReport.InHistory {
  /// A person who takes back a `share` has to know that nothing takes back what is in a history.
  fileprivate var words: Line {
    isSent
      ? "  \(path, .strong) was sent before this: its text stays in everybody's history"
      : "  \(path, .strong) stays in the shared history as a deleted file, text and all: the next sync sends that"
  }

  fileprivate var json: JSON { .object([("file", .string(path)), ("sent", .bool(isSent))]) }
}

extension UndoReport.Left {
  fileprivate var words: Line {
    let who = people.listed()
    switch what {
    case .field(let name): return "\("\(path):\(name)", .strong) (\(who) changed it after)"
    case .path: return "the name of \(path, .strong) (\(who) changed it after)"
    case .text: return "the text of \(path, .strong) (\(who) changed it after)"
    case .file: return "\(path, .strong) (\(who) worked on it after)"
    case .deleted: return "\(path, .strong) stays deleted (by \(who))"
    case .dispute: return "\(path, .strong) stays, and is not asked about again (delete it if it should go)"
    case .tag(let name): return "the tag \(name, .strong) (\(who) set it after)"
    }
  }

  fileprivate var json: JSON {
    var name = "text"
    var field: String?
    switch what {
    case .field(let key): (name, field) = ("field", key)
    case .path: name = "path"
    case .text: break
    case .file: name = "file"
    case .deleted: name = "deleted"
    case .dispute: name = "dispute"
    case .tag(let tag): (name, field) = ("tag", tag)
    }
    return .object([
      ("file", .text(path.isEmpty ? nil : path)), ("what", .string(name)), ("field", .text(field)),
      ("people", .array(people.map { .string($0) })),
    ])
  }
}
