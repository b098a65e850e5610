import Bytes
import TextDiff

/// A merged text as it is by now, and where the stretches of it stand there.
struct LaterText {
  private var edits: ArraySlice<TextReplacement>
  /// By how much those that are passed have moved what is behind them.
  private var shift = 0

  /// Costs a comparison of the two texts.
  init(_ merged: ExactText, now: ExactText) {
    edits = merged == now ? [] : TextDiff.edits(from: merged.string, to: now.string)[...]
  }

  /// Where a stretch of the merged text begins now, in scalars; nil where it was edited since. Stretches ascend.
  mutating func start(of stretch: Range<Int>) -> Int? {
    while let edit = edits.first, edit.position - shift + edit.deleted <= stretch.lowerBound {
      shift += edit.inserted.unicodeScalars.count - edit.deleted
      edits.removeFirst()
    }
    if let edit = edits.first, edit.position - shift < stretch.upperBound { return nil }
    return stretch.lowerBound + shift
  }
}
