/// What editors and systems leave behind, and what they hide: never an entry, never counted (folder.md 2).
enum Droppings {
  static func isHidden(_ name: some Collection<UInt8>) -> Bool { name.first == UInt8(ascii: ".") }

  static func isLeftBehind(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    if name.last == UInt8(ascii: "~") || name.starts(with: "~$".utf8) { return true }
    if name.first == UInt8(ascii: "#") && name.last == UInt8(ascii: "#") { return true }
    if [".swp", ".tmp", ".icloud"].contains(where: { name.reversed().starts(with: $0.utf8.reversed()) }) {
      return true
    }
    return ["4913", "Thumbs.db", "desktop.ini"].contains { name.elementsEqual($0.utf8) }
  }
}

/// The patterns of `.valiseignore`, in gitignore's syntax: the last pattern that matches decides.
package struct IgnoreRules: Sendable {
  private struct Rule {
    var isNegated = false
    var isFolderOnly = false
    /// Names between slashes; nil stands for `**`.
    var parts: [[Element]?] = []
  }
  private enum Element {
    case byte(UInt8)
    case any
    case run
    case oneOf([ClosedRange<UInt8>], isNegated: Bool)
  }
  private var rules: [Rule] = []

  package init(_ text: String = "") {
    for line in text.utf8.split(whereSeparator: { $0 == .newline || $0 == .carriageReturn }) {
      if let rule = Self.rule(Array(line)) { rules.append(rule) }
    }
  }

  /// Whether the patterns name this path. What lies below a folder that they name is named too; the caller does not
  /// go there. Cost: rules × length of the path.
  package func ignore(_ path: [UInt8], isFolder: Bool) -> Bool {
    if rules.isEmpty { return false }
    let names = path.split(separator: UInt8(ascii: "/"))
    for rule in rules.reversed() where isFolder || !rule.isFolderOnly {
      if Self.matches(rule.parts[...], names[...]) { return !rule.isNegated }
    }
    return false
  }

  /// The same for a path any of whose folders may be named.
  package func ignoreWithFolders(_ path: [UInt8]) -> Bool {
    if rules.isEmpty { return false }
    for (index, byte) in path.enumerated() where byte == UInt8(ascii: "/") {
      if ignore(Array(path[..<index]), isFolder: true) { return true }
    }
    return ignore(path, isFolder: false)
  }

  private static func rule(_ line: [UInt8]) -> Rule? {
    var line = line[...]
    while line.last == .space, line.dropLast().last != UInt8(ascii: "\\") { line = line.dropLast() }
    guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
    var rule = Rule()
    if first == UInt8(ascii: "!") {
      rule.isNegated = true
      line = line.dropFirst()
    }
    if line.last == UInt8(ascii: "/") {
      rule.isFolderOnly = true
      line = line.dropLast()
    }
    let isAnchored = line.contains(UInt8(ascii: "/"))
    if line.first == UInt8(ascii: "/") { line = line.dropFirst() }
    if line.isEmpty { return nil }
    if !isAnchored { rule.parts.append(nil) }
    for part in line.split(separator: UInt8(ascii: "/")) {
      rule.parts.append(part.elementsEqual("**".utf8) ? nil : elements(Array(part)))
    }
    // `x/**` names what is in `x`, and not `x`.
    if case .some(.none) = rule.parts.last { rule.parts.append([.run]) }
    return rule
  }

  private static func elements(_ part: [UInt8]) -> [Element] {
    var elements: [Element] = []
    var at = 0
    while at < part.count {
      switch part[at] {
      case UInt8(ascii: "*"): elements.append(.run)
      case UInt8(ascii: "?"): elements.append(.any)
      case UInt8(ascii: "["):
        if let (set, end) = byteSet(part, from: at) {
          elements.append(set)
          at = end
        } else {
          elements.append(.byte(part[at]))
        }
      case UInt8(ascii: "\\") where at + 1 < part.count:
        at += 1
        elements.append(.byte(part[at]))
      default: elements.append(.byte(part[at]))
      }
      at += 1
    }
    return elements
  }

  /// `[a-z]`, and the place of its closing bracket; nil where none closes it.
  private static func byteSet(_ part: [UInt8], from start: Int) -> (Element, end: Int)? {
    var at = start + 1
    var isNegated = false
    if at < part.count, part[at] == UInt8(ascii: "!") || part[at] == UInt8(ascii: "^") {
      isNegated = true
      at += 1
    }
    var ranges: [ClosedRange<UInt8>] = []
    let first = at
    while at < part.count {
      if part[at] == UInt8(ascii: "]"), at > first { return (.oneOf(ranges, isNegated: isNegated), at) }
      if at + 2 < part.count, part[at + 1] == UInt8(ascii: "-"), part[at + 2] != UInt8(ascii: "]") {
        if part[at] <= part[at + 2] { ranges.append(part[at]...part[at + 2]) }
        at += 3
      } else {
        ranges.append(part[at]...part[at])
        at += 1
      }
    }
    return nil
  }

  private static func matches(_ parts: ArraySlice<[Element]?>, _ names: ArraySlice<ArraySlice<UInt8>>) -> Bool {
    match(parts, names, isRun: { $0 == nil }) { part, name in part.map { matchesName($0, name) } ?? true }
  }

  private static func matchesName(_ part: [Element], _ name: ArraySlice<UInt8>) -> Bool {
    match(part[...], name, isRun: { if case .run = $0 { true } else { false } }) { element, byte in
      switch element {
      case .byte(let wanted): wanted == byte
      case .any, .run: true
      case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
      }
    }
  }

  /// Matches all of the input, where a run stands for any number of items: the usual two-finger way, never more than
  /// pattern × input steps.
  private static func match<Pattern, Item>(
    _ pattern: ArraySlice<Pattern>, _ input: ArraySlice<Item>, isRun: (Pattern) -> Bool,
    _ matchesOne: (Pattern, Item) -> Bool
  ) -> Bool {
    var p = pattern.startIndex
    var i = input.startIndex
    var retry: (p: Int, i: Int)?
    while i < input.endIndex {
      if p < pattern.endIndex, isRun(pattern[p]) {
        p += 1
        retry = (p, i)
      } else if p < pattern.endIndex, matchesOne(pattern[p], input[i]) {
        p += 1
        i += 1
      } else if let (runEnd, runInput) = retry {
        p = runEnd
        i = runInput + 1
        retry = (p, i)
      } else {
        return false
      }
    }
    while p < pattern.endIndex, isRun(pattern[p]) { p += 1 }
    return p == pattern.endIndex
  }
}
