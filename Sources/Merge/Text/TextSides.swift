package import History

/// Two versions of a body beside the newest one that both know, their base: all characters that any of them shows, in
/// the order of the merged text.
package struct TextSides: Equatable, Sendable {
  /// Neighbours differ in more than their text.
  package private(set) var stretches: [Stretch] = []

  /// Characters that stand together and share what happened to them.
  package struct Stretch: Equatable, Sendable {
    /// The versions that show it, one at least.
    package let shown: Shown
    /// How many characters it has.
    package fileprivate(set) var count: Int
    /// The characters themselves; none where only the shapes of the edits are known.
    package fileprivate(set) var letters: [Unicode.Scalar]
    /// The changes that only version a knows and that inserted or deleted it, ascending; the same for b.
    package let changesOfA: [ChangeRef]
    package let changesOfB: [ChangeRef]

    package init(
      shown: Shown, letters: [Unicode.Scalar], changesOfA: [ChangeRef] = [], changesOfB: [ChangeRef] = []
    ) {
      self.init(
        shown: shown, count: letters.count, letters: letters, changesOfA: changesOfA, changesOfB: changesOfB)
    }

    init(
      shown: Shown, count: Int, letters: [Unicode.Scalar], changesOfA: [ChangeRef], changesOfB: [ChangeRef]
    ) {
      self.shown = shown
      self.count = count
      self.letters = letters
      self.changesOfA = changesOfA
      self.changesOfB = changesOfB
    }
  }

  /// Some of the three versions.
  package struct Shown: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let base = Shown(rawValue: 1)
    package static let a = Shown(rawValue: 2)
    package static let b = Shown(rawValue: 4)

    /// Whether version a inserted or deleted what is shown so.
    package var isTouchedByA: Bool { contains(.a) != contains(.base) }
    package var isTouchedByB: Bool { contains(.b) != contains(.base) }
    /// Whether both versions merged show it: an insertion stays, and so does what neither deleted.
    package var isMerged: Bool { contains(.base) ? isSuperset(of: [.a, .b]) : !isEmpty }
  }

  package init() {}

  /// Adds characters at the end; those that no version shows are left out.
  package mutating func append(_ stretch: Stretch) {
    guard !stretch.shown.isEmpty else { return }
    if let last = stretches.last, last.shown == stretch.shown, last.changesOfA == stretch.changesOfA,
      last.changesOfB == stretch.changesOfB
    {
      stretches[stretches.count - 1].count += stretch.count
      stretches[stretches.count - 1].letters += stretch.letters
    } else {
      stretches.append(stretch)
    }
  }

  /// The characters of the stretches that a condition holds for: of one version, or merged.
  package func letters(where isShown: (Shown) -> Bool) -> [Unicode.Scalar] {
    stretches.flatMap { isShown($0.shown) ? $0.letters : [] }
  }
}
