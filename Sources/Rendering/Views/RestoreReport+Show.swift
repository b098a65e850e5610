package import LocalBook

extension RestoreReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    var lines: [Line] = []
    if !saved.files.isEmpty { lines += ["Saved: \(saved.files.summary)."] }
    lines += saved.settledLines + saved.noticeLines
    guard let restored else {
      lines.append(files.isEmpty ? "Nothing to give back: no file is gone or empty." : "Given back: \(files.summary).")
      return lines + files.rows(on: screen) { _ in "" }
    }
    if files.isEmpty { return lines + ["Nothing to bring back: it is so already."] }
    lines.append("Brought back from \(restored): \(files.summary).")
    lines += files.rows(on: screen) { _ in "" }
    return lines + settled.map { "  No conflict any more: \($0.words)" }
  }

  package func warnings(on screen: Screen) -> [Line] { saved.troubleLines(on: screen) }

  package var exitCode: ExitCode { saved.exitCode }

  package var json: [JSON] {
    let pairs: [(String, JSON)] = [
      ("restored", .text(restored)), ("files", .array(files.map(\.json))),
      ("noConflictAnyMore", .array(settled.map(\.json))), ("version", .string(saved.version)),
    ]
    return [.object(pairs + saved.jsonPairs)]
  }
}
