package import LocalBook
import Replica

/// What `show` shows: a file's text as it was, or a change and what it changed.
package struct ShownReport: Showable {
  private let shown: Shown
  private let isRaw: Bool

  /// - Parameter isRaw: whether a file's bytes are wanted as they are.
  package init(_ shown: Shown, isRaw: Bool = false) {
    self.shown = shown
    self.isRaw = isRaw
  }

  package func lines(on screen: Screen) -> [Line] {
    switch shown {
    case .file(_, _, let bytes):
      // A terminal gets the text with everything harmful escaped.
      var text = String(decoding: bytes, as: UTF8.self).madeSafe(keepingLines: true)
      if text.hasSuffix("\n") { text.removeLast() }
      return text.isEmpty
        ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map { "\(own: String($0))" }
    case .change(let change, let comparison, let passages):
      let head: Line = "\(change.hash, .warning)  \(screen.times.spoken(change.time))  \(change.person, .strong)"
      return [head, "  \(change.words)", Line()] + ComparisonReport(comparison).lines(on: screen)
        + passages.named(on: screen)
    case .merged(let version, let changes, let passages):
      let head: Line = "\(version, .warning) brings together \(changes.count) changes made at the same time:"
      return [head, Line()] + LogReport(changes).lines(on: screen) + passages.named(on: screen)
    }
  }

  package var bytes: [UInt8]? {
    if isRaw, case .file(_, _, let bytes) = shown { return bytes }
    return nil
  }

  package var json: [JSON] {
    switch shown {
    case .file(let path, let version, let bytes):
      [
        .object([
          ("file", .string(path)), ("version", .string(version)),
          ("text", .string(String(decoding: bytes, as: UTF8.self))),
        ])
      ]
    case .change(let change, let comparison, let passages):
      [
        .object(
          change.jsonPairs + [
            ("entries", .array(comparison.entries.map(\.json))), ("passages", .array(passages.map(\.json))),
          ])
      ]
    case .merged(_, let changes, let passages): changes.map(\.json) + passages.map(\.json)
    }
  }
}
