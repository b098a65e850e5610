/// A Swift file taken apart: its code with the inside of strings, comments and quoted names blanked, and those beside it.
struct SwiftSource {
  struct Piece {
    var line: Int
    var text: String
  }

  /// Relative to the repository.
  let path: String
  /// The code, line by line; what is not code is blank, so that a rule finds only what the compiler would.
  private(set) var code: [String] = []
  /// Comment lines without their marks.
  private(set) var comments: [Comment] = []
  /// What stands in string literals, interpolations left out.
  private(set) var strings: [Piece] = []

  struct Comment {
    var line: Int
    var text: String
    var isDocumentation: Bool
  }

  init(path: String, text: String) {
    self.path = path
    var lexer = Lexer(bytes: Array(text.utf8))
    lexer.readCode(insideInterpolation: false)
    code = String(decoding: lexer.code, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    comments = lexer.comments
    strings = lexer.strings
  }

  /// The part of the repository that the file belongs to: `Record` for `Sources/Record/Link.swift`.
  var target: String? {
    let parts = path.split(separator: "/")
    return parts.count >= 3 ? String(parts[1]) : nil
  }
}

/// Enough of Swift's grammar to tell code from strings, comments and names in backticks.
private struct Lexer {
  let bytes: [UInt8]
  var position = 0
  var line = 1
  var code: [UInt8] = []
  var comments: [SwiftSource.Comment] = []
  var strings: [SwiftSource.Piece] = []

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func readCode(insideInterpolation: Bool) {
    var depth = 0
    while position < bytes.count {
      if starts(with: "//") {
        readLineComment()
      } else if starts(with: "/*") {
        readBlockComment()
      } else if let hashes = stringStart() {
        readString(hashes: hashes)
      } else if bytes[position] == UInt8(ascii: "`") {
        readQuotedName()
      } else {
        if bytes[position] == UInt8(ascii: "(") { depth += 1 }
        if bytes[position] == UInt8(ascii: ")") {
          if insideInterpolation, depth == 0 { return }
          depth -= 1
        }
        take()
      }
    }
  }

  private func starts(with text: String, at offset: Int = 0) -> Bool {
    bytes.dropFirst(position + offset).starts(with: text.utf8)
  }

  private mutating func take() {
    if bytes[position] == 10 { line += 1 }
    code.append(bytes[position])
    position += 1
  }

  private mutating func blank() {
    let isNewline = bytes[position] == 10
    if isNewline { line += 1 }
    code.append(isNewline ? 10 : 32)
    position += 1
  }

  private mutating func readLineComment() {
    let start = position
    while position < bytes.count, bytes[position] != 10 { blank() }
    note(bytes[start..<position], line: line)
  }

  private mutating func readBlockComment() {
    var start = position
    var depth = 0
    while position < bytes.count {
      if starts(with: "/*") { depth += 1 }
      if starts(with: "*/") { depth -= 1 }
      if bytes[position] == 10 {
        note(bytes[start..<position], line: line)
        start = position + 1
      }
      blank()
      if depth == 0 { break }
    }
    if position < bytes.count { blank() }
    note(bytes[start..<position], line: line)
  }

  private mutating func note(_ bytes: ArraySlice<UInt8>, line: Int) {
    let whole = String(decoding: bytes, as: UTF8.self)
    var text = Substring(whole)
    while let first = text.first, first == " " || first == "/" || first == "*" { text = text.dropFirst() }
    let indented = whole.hasPrefix("///     ")
    comments.append(
      .init(line: line, text: (indented ? "    " : "") + text, isDocumentation: whole.hasPrefix("///")))
  }

  private func stringStart() -> Int? {
    var hashes = 0
    while position + hashes < bytes.count, bytes[position + hashes] == UInt8(ascii: "#") { hashes += 1 }
    return starts(with: "\"", at: hashes) ? hashes : nil
  }

  private mutating func readString(hashes: Int) {
    let marks = String(repeating: "#", count: hashes)
    for _ in 0..<hashes { blank() }
    let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
    for _ in quote.utf8 { take() }
    var text: [UInt8] = []
    let first = line
    while position < bytes.count, !starts(with: quote + marks) {
      if starts(with: "\\" + marks + "(") {
        for _ in 0..<(hashes + 1) { blank() }
        take()
        readCode(insideInterpolation: true)
        if position < bytes.count { take() }
      } else if starts(with: "\\" + marks) {
        for _ in 0..<(hashes + 1) { blank() }
        if position < bytes.count { blank() }
      } else {
        text.append(bytes[position])
        blank()
      }
    }
    for _ in 0..<min(quote.utf8.count, bytes.count - position) { take() }
    for _ in 0..<min(hashes, bytes.count - position) { blank() }
    strings.append(.init(line: first, text: String(decoding: text, as: UTF8.self)))
  }

  private mutating func readQuotedName() {
    take()
    while position < bytes.count, bytes[position] != UInt8(ascii: "`"), bytes[position] != 10 { blank() }
    if position < bytes.count { take() }
  }
}
