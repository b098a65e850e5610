package import LocalBook

extension ResolveReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    var lines = saved.files.isEmpty ? [] : ["Saved before: \(saved.files.summary)." as Line]
    let settled: Line = value.map { .short($0) } ?? "no value"
    lines.append("Settled: \("\(file):\(field)", .strong) is \(settled).")
    lines.append(
      conflictsLeft == 0
        ? "No conflicts are left." : "\(conflictsLeft.of("conflict")) left: valise conflicts")
    return lines
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
