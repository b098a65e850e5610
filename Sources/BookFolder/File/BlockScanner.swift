/// Finds the top-level blocks of front matter, line by line, knowing just enough YAML to see where a value ends:
/// quotes, brackets, block scalars, comments. What a value means is not decided here. Linear.
struct BlockScanner {
  let text: [UInt8]
  /// Where the next line to look at begins.
  var lineStart = 0
  /// Of the block at hand: places of `*` that begin an alias.
  var aliases: [Int] = []
  var isTagged = false
  /// Of the block at hand: where its first comment begins.
  var comment: Int?
  /// A plain scalar is open: lines indented by more than this go on with it.
  var plainParent: Int?
  /// The column of the last key or dash, whose value may stand on the next line.
  var lastParent = 0

  init(_ text: [UInt8]) { self.text = text }

  /// `key: value` with offsets into the text.
  struct Block {
    let keyStart: Int
    let colon: Int
    let valueStart: Int
    let valueEnd: Int
    /// Of the newline that ends the block.
    let end: Int
    let aliases: [Int]
    let isTagged: Bool
  }

  struct Problem: Error {
    let reason: UnreadableFile.Reason
    let offset: Int
  }

  /// The next block; nil when only comments and blank lines are left.
  mutating func next() throws(Problem) -> Block? {
    while lineStart < text.count {
      let first = firstVisible(from: lineStart)
      if first < text.count, text[first] != .newline, text[first] != UInt8(ascii: "#") {
        return try block(at: lineStart)
      }
      lineStart = lineEnd(from: first) + 1
    }
    return nil
  }

  private mutating func block(at keyStart: Int) throws(Problem) -> Block {
    if text[keyStart] == .tab { throw Problem(reason: .tabAsIndentation, offset: keyStart) }
    guard text[keyStart] != .space, let colon = try keyColon(from: keyStart) else {
      throw Problem(reason: .notAField, offset: keyStart)
    }
    aliases = []
    isTagged = false
    comment = nil
    plainParent = nil
    lastParent = 0
    let inline = firstVisible(from: colon + 1)
    let startsBelow = text[inline] == .newline || text[inline] == UInt8(ascii: "#")
    let valueStart = startsBelow ? colon + 1 : inline
    let keyLineEnd = lineEnd(from: colon)
    var end = try node(from: colon + 1, parent: 0, onKeyLine: true)
    lineStart = end + 1
    while let lineEnd = try continuation(startsBelow: startsBelow) { end = lineEnd }
    lineStart = end + 1
    var valueEnd = end
    if end == keyLineEnd {
      valueEnd = comment ?? end
      while valueEnd > valueStart, text[valueEnd - 1].isBlank { valueEnd -= 1 }
    }
    return Block(
      keyStart: keyStart, colon: colon, valueStart: valueStart, valueEnd: valueEnd, end: end, aliases: aliases,
      isTagged: isTagged)
  }

  /// Reads on to the next line that belongs to the block, and gives its end; nil when the block is over.
  /// Blank lines and comments belong to it only when something of it follows; an indented comment after a
  /// collection is taken for a part of it.
  private mutating func continuation(startsBelow: Bool) throws(Problem) -> Int? {
    while lineStart < text.count {
      let first = firstVisible(from: lineStart)
      let indent = indentation(from: lineStart)
      if text[first] == .newline {
        lineStart = first + 1
        continue
      }
      if text[first] == UInt8(ascii: "#") {
        plainParent = nil
        let end = lineEnd(from: first)
        lineStart = end + 1
        if startsBelow && indent > 0 { return end }
        continue
      }
      if text[lineStart] == .tab { throw Problem(reason: .tabAsIndentation, offset: lineStart) }
      guard indent > 0 || (startsBelow && isEntry(at: first)) else { return nil }
      let end: Int
      if let parent = plainParent, indent > parent {
        end = plainLine(from: first)
      } else {
        guard indent <= Self.deepestColumn else {
          throw Problem(reason: .nestedTooDeep(limit: EntryFile.Limit.nesting), offset: first)
        }
        end = try node(from: first, parent: lastParent, onKeyLine: false)
      }
      lineStart = end + 1
      return end
    }
    return nil
  }

  /// Block collections begin at ever greater columns; this bounds the library's recursion.
  private static let deepestColumn = 4 * EntryFile.Limit.nesting

  /// The colon behind the key that begins here; nil where there is none on the line.
  private func keyColon(from start: Int) throws(Problem) -> Int? {
    if isEntry(at: start) { return nil }
    var at = start
    if text[start] == UInt8(ascii: "\"") || text[start] == UInt8(ascii: "'") {
      at = firstVisible(from: try quotedEnd(from: start))
      return at < text.count && isColon(at: at) && at < lineEnd(from: start) ? at : nil
    }
    while text[at] != .newline {
      if isColon(at: at) { return at == start ? nil : at }
      if text[at] == UInt8(ascii: "#"), text[at - 1].isBlank { return nil }
      at += 1
    }
    return nil
  }
}

extension BlockScanner {
  /// The first offset at or after this one that is neither space nor tab; a newline is visible.
  func firstVisible(from offset: Int) -> Int {
    var at = offset
    while at < text.count, text[at].isBlank { at += 1 }
    return at
  }

  func indentation(from lineStart: Int) -> Int {
    var at = lineStart
    while at < text.count, text[at] == .space { at += 1 }
    return at - lineStart
  }

  /// Of the newline; the end of the text counts as one.
  func lineEnd(from offset: Int) -> Int {
    var at = offset
    while at < text.count, text[at] != .newline { at += 1 }
    return at
  }

  func column(of offset: Int) -> Int {
    var at = offset
    while at > 0, text[at - 1] != .newline { at -= 1 }
    return offset - at
  }

  /// Whether a blank or the end of the line follows.
  func endsToken(at offset: Int) -> Bool {
    offset >= text.count || text[offset].isBlank || text[offset] == .newline
  }

  func isColon(at offset: Int) -> Bool { text[offset] == UInt8(ascii: ":") && endsToken(at: offset + 1) }
  func isEntry(at offset: Int) -> Bool { text[offset] == UInt8(ascii: "-") && endsToken(at: offset + 1) }
}
