import Foundation

extension SwiftRule {
  /// The core's answers follow from its arguments: no clock, no identity out of thin air, no chance, no environment.
  static let coreIsPure = forbidding(
    [
      ("Date()", "the core has no clock"), ("UUID()", "the core has no chance"),
      ("ContinuousClock", "the core has no clock"), ("SuspendingClock", "the core has no clock"),
      ("Task.sleep", "the core has no clock"), ("clock_gettime", "the core has no clock"),
      ("gettimeofday", "the core has no clock"), ("DispatchTime", "the core has no clock"),
      ("SystemRandomNumberGenerator", "the core has no chance"), ("getrandom", "the core has no chance"),
      ("ProcessInfo", "the core has no environment"), ("getenv", "the core has no environment"),
      ("FileManager", "the core has no files"),
    ], "the core is pure", where: \.isCore)

  static let noFatalError = forbidding(
    [("fatalError(", "throw, or state the invariant with precondition")], "no fatalError",
    where: { !$0.path.hasPrefix("Tests/") })

  static let noSkippedTests = forbidding(
    [(".disabled(", "a test runs or goes"), ("XCTSkip", "a test runs or goes")], "no skipped tests",
    where: { $0.path.hasPrefix("Tests/") })

  /// Use cases return values; only the programs speak.
  static let noPrinting = forbidding(
    [("print(", "libraries return values"), ("debugPrint(", "libraries return values"), ("dump(", "no traces")],
    "libraries print nothing", where: { $0.isInSources && !["valise", "valised"].contains($0.target) })

  static let shortFiles = SwiftRule(name: "short files", appliesTo: \.isInSources) { source in
    source.code.count <= 501
      ? [] : [Finding(path: source.path, line: 501, what: "over 500 lines: split off what one verb needs")]
  }

  /// Every draw names its generator, so that a seed repeats it.
  static let seeded = SwiftRule(name: "seeded randomness", appliesTo: { _ in true }) { source in
    let code = source.code.joined(separator: "\n")
    var findings: [Finding] = []
    for call in [".random(", ".randomElement(", ".shuffled(", ".shuffle("] {
      var rest = code[...]
      while let range = rest.range(of: call) {
        if !arguments(code[range.upperBound...]).contains("using:") {
          let line = code[..<range.lowerBound].filter(\.isNewline).count + 1
          findings.append(Finding(path: source.path, line: line, what: "\(call) without using:"))
        }
        rest = rest[range.upperBound...]
      }
    }
    return findings
  }

  /// What stands up to the parenthesis that closes the call.
  private static func arguments(_ text: Substring) -> Substring {
    var depth = 1
    for index in text.indices {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" { depth -= 1 }
      if depth == 0 { return text[..<index] }
    }
    return text
  }

  /// `try!`, `as!`, and a `!` behind a value or a type.
  static let noForce = SwiftRule(name: "no force", appliesTo: { _ in true }) { source in
    source.code.enumerated().flatMap { number, line in
      forceMarks(in: Array(line)).map { Finding(path: source.path, line: number + 1, what: $0) }
    }
  }

  private static func forceMarks(in line: [Character]) -> [String] {
    line.indices.compactMap { index in
      guard line[index] == "!", index > 0 else { return nil }
      if index + 1 < line.count, line[index + 1] == "=", index + 2 < line.count, line[index + 2] != "=" { return nil }
      let before = line[index - 1]
      guard before.isNamePart || [")", "]", "}", "\"", "`", ">"].contains(before) else { return nil }
      let word = String(line[..<index].reversed().prefix(while: \.isNamePart).reversed())
      return ["try", "as"].contains(word) ? "\(word)!" : "a value forced with !"
    }
  }

  /// Whoever overrides the compiler says why, on the line or just above.
  static let reasonForUnchecked = SwiftRule(name: "a reason for @unchecked", appliesTo: { _ in true }) { source in
    source.code.enumerated().compactMap { number, line in
      guard line.hasWord("@unchecked") else { return nil }
      let hasReason = source.comments.contains { [number, number + 1].contains($0.line) && $0.text.count > 20 }
      return hasReason
        ? nil : Finding(path: source.path, line: number + 1, what: "@unchecked without a reason above it")
    }
  }

  /// Paths of somebody's machine, in strings of what is shipped.
  static let noMachinePaths = SwiftRule(
    name: "no machine paths", appliesTo: { $0.isInSources || $0.path.hasPrefix("tools/") }
  ) { source in
    source.strings.filter { string in machinePaths.contains { string.text.contains($0) } }
      .map { Finding(path: source.path, line: $0.line, what: "a path of one machine") }
  }

  private static let machinePaths = ["/work" + "/", "/tmp/", "/home/", "/Users/"]
}
