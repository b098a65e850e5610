package import LocalBook

extension ResolveReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    var lines = saved.files.isEmpty ? [] : ["Saved before: \(saved.files.summary)." as Line]
    lines += saved.settledLines + saved.noticeLines
    lines.append("Settled: \(settled).")
    lines.append(
      conflictsLeft == 0
        ? "No conflicts are left." : "\(conflictsLeft.of("conflict")) left: valise conflicts")
    return lines
  }

  private var settled: Line {
    let target: Line = "\("\(file):\(field)", .strong)"
    switch (field, value) {
    case ("deleted", "yes"), ("deleted", "deleted"): return "\(file, .strong) is deleted"
    case ("deleted", _): return "\(file, .strong) stays"
    case ("path", let path?): return "\(file, .strong) is called \(path)"
    case (_, let value?): return "\(target) is \(.short(value))"
    case (_, nil): return "\(target) has no value"
    }
  }

  package func warnings(on screen: Screen) -> [Line] { saved.warnings(on: screen) }

  package var exitCode: ExitCode { saved.exitCode }

  package var json: [JSON] {
    let pairs: [(String, JSON)] = [
      ("file", .string(file)), ("field", .string(field)), ("value", .text(value)),
      ("conflictsLeft", .int(conflictsLeft)), ("version", .string(saved.version)),
    ]
    return [.object(pairs + saved.jsonPairs)]
  }
}
