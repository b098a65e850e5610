package import LocalBook
import Replica

/// What `show` shows: a file's text as it was, or a change and what it changed.
package struct ShownReport: Showable {
  private let shown: Shown

  package init(_ shown: Shown) { self.shown = shown }

  package func lines(on screen: Screen) -> [Line] {
    switch shown {
    case .file(_, _, let bytes):
      // A terminal gets the text with everything harmful escaped; `rawBytes` has it as it is.
      var text = String(decoding: bytes, as: UTF8.self).madeSafe(keepingLines: true)
      if text.hasSuffix("\n") { text.removeLast() }
      return text.isEmpty
        ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map { "\(own: String($0))" }
    case .change(let change, let comparison):
      let head: Line = "\(change.hash, .warning)  \(screen.times.spoken(change.time))  \(change.person, .strong)"
      return [head, "  \(change.words)", Line()] + ComparisonReport(comparison).lines(on: screen)
    }
  }

  /// The bytes of a file, exactly; nil for a change.
  package var rawBytes: [UInt8]? {
    if case .file(_, _, let bytes) = shown { return bytes }
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
    case .change(let change, let comparison):
      [.object(change.jsonPairs + [("entries", .array(comparison.entries.map(\.json)))])]
    }
  }
}
