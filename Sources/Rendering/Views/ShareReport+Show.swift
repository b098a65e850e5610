package import LocalBook

extension ShareReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    let others = saved.files.filter { $0.path != from && $0.path != to }
    var lines: [Line] = []
    if !others.isEmpty { lines += ["Saved: \(others.summary)."] + others.rows(on: screen) }
    return lines + saved.settledLines + saved.noticeLines + ["Next: valise sync"]
  }

  package func warnings(on screen: Screen) -> [Line] { saved.troubleLines(on: screen) }

  package var exitCode: ExitCode { saved.exitCode }

  package var json: [JSON] {
    [
      .object(
        [("from", .string(from)), ("to", .string(to)), ("version", .string(saved.version))] + saved.jsonPairs)
    ]
  }
}
