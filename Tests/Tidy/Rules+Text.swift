import Foundation

/// Rules about files of any sort.
enum TextRule {
  /// Marks of unfinished work; put together here so that this file does not hold them.
  static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]

  /// The folder that one machine has the clone in.
  static let workplace = "/work" + "/"

  static func unfinished(path: String, text: String) -> [Finding] {
    lines(text).flatMap { number, line in
      marks.filter { line.hasWord($0) }.map { Finding(path: path, line: number, what: "\($0): do it or drop it") }
    }
  }

  static func workplace(path: String, text: String) -> [Finding] {
    lines(text).filter { $0.1.contains(workplace) }
      .map { Finding(path: path, line: $0.0, what: "a path of one machine") }
  }

  /// Links of a Markdown file to other files that are not there. `exists` takes a path relative to the repository.
  static func deadLinks(path: String, text: String, exists: (String) -> Bool) -> [Finding] {
    var isFenced = false
    return lines(text).flatMap { number, line -> [Finding] in
      if line.hasPrefix("```") { isFenced.toggle() }
      guard !isFenced else { return [] }
      return linkTargets(in: line).filter { target in
        !target.contains(":") && !target.hasPrefix("#") && !exists(resolve(target, from: path))
      }.map { Finding(path: path, line: number, what: "dead link to \($0)") }
    }
  }

  /// The targets of `[text](target)`, code spans left out.
  private static func linkTargets(in line: String) -> [String] {
    let prose = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset % 2 == 0 ? String($0.element) : "" }.joined()
    return prose.components(separatedBy: "](").dropFirst().compactMap { part in
      part.contains(")") ? part.components(separatedBy: ")")[0].components(separatedBy: " ")[0] : nil
    }
  }

  private static func resolve(_ target: String, from path: String) -> String {
    let file = target.components(separatedBy: "#")[0]
    var parts = path.split(separator: "/").dropLast().map(String.init)
    for part in file.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
    }
    return parts.joined(separator: "/")
  }

  private static func lines(_ text: String) -> [(Int, String)] {
    text.components(separatedBy: "\n").enumerated().map { ($0.offset + 1, $0.element) }
  }
}

/// Rules about the tree.
enum TreeRule {
  /// Exactly this at the top, dotfiles aside.
  static let top = ["Package.swift", "Protocol", "README.md", "Sources", "Tests", "tools"]

  /// What is at the top and should not be, and what should be and is not.
  static func strangers(topLevel: [String]) -> [String] {
    topLevel.filter { !top.contains($0) } + top.filter { !topLevel.contains($0) }.map { "missing: \($0)" }
  }

  /// Folders that no target of the manifest is named after.
  static func orphans(folders: [String], manifest: String) -> [String] {
    folders.filter { !manifest.contains("name: \"\($0)\"") }
  }
}
