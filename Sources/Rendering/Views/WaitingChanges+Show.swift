import LocalBook

extension WaitingChanges {
  /// `renamed to notes/new.md and edited (2 changes by Ben and Léa)`.
  var words: Line {
    let deeds = what.map(\.words)
    let whole: Line
    switch deeds.count {
    case 0: whole = "nothing that the file would show"
    case 2: whole = "\(deeds[0]) and \(deeds[1])"
    default: whole = deeds.listed
    }
    guard changes > 0 else { return whole }
    return "\(whole) (\(changes.of("change")) by \(people.listed()))"
  }

  var json: JSON {
    .object([
      ("what", .array(what.map(\.json))), ("changes", .int(changes)), ("people", .array(people.map { .string($0) })),
    ])
  }
}

extension WaitingChanges.What {
  fileprivate var words: Line {
    switch self {
    case .created: "a new file of this name"
    case .edited: "edited"
    case .renamed(let path): "renamed to \(path)"
    case .deleted: "deleted"
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .created: .string("created")
    case .edited: .string("edited")
    case .renamed(let path): .object([("renamedTo", .string(path))])
    case .deleted: .string("deleted")
    }
  }
}

extension HeldDeletions {
  /// What is held, the safe way first; accepting names the number.
  var lines: [Line] {
    let head: Line =
      "Held: \(people.listed()) deleted \(own: String(paths.count)) of the \(known.of("file")) here; they still stand, all else goes on."
    return [
      head.styled(.warning), "  among them \(paths.listed(atMost: 3))",
      "    next: valise restore --lost   (brings them back, for everybody)",
      "    next: valise save --accept-deletions   (only if \(paths.count.of("deletion")) are meant)",
    ]
  }

  var json: JSON {
    .object([
      ("files", .array(paths.map { .string($0) })), ("of", .int(known)), ("people", .array(people.map { .string($0) })),
    ])
  }
}
