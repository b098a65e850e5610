package import LocalBook

extension FileReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    var lines: [Line] = []
    if !saved.files.isEmpty { lines += ["Saved: \(saved.files.summary)."] }
    lines += saved.settledLines + saved.noticeLines
    guard changes > 0 else { return lines + ["Nothing has changed since that version: no file is written."] }
    let what: Line = kind == .light ? "the book without its history" : changes.of("change")
    lines.append("Wrote \(what), up to the version \(version), into \(path) (\(bytes.bytes)).")
    switch kind {
    case .bundle: lines.append("Next: valise bundle apply FILE   (on the other laptop)")
    case .snapshot: lines.append("Next: valise restore-from \(word: path) DIR   (makes a book of it)")
    case .light: lines.append("Next: valise restore-from \(word: path) DIR   (its files, to read; no book that syncs)")
    }
    return lines
  }

  package func warnings(on screen: Screen) -> [Line] { saved.troubleLines(on: screen) }

  package var exitCode: ExitCode { saved.exitCode }

  package var json: [JSON] {
    let pairs: [(String, JSON)] = [
      ("file", changes > 0 ? .string(path) : .null), ("kind", .string(kind.rawValue)), ("version", .string(version)),
      ("changes", .int(changes)), ("bytes", .int(bytes)),
    ]
    return [.object(pairs + saved.jsonPairs)]
  }
}
