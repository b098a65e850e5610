package import LocalBook

extension SaveReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    guard !files.isEmpty else { return ["Nothing changed."] + settledLines + noticeLines }
    return ["Saved: \(files.summary).  \(own: "(version ", .faint)\(version, .faint)\(own: ")", .faint)"]
      + files.rows(on: screen) + settledLines + noticeLines
  }

  package func warnings(on screen: Screen) -> [Line] { troubleLines(on: screen) }

  /// What was not recorded or not written; where the book is newer than this program, that first.
  func troubleLines(on screen: Screen) -> [Line] {
    levelLines + (held?.lines ?? []) + trouble.lines(on: screen)
  }

  private var levelLines: [Line] {
    guard let neededLevel else { return [] }
    let head: Line =
      "No file is written: the book has rules of a newer Valise (level \(own: String(neededLevel)))."
    return [
      head.styled(.warning), "  what you edit is recorded and sent all the same", "  next: install the newer Valise",
    ]
  }

  package var json: [JSON] { [.object([("version", .string(version))] + jsonPairs)] }

  package var exitCode: ExitCode { isWhole ? .done : .trouble }

  /// Whether everything was recorded and written.
  var isWhole: Bool { trouble.isEmpty && held == nil && neededLevel == nil }

  /// What was recorded and what was not, as keys of a larger object.
  var jsonPairs: [(String, JSON)] {
    [
      ("saved", .array(files.map(\.json))), ("settledHere", .array(settled.map(\.json))),
      ("trouble", .array(trouble.map(\.json))), ("held", held?.json ?? .null),
      ("neededLevel", .number(neededLevel.map { Int(clamping: $0) })), ("leftAlone", left.json),
      ("notices", .array(notices.map { .string($0) })),
    ]
  }

  /// Editing a disputed field is a decision, whether it was meant as one or not.
  var settledLines: [Line] { settled.map { "Settled by your edit: \($0.words)" } }

  var noticeLines: [Line] { notices.map { "\($0)" } }
}

extension LeftAlone {
  /// What stays on this laptop because it is none of the book's; nothing when there is nothing.
  var lines: [Line] {
    var parts: [Line] = []
    if others > 0 { parts.append(others.of("other file")) }
    if ignored > 0 { parts.append("\(ignored) named by .valiseignore") }
    let count = others + ignored
    var lines: [Line] = []
    if let last = parts.last {
      let all = parts.count == 1 ? last : "\(parts.dropLast().joined(by: ", ")) and \(last)"
      lines.append("\(all) \(own: count == 1 ? "stays" : "stay") on this laptop, neither recorded nor sent.")
    }
    if privates > 0 {
      let verb = privates == 1 ? "stays" : "stay"
      lines.append(
        "\(privates.of("file")) in private/ \(own: verb) on this laptop; notes there are recorded, never sent.")
    }
    if !links.isEmpty {
      lines.append("Not followed: \(links.listed()) (\(own: links.count == 1 ? "a symbolic link" : "symbolic links")).")
    }
    return lines.map { $0.styled(.faint) } + ofBookLines
  }

  /// Files of the book that are left alone all the same: nothing about them is recorded, nothing is written.
  private var ofBookLines: [Line] {
    guard !ofBook.isEmpty else { return [] }
    let verb = ofBook.count == 1 ? "is" : "are"
    let head: Line =
      "\(ofBook.count.of("file")) of the book \(own: verb) left alone, since .valiseignore names \(own: ofBook.count == 1 ? "it" : "them"):"
    let lines = ofBook.flatMap { file in
      ["  \(file.path)" as Line] + file.waiting.map { "    waits until then: \($0.words)" }
    }
    return [head.styled(.warning)] + lines + [
      "  next: take the pattern out of .valiseignore   (the book keeps the files)"
    ]
  }

  var json: JSON {
    .object([
      ("others", .int(others)), ("private", .int(privates)), ("ignored", .int(ignored)),
      ("links", .array(links.map { .string($0) })), ("ofBook", .array(ofBook.map(\.json))),
    ])
  }
}

extension LeftAlone.Ignored {
  fileprivate var json: JSON {
    .object([("file", .string(path)), ("waiting", .array(waiting.map(\.json)))])
  }
}
