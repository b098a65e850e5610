import Foundation

/// A place that breaks a house rule.
struct Finding: CustomStringConvertible, Equatable {
  var path: String
  var line: Int
  var what: String

  var description: String { "\(path):\(line): \(what)" }
}

/// A rule about one Swift file.
struct SwiftRule: Sendable {
  var name: String
  /// Which files it holds for.
  var appliesTo: @Sendable (SwiftSource) -> Bool
  var check: @Sendable (SwiftSource) -> [Finding]

  func findings(in source: SwiftSource) -> [Finding] { appliesTo(source) ? check(source) : [] }
}

extension SwiftRule {
  static let all =
    [imports, coreIsPure, seeded, noForce, noFatalError, reasonForUnchecked, noSkippedTests, noPrinting]
    + [noCodeInComments, noMachinePaths, shortFiles]

  /// A rule that forbids words; each has a reason that is printed with it.
  static func forbidding(
    _ words: [(String, String)], _ name: String, where appliesTo: @escaping @Sendable (SwiftSource) -> Bool
  ) -> SwiftRule {
    SwiftRule(name: name, appliesTo: appliesTo) { source in
      source.code.enumerated().flatMap { number, line in
        words.filter { line.hasWord($0.0) }.map {
          Finding(path: source.path, line: number + 1, what: "\($0.0): \($0.1)")
        }
      }
    }
  }
}

extension SwiftSource {
  var isInSources: Bool { path.hasPrefix("Sources/") }
  var isCore: Bool { isInSources && target.map(Arrows.core.contains) == true }
}

extension String {
  /// Whether `word` stands here and neither end of it is part of a longer name.
  func hasWord(_ word: String) -> Bool {
    var rest = self[...]
    while let range = rest.range(of: word) {
      let before = rest[..<range.lowerBound].last ?? self[..<range.lowerBound].last
      let after = rest[range.upperBound...].first
      let startsName = word.first.map(\.isNamePart) == true
      let endsName = word.last.map(\.isNamePart) == true
      if !(startsName && before.map(\.isNamePart) == true), !(endsName && after.map(\.isNamePart) == true) {
        return true
      }
      rest = rest[range.upperBound...]
    }
    return false
  }
}

extension Character {
  var isNamePart: Bool { isLetter || isNumber || self == "_" }
}
