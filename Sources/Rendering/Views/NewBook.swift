package import LocalBook

/// A book that was just made, joined or published, and what comes next.
package struct NewBook: Showable {
  package enum Deed: Equatable, Sendable {
    case made, joined, published
    case restored(from: String)

    fileprivate var name: String {
      switch self {
      case .made: "made"
      case .joined: "joined"
      case .published: "published"
      case .restored: "restored"
      }
    }
  }

  private let report: BookReport
  private let deed: Deed

  package init(_ report: BookReport, _ deed: Deed) {
    self.report = report
    self.deed = deed
  }

  package func lines(on screen: Screen) -> [Line] {
    var lines = [head]
    lines += report.saved.noticeLines
    if report.kept > 0 {
      lines.append("Went on where an earlier join broke off: \(report.kept.of("change")) had come already.")
    }
    lines += report.saved.left.lines
    if report.url == nil { lines.append("Next: valise publish valise://HOST/BOOK   (puts it on a server)") }
    if deed == .published {
      lines.append("Next: valise join \(word: report.url ?? "") DIR   (\(own: joining))")
    }
    return lines
  }

  package func warnings(on screen: Screen) -> [Line] { report.saved.warnings(on: screen) }

  package var exitCode: ExitCode { report.saved.exitCode }

  private var head: Line {
    switch deed {
    case .made where count == 0: "Made an empty book in \(report.root)."
    case .made: "Made a book in \(report.root) of what was there, unchanged byte for byte: \(kinds)."
    case .joined: "Joined \(report.url ?? ""): \(kinds) in \(report.root).\(wire)"
    case .restored(let file): "Made a book in \(report.root) out of \(file): \(kinds)."
    case .published: "Published at \(report.url ?? ""): \(kinds).\(wire)"
    }
  }

  private var joining: String {
    let isHere = (report.url.flatMap { try? BookAddress($0) })?.isLoopback ?? false
    return isHere ? "in another folder; no other machine can reach this address" : "on a colleague's laptop"
  }

  private var count: Int { report.kinds.reduce(0) { $0 + $1.count } }

  private var kinds: Line {
    if count == 0 { return "no entries yet" }
    let each = report.kinds.filter { $0.count > 0 }
      .sorted { (Seriousness.rank(ofKind: $0.kind), $0.kind) < (Seriousness.rank(ofKind: $1.kind), $1.kind) }
      .map { $0.count.entries(ofKind: $0.kind) }
    return each.count == 1 ? each.listed : "\(count.of("entry", "entries")) (\(each.listed))"
  }

  private var wire: Line {
    report.wire.map { " \($0.bytes)." } ?? ""
  }

  package var json: [JSON] {
    let kinds = report.kinds.map { JSON.object([("kind", .string($0.kind)), ("count", .int($0.count))]) }
    let kept: [(String, JSON)] = deed == .joined ? [("kept", .int(report.kept))] : []
    let pairs: [(String, JSON)] = [
      ("did", .string(deed.name)), ("root", .string(report.root)), ("book", .string(report.book)),
      ("url", .text(report.url)), ("kinds", .array(kinds)), ("version", .string(report.saved.version)),
    ]
    return [.object(pairs + kept + (report.wire?.jsonPairs ?? []) + report.saved.jsonPairs)]
  }
}
