extension BlockScanner {
  /// Scans what stands from here to the end of the line, and further where a quote, a bracket or a block scalar goes
  /// on; gives the offset of the newline where it stopped. `parent` is the column of the collection around it.
  mutating func node(from start: Int, parent: Int, onKeyLine: Bool) throws(Problem) -> Int {
    var at = start
    var parent = parent
    var entryAllowed = !onKeyLine
    var entries = 0
    plainParent = nil
    while true {
      at = firstVisible(from: at)
      guard at < text.count, text[at] != .newline else { break }
      switch text[at] {
      case UInt8(ascii: "#"):
        noteComment(at)
        lastParent = parent
        return lineEnd(from: at)
      case UInt8(ascii: "-") where entryAllowed && endsToken(at: at + 1),
        UInt8(ascii: "?") where entryAllowed && endsToken(at: at + 1),
        UInt8(ascii: ":") where entryAllowed && endsToken(at: at + 1):
        entries += 1
        guard entries <= EntryFile.Limit.nesting else {
          throw Problem(reason: .nestedTooDeep(limit: EntryFile.Limit.nesting), offset: at)
        }
        parent = column(of: at)
        at += 1
      case UInt8(ascii: "&"), UInt8(ascii: "!"):
        isTagged = isTagged || text[at] == UInt8(ascii: "!")
        while !endsToken(at: at) { at += 1 }
        entryAllowed = false
      case UInt8(ascii: "|"), UInt8(ascii: ">"):
        return blockScalar(from: at, parent: parent)
      default:
        let nodeStart = at
        let scalar = try scalarOrFlow(from: at)
        guard let colon = scalar.colon else {
          if scalar.isPlain && scalar.comment == nil { plainParent = parent }
          if let comment = scalar.comment { noteComment(comment) }
          lastParent = parent
          return lineEnd(from: scalar.end)
        }
        parent = column(of: nodeStart)
        at = colon + 1
        entryAllowed = false
      }
    }
    lastParent = parent
    return at
  }

  private mutating func noteComment(_ offset: Int) { comment = comment ?? offset }

  private struct Span {
    var end: Int
    var isPlain = false
    /// Behind it, when it turns out to be a key.
    var colon: Int?
    var comment: Int?
  }

  private mutating func scalarOrFlow(from start: Int) throws(Problem) -> Span {
    var span = Span(end: start)
    switch text[start] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): span.end = try quotedEnd(from: start)
    case UInt8(ascii: "["), UInt8(ascii: "{"): span.end = try flowEnd(from: start)
    case UInt8(ascii: "*"):
      aliases.append(start)
      while !endsToken(at: span.end) { span.end += 1 }
    default: return plain(from: start)
    }
    let next = firstVisible(from: span.end)
    guard next < text.count else { return span }
    if isColon(at: next) { span.colon = next }
    if text[next] == UInt8(ascii: "#") { span.comment = next }
    return span
  }

  /// A plain scalar in block context, to the end of its line at most.
  private func plain(from start: Int) -> Span {
    var at = start
    while at < text.count, text[at] != .newline {
      if isColon(at: at) { return Span(end: at, isPlain: true, colon: at) }
      if text[at] == UInt8(ascii: "#"), at > start, text[at - 1].isBlank {
        return Span(end: at, isPlain: true, comment: at)
      }
      at += 1
    }
    return Span(end: at, isPlain: true)
  }

  /// A further line of a plain scalar; gives the end of the line.
  mutating func plainLine(from start: Int) -> Int {
    if plain(from: start).comment != nil { plainParent = nil }
    return lineEnd(from: start)
  }

  /// Behind the closing quote.
  func quotedEnd(from start: Int) throws(Problem) -> Int {
    let quote = text[start]
    let escapes = quote == UInt8(ascii: "\"")
    var at = start + 1
    while at < text.count {
      if escapes && text[at] == UInt8(ascii: "\\") {
        at += 2
      } else if text[at] == quote {
        guard !escapes, at + 1 < text.count, text[at + 1] == quote else { return at + 1 }
        at += 2
      } else {
        at += 1
      }
    }
    throw Problem(reason: .neverClosed(escapes ? "\"" : "'"), offset: start)
  }

  /// Behind the bracket that closes the one here.
  private mutating func flowEnd(from start: Int) throws(Problem) -> Int {
    var at = start
    var depth = 0
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        guard depth <= EntryFile.Limit.nesting else {
          throw Problem(reason: .nestedTooDeep(limit: EntryFile.Limit.nesting), offset: at)
        }
        at += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        at += 1
        if depth == 0 { return at }
      case UInt8(ascii: "\""), UInt8(ascii: "'"): at = try quotedEnd(from: at)
      case UInt8(ascii: "#"):
        noteComment(at)
        at = lineEnd(from: at)
      case UInt8(ascii: "*"), UInt8(ascii: "&"), UInt8(ascii: "!"):
        if text[at] == UInt8(ascii: "*") { aliases.append(at) }
        isTagged = isTagged || text[at] == UInt8(ascii: "!")
        while !endsToken(at: at), !",[]{}".utf8.contains(text[at]) { at += 1 }
      case .space, .tab, .newline, .carriageReturn, UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "?"): at += 1
      default: at = flowPlainEnd(from: at)
      }
    }
    throw Problem(reason: .neverClosed(text[start] == UInt8(ascii: "[") ? "[" : "{"), offset: start)
  }

  /// A plain scalar between brackets: quotes within it are letters, and it may go on over lines.
  func flowPlainEnd(from start: Int) -> Int {
    var at = start
    while at < text.count {
      if ",[]{}".utf8.contains(text[at]) { return at }
      if text[at] == UInt8(ascii: ":"), endsToken(at: at + 1) || ",[]{}".utf8.contains(text[at + 1]) { return at }
      if text[at] == UInt8(ascii: "#"), text[at - 1].isBlank || text[at - 1] == .newline { return at }
      at += 1
    }
    return at
  }

  /// `|` or `>`: gives the newline of its last line. Blank lines at its end are its own only with `+`.
  private mutating func blockScalar(from start: Int, parent: Int) -> Int {
    var at = start + 1
    var keepsBlankEnd = false
    var indent: Int?
    while !endsToken(at: at) {
      if text[at] == UInt8(ascii: "+") { keepsBlankEnd = true }
      if ("1"..."9").contains(Unicode.Scalar(text[at])) { indent = parent + Int(text[at] - UInt8(ascii: "0")) }
      at += 1
    }
    at = firstVisible(from: at)
    if at < text.count, text[at] == UInt8(ascii: "#") { noteComment(at) }
    var end = lineEnd(from: at)
    var lastContent = end
    let content = indent ?? detectedIndent(after: end, parent: parent)
    while end + 1 < text.count {
      let spaces = indentation(from: end + 1)
      let visible = end + 1 + spaces
      let isEmpty = text[visible] == .newline || text[visible] == .carriageReturn
      guard isEmpty || spaces >= content else { break }
      end = lineEnd(from: visible)
      if !isEmpty || spaces > content || keepsBlankEnd { lastContent = end }
    }
    lastParent = parent
    return lastContent
  }

  /// As libyaml has it: the deepest of the blank lines at the start and the first line with text.
  private func detectedIndent(after headerEnd: Int, parent: Int) -> Int {
    var deepest = parent + 1
    var lineStart = headerEnd + 1
    while lineStart < text.count {
      let spaces = indentation(from: lineStart)
      deepest = max(deepest, spaces)
      let visible = lineStart + spaces
      guard text[visible] == .newline || text[visible] == .carriageReturn else { break }
      lineStart = lineEnd(from: visible) + 1
    }
    return deepest
  }
}
