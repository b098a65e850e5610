package import LocalBook

/// The tags as they are listed, by name.
package struct TagList: Showable {
  private let tags: [TagLine]

  package init(_ tags: [TagLine]) { self.tags = tags }

  package func lines(on screen: Screen) -> [Line] {
    guard !tags.isEmpty else { return ["No tags."] }
    var table = Table()
    for tag in tags {
      let isDisputed = tags.filter { $0.name == tag.name }.count > 1
      table.add(
        "\(tag.name, .strong)", "\(tag.version, .warning)", screen.times.spoken(tag.time), "\(tag.person)",
        isDisputed ? "(given to several versions at the same time)" : "")
    }
    return table.lines(on: screen)
  }

  package var json: [JSON] { tags.map(\.json) }
}

extension TagReport: Showable {
  package func lines(on screen: Screen) -> [Line] {
    var lines: [Line] = saved.files.isEmpty ? [] : ["Saved before: \(saved.files.summary)."]
    lines += saved.settledLines + saved.noticeLines
    let old = before.map { "\($0.version, .warning)" as Line }.listed
    switch version {
    case let version? where before.map(\.version) == [version]:
      lines.append("\(name, .strong) names \(version, .warning) already.")
    case let version?:
      lines.append("Tagged: \(name, .strong) is \(version, .warning)\(before.isEmpty ? "" : ", and was \(old)").")
    case nil: lines.append("Taken away: the tag \(name, .strong), which named \(old). The version stays.")
    }
    return lines
  }

  package func warnings(on screen: Screen) -> [Line] { saved.troubleLines(on: screen) }

  package var exitCode: ExitCode { saved.exitCode }

  package var json: [JSON] {
    let pairs: [(String, JSON)] = [
      ("tag", .string(name)), ("tagged", .text(version)), ("before", .array(before.map(\.json))),
      ("version", .string(saved.version)),
    ]
    return [.object(pairs + saved.jsonPairs)]
  }
}

extension TagLine {
  fileprivate var json: JSON {
    .object([
      ("tag", .string(name)), ("version", .string(version)), ("person", .string(person)), ("time", .time(time)),
    ])
  }
}
