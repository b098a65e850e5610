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

/// The patterns of `.valiseignore`, in gitignore's syntax and with its meaning: the last pattern that matches decides,
/// and nothing below a folder that is named comes back.
package struct IgnoreRules: Sendable {
  private struct Rule {
    var isNegated = false
    var isFolderOnly = false
    /// Whether it is about names in any folder, not about paths.
    var isForNames = true
    var pattern: IgnorePattern
  }
  private var rules: [Rule] = []

  package init(_ text: String = "") {
    let bytes = Array(text.utf8)
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    for line in bytes.dropFirst(bytes.starts(with: mark) ? 3 : 0).split(separator: .newline) {
      if let rule = Self.rule(line.last == .carriageReturn ? line.dropLast() : line) { rules.append(rule) }
    }
  }

  /// Whether the patterns name this path. What lies below a folder that they name is named too; the caller does not
  /// go there. Cost: length of the patterns × length of the path.
  package func ignore(_ path: [UInt8], isFolder: Bool) -> Bool {
    if rules.isEmpty { return false }
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path[...]
    for rule in rules.reversed() where isFolder || !rule.isFolderOnly {
      if rule.pattern.matches(rule.isForNames ? name : path[...]) { return !rule.isNegated }
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

  /// Nil for a comment, an empty line, and a pattern that can match nothing.
  private static func rule(_ line: ArraySlice<UInt8>) -> Rule? {
    var line = withoutBlanksBehind(line)
    if line.first == UInt8(ascii: "#") { return nil }
    let isNegated = line.first == UInt8(ascii: "!")
    if isNegated { line = line.dropFirst() }
    let isFolderOnly = line.last == UInt8(ascii: "/")
    if isFolderOnly { line = line.dropLast() }
    let isForNames = !line.contains(UInt8(ascii: "/"))
    if line.first == UInt8(ascii: "/") { line = line.dropFirst() }
    guard !line.isEmpty, let pattern = IgnorePattern(Array(line)) else { return nil }
    return Rule(isNegated: isNegated, isFolderOnly: isFolderOnly, isForNames: isForNames, pattern: pattern)
  }

  /// Blanks at the end do not count, unless a backslash stands before them.
  private static func withoutBlanksBehind(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = line.startIndex
    var at = line.startIndex
    while at < line.endIndex {
      if line[at] == UInt8(ascii: "\\") {
        // A lone backslash at the end keeps the blanks before it.
        if at + 1 == line.endIndex { return line }
        at += 2
        end = at
      } else {
        at += 1
        if line[at - 1] != .space { end = at }
      }
    }
    return line[..<end]
  }
}
