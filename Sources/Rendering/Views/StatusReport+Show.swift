package import LocalBook

extension StatusReport: Showable {
  /// Trouble, conflicts, what changed here, then what is saved and what is sent: two facts.
  package func lines(on screen: Screen) -> [Line] {
    if hasNothingToSay {
      return ["\(title, .strong): everything is saved here\(inShort(on: screen))"] + receivedLines(on: screen)
        + saved.left.lines
    }
    var lines: [Line] = ["\(title, .strong)"]
    lines += saved.troubleLines(on: screen)
    if behind > 0 { lines.append(behindLine.styled(.warning)) }
    if conflicts > 0 {
      let wait: Line =
        "\(conflicts.of("conflict")) \(own: conflicts == 1 ? "waits" : "wait") for a decision: valise conflicts"
      lines.append(wait.styled(.warning))
    }
    if !saved.files.isEmpty {
      lines.append("Changed here: \(saved.files.summary).")
      lines += saved.files.rows(on: screen)
    }
    lines += saved.settledLines + saved.noticeLines
    lines.append(savedLine)
    lines += server.lines(on: screen) + receivedLines(on: screen)
    return lines + saved.left.lines
  }

  package var json: [JSON] {
    let pairs: [(String, JSON)] = [
      ("title", .string(title)), ("version", .string(saved.version)), ("conflicts", .int(conflicts)),
      ("behind", .int(behind)), ("server", server.json), ("received", received.json),
    ]
    return [.object(pairs + saved.jsonPairs)]
  }

  package var exitCode: ExitCode { saved.exitCode }

  private var hasNothingToSay: Bool {
    saved.isWhole && behind == 0 && conflicts == 0 && saved.files.isEmpty && saved.noticeLines.isEmpty
      && (server.unsent == 0 || server.url == nil)
  }

  private func inShort(on screen: Screen) -> Line {
    guard server.url != nil else { return "; it is on no server yet: valise publish URL" }
    return " and sent to the server\(server.lastSync.map { "; last sync \(screen.times.spoken($0))" } ?? "")."
  }

  private func receivedLines(on screen: Screen) -> [Line] {
    server.url == nil ? [] : received.lines(on: screen, lastSync: server.lastSync)
  }

  private var savedLine: Line {
    let count = saved.trouble.count
    return count == 0
      ? "Saved here: everything."
      : "Saved here: everything but the \(own: count == 1 ? "file" : "\(count) files") named above."
  }

  private var behindLine: Line {
    let verb = behind == 1 ? "does" : "do"
    return "\(behind.of("file")) \(own: verb) not show the newest version yet; it is in the history and waits."
  }
}

extension StatusReport.ServerStanding {
  func lines(on screen: Screen) -> [Line] {
    guard let url else { return ["Sent: nothing, the book is on no server yet. To put it on one: valise publish URL"] }
    let last = lastSync.map { "last sync \(screen.times.spoken($0))" as Line } ?? "no sync yet"
    guard unsent > 0 else { return ["Sent to \(url): everything; \(last)."] }
    return ["Not sent yet: \(waiting(on: screen)); \(last). To send: valise sync"]
  }

  /// `4 changes (oldest from 09:12)`.
  func waiting(on screen: Screen) -> Line {
    let oldest = oldestUnsent.map { " (oldest from \(screen.times.short($0)))" as Line } ?? ""
    return "\(unsent.of("change"))\(oldest)"
  }

  var json: JSON {
    .object([
      ("url", .text(url)), ("unsent", .int(unsent)), ("oldestUnsent", .time(oldestUnsent)),
      ("lastSync", .time(lastSync)),
    ])
  }
}
