package import Bytes
package import History
import Merge

/// A passage of a text that both of two versions changed since the newest version that both know, widened to whole
/// sentences: what it was, what each side made of it, and what came of both.
package struct Passage: Equatable, Sendable {
  /// The same on every laptop, and whichever version is called a.
  package let id: Digest
  package let entry: EntryID
  package let base: ExactText
  package let a: Side
  package let b: Side
  package let merged: ExactText
  /// Where it stands in the merged text, in scalars.
  package let place: Range<Int>

  package init(
    id: Digest, entry: EntryID, base: ExactText, a: Side, b: Side, merged: ExactText, place: Range<Int>
  ) {
    self.id = id
    self.entry = entry
    self.base = base
    self.a = a
    self.b = b
    self.merged = merged
    self.place = place
  }

  /// A side of a passage.
  package struct Side: Hashable, Sendable {
    package let text: ExactText
    /// The changes of this side that touched the passage, ascending.
    package let changes: [ChangeRef]
  }
}

/// What tells passages of one text apart but for their place.
private struct Texts: Hashable {
  let base: ExactText
  let a: Passage.Side
  let b: Passage.Side
  let merged: ExactText
}

extension Passage {
  /// Whether a text has passages, told from the merged text and the shape of its sides.
  static func areThere(in sides: TextSides, merged: ExactText) -> Bool {
    let breaks = SentenceBreaks(Array(merged.string.unicodeScalars))
    return !sides.passages { !breaks.isBroken($0) }.isEmpty
  }

  /// The passages of a text: what both sides touched in one sentence.
  static func all(in sides: TextSides, of entry: EntryID, hash: ([UInt8]) -> Digest) -> [Passage] {
    let merged = sides.letters(where: \.isMerged)
    let breaks = SentenceBreaks(merged)
    let found = sides.passages { !breaks.isBroken($0) }
    guard !found.isEmpty else { return [] }
    let base = sides.letters { $0.contains(.base) }
    let (a, b) = (sides.letters { $0.contains(.a) }, sides.letters { $0.contains(.b) })
    var passages: [Passage] = []
    var alike: [Texts: Int] = [:]
    for passage in found {
      let around = passage.sentences(breaks)
      func part(_ text: [Unicode.Scalar], _ range: Range<Int>) -> ExactText {
        let widened = text[range.lowerBound - around.before..<range.upperBound + around.behind]
        return ExactText(String(String.UnicodeScalarView(widened)))
      }
      let sides = (
        Side(text: part(a, passage.a), changes: passage.changesOfA),
        Side(text: part(b, passage.b), changes: passage.changesOfB)
      )
      let texts = (base: part(base, passage.base), merged: part(merged, passage.merged))
      let earlier = alike[Texts(base: texts.base, a: sides.0, b: sides.1, merged: texts.merged), default: 0]
      alike[Texts(base: texts.base, a: sides.0, b: sides.1, merged: texts.merged)] = earlier + 1
      passages.append(
        Passage(
          id: id(entry: entry, base: texts.base, sides: sides, merged: texts.merged, earlier: earlier, hash: hash),
          entry: entry, base: texts.base, a: sides.0, b: sides.1, merged: texts.merged,
          place: passage.merged.lowerBound - around.before..<passage.merged.upperBound + around.behind))
    }
    return passages
  }

  /// SHA-256 over the entry, the base, the two sides in the order of their changes and then of their texts, the merged
  /// text, and how many passages alike come before it; each text and list with its length in front.
  static func id(
    entry: EntryID, base: ExactText, sides: (Side, Side), merged: ExactText, earlier: Int, hash: ([UInt8]) -> Digest
  ) -> Digest {
    var bytes = Array("valise passage\n".utf8)
    func add(_ text: ExactText) {
      UInt64(text.bytes.count).appendBigEndian(to: &bytes)
      bytes += text.bytes
    }
    func add(_ ref: ChangeRef) {
      bytes += ref.device.bytes
      ref.seq.appendBigEndian(to: &bytes)
    }
    add(entry.creation.change)
    UInt64(entry.creation.index).appendBigEndian(to: &bytes)
    add(base)
    let ordered = precedes(sides.0, sides.1) ? [sides.0, sides.1] : [sides.1, sides.0]
    for side in ordered {
      add(side.text)
      UInt64(side.changes.count).appendBigEndian(to: &bytes)
      for change in side.changes { add(change) }
    }
    add(merged)
    UInt64(earlier).appendBigEndian(to: &bytes)
    return hash(bytes)
  }

  private static func precedes(_ one: Side, _ other: Side) -> Bool {
    one.changes == other.changes ? one.text < other.text : one.changes.lexicographicallyPrecedes(other.changes)
  }
}

extension TextPassage {
  /// How many untouched characters before and behind belong to its first and last sentence.
  fileprivate func sentences(_ breaks: SentenceBreaks) -> (before: Int, behind: Int) {
    let start = breaks.last(upTo: merged.lowerBound) ?? 0
    let behind = breaks.first(from: merged.upperBound).map { $0 - merged.upperBound }
    return (min(untouchedBefore, merged.lowerBound - start), min(untouchedBehind, behind ?? untouchedBehind))
  }
}
