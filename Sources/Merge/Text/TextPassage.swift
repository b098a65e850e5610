package import History

/// A part of a body that both of two versions changed since their base: where it is in each text, and by which changes.
///
/// Positions count Unicode scalars.
package struct TextPassage: Equatable, Sendable {
  package let base: Range<Int>
  package let a: Range<Int>
  package let b: Range<Int>
  /// Empty where both deleted all of it.
  package let merged: Range<Int>
  /// How many characters directly before and behind it nobody touched; all four texts show them.
  package let untouchedBefore: Int
  package let untouchedBehind: Int
  /// The changes of each side that touched it, ascending.
  package let changesOfA: [ChangeRef]
  package let changesOfB: [ChangeRef]

  package init(
    base: Range<Int>, a: Range<Int>, b: Range<Int>, merged: Range<Int>, untouchedBefore: Int, untouchedBehind: Int,
    changesOfA: [ChangeRef], changesOfB: [ChangeRef]
  ) {
    self.base = base
    self.a = a
    self.b = b
    self.merged = merged
    self.untouchedBefore = untouchedBefore
    self.untouchedBehind = untouchedBehind
    self.changesOfA = changesOfA
    self.changesOfB = changesOfB
  }
}

extension TextSides {
  /// The passages of two versions, in the order of the merged text.
  ///
  /// Touched characters that stand together, or that only a bridge lies between, form a region; a region that both sides
  /// touched is a passage. A bridge is what nobody touched between two touched characters, and `isBridge` says of its
  /// place in the merged text whether it joins them. What one side inserted and deleted again is not there. The same
  /// passages come out, with a and b swapped, for the versions swapped. Cost: the stretches.
  package func passages(joining isBridge: (Range<Int>) -> Bool) -> [TextPassage] {
    var passages: [TextPassage] = []
    var region: Region?
    var place = Places()
    var untouched = 0
    func close(_ region: Region?, behind untouched: Int) {
      if let passage = region?.passage(behind: untouched) { passages.append(passage) }
    }
    for stretch in stretches {
      let count = stretch.count
      let next = place.moved(by: count, in: stretch.shown)
      defer { place = next }
      guard stretch.shown.isTouchedByA || stretch.shown.isTouchedByB else {
        untouched += count
        continue
      }
      if let last = region, untouched > 0, !isBridge(last.end.merged..<place.merged) {
        close(region, behind: untouched)
        region = nil
      }
      if region == nil { region = Region(start: place, untouchedBefore: untouched) }
      region?.add(stretch, to: next)
      untouched = 0
    }
    close(region, behind: untouched)
    return passages
  }
}

/// A place in each of the four texts.
private struct Places {
  var base = 0
  var a = 0
  var b = 0
  var merged = 0

  func moved(by count: Int, in shown: TextSides.Shown) -> Places {
    Places(
      base: base + (shown.contains(.base) ? count : 0), a: a + (shown.contains(.a) ? count : 0),
      b: b + (shown.contains(.b) ? count : 0), merged: merged + (shown.isMerged ? count : 0))
  }
}

/// Touched characters that belong together.
private struct Region {
  let start: Places
  let untouchedBefore: Int
  private(set) var end: Places
  private var isTouchedByA = false
  private var isTouchedByB = false
  private var changesOfA: Set<ChangeRef> = []
  private var changesOfB: Set<ChangeRef> = []

  init(start: Places, untouchedBefore: Int) {
    self.start = start
    self.untouchedBefore = untouchedBefore
    end = start
  }

  mutating func add(_ stretch: TextSides.Stretch, to end: Places) {
    self.end = end
    if stretch.shown.isTouchedByA { isTouchedByA = true }
    if stretch.shown.isTouchedByB { isTouchedByB = true }
    changesOfA.formUnion(stretch.changesOfA)
    changesOfB.formUnion(stretch.changesOfB)
  }

  /// Nil where only one side touched it.
  func passage(behind untouched: Int) -> TextPassage? {
    guard isTouchedByA && isTouchedByB else { return nil }
    return TextPassage(
      base: start.base..<end.base, a: start.a..<end.a, b: start.b..<end.b, merged: start.merged..<end.merged,
      untouchedBefore: untouchedBefore, untouchedBehind: untouched, changesOfA: changesOfA.sorted(),
      changesOfB: changesOfB.sorted())
  }
}
