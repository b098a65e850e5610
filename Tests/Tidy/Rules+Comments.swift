extension SwiftRule {
  /// Code that is switched off by a comment is in the history; in the file it only ages.
  static let noCodeInComments = SwiftRule(name: "no code in comments", appliesTo: { _ in true }) { source in
    var isFenced = false
    return source.comments.compactMap { comment in
      if comment.text.hasPrefix("```") {
        isFenced.toggle()
        return nil
      }
      let isExample = comment.isDocumentation && (isFenced || comment.text.hasPrefix("    "))
      guard !isExample, looksLikeCode(comment.text) else { return nil }
      return Finding(path: source.path, line: comment.line, what: "code in a comment")
    }
  }

  /// Sentences end in a full stop and have blanks between their words; statements end in brackets or assign.
  static func looksLikeCode(_ comment: String) -> Bool {
    let text = comment.trimmingBlanks
    guard let last = text.last, let first = text.split(separator: " ").first else { return false }
    if text.allSatisfy({ "{}()[];,".contains($0) }) { return true }
    if statementWords.contains(String(first)), "{}".contains(last) || (last == ")" && hasCall(text)) { return true }
    if declarationWords.contains(String(first)), text.contains(" = ") { return true }
    if first == "import", text.split(separator: " ").count == 2, !text.hasSuffix(".") { return true }
    if first == "return", text.split(separator: " ").count == 2, !text.hasSuffix(".") { return true }
    if (last == ";" && text.split(separator: " ").count <= 3) || text.hasSuffix(") {") || text.hasSuffix("} else {") {
      return true
    }
    return isCall(text) || isAssignment(text)
  }

  private static let statementWords: Set = [
    "func", "guard", "if", "for", "while", "switch", "case", "struct", "enum", "class", "extension",
    "return", "try", "await", "defer",
  ]
  private static let declarationWords: Set = ["let", "var", "private", "package", "public", "static", "mutating"]

  /// A parenthesis right behind a name; in sentences a blank stands between.
  private static func hasCall(_ text: String) -> Bool {
    zip(text, text.dropFirst()).contains { $0.isNamePart && $1 == "(" }
  }

  /// `name.other(…)` and nothing beside it.
  private static func isCall(_ text: String) -> Bool {
    guard text.hasSuffix(")"), let open = text.firstIndex(of: "("), open > text.startIndex else { return false }
    return text[..<open].allSatisfy { $0.isNamePart || $0 == "." } && text[..<open].contains(where: \.isLetter)
  }

  /// `name = …` or `name += …`, with one name before the sign.
  private static func isAssignment(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    guard words.count >= 3, ["=", "+=", "-=", "*="].contains(words[1]) else { return false }
    return words[0].allSatisfy { $0.isNamePart || $0 == "." || $0 == "[" || $0 == "]" } && words.count <= 4
      && !text.hasSuffix(".")
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let start = self.drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }
}
