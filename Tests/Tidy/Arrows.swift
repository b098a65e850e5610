/// Who may import whom. Arrows point down only: a target may import those named here, and all that these may import.
enum Arrows {
  struct Target: Sendable {
    var name: String
    var own: [String]
    /// Modules of other packages; these are not handed on.
    var outside: [String] = []
  }

  /// From the ground floor up: each stands below all that import it.
  static let targets = [
    Target(name: "CZlib", own: []),
    Target(name: "CFileSystem", own: []),
    Target(name: "Bytes", own: []),
    Target(name: "Deflate", own: ["CZlib", "Bytes"]),
    Target(name: "TextDiff", own: ["Bytes"]),
    Target(name: "History", own: ["Bytes"]),
    Target(name: "Merge", own: ["History"]),
    Target(name: "Record", own: ["Merge"]),
    Target(name: "Formats", own: ["Merge", "Deflate"]),
    Target(name: "Signing", own: ["Bytes"], outside: ["Crypto"]),
    Target(name: "Replica", own: ["Record", "Formats", "TextDiff"]),
    Target(name: "SyncProtocol", own: ["Formats"]),
    Target(name: "Capture", own: ["Bytes"]),
    Target(name: "LogStore", own: ["SyncProtocol", "CFileSystem"], outside: ["GRDB"]),
    Target(name: "SyncClient", own: ["SyncProtocol", "Signing"], outside: ["NIOCore", "NIOPosix"]),
    Target(name: "SyncServer", own: ["SyncProtocol", "LogStore"], outside: ["NIOCore", "NIOPosix", "Logging"]),
    Target(name: "BookFolder", own: ["Replica", "CFileSystem"], outside: ["Yams"]),
    Target(name: "ReplicaStore", own: ["BookFolder"], outside: ["GRDB"]),
    Target(name: "LocalBook", own: ["ReplicaStore", "SyncClient", "Signing", "Capture"]),
    Target(
      name: "BookServer", own: ["SyncServer", "Signing"], outside: ["Logging", "ServiceLifecycle", "UnixSignals"]),
    Target(name: "Rendering", own: ["LocalBook"]),
    Target(name: "Terminal", own: ["Rendering"]),
    Target(name: "valise", own: ["Terminal"], outside: ["ArgumentParser"]),
    Target(name: "valised", own: ["BookServer"], outside: ["ArgumentParser", "Logging"]),
  ]

  /// Targets that see nothing of the machine: no file, no clock, no chance.
  static let core: Set = [
    "Bytes", "Deflate", "TextDiff", "History", "Merge", "Record", "Formats", "Replica", "SyncProtocol",
    "Capture",
  ]

  /// What comes with Swift and with the system; for adapters and programs.
  static let system: Set = ["Swift", "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization"]

  /// All modules that a target may import; nil for one that is not in the picture.
  static func allowed(for name: String) -> Set<String>? {
    guard let target = targets.first(where: { $0.name == name }) else { return nil }
    return ownAllowed(for: target).union(target.outside).union(core.contains(name) ? ["Swift"] : system)
  }

  private static func ownAllowed(for target: Target) -> Set<String> {
    var names = Set(target.own)
    for lower in targets where target.own.contains(lower.name) { names.formUnion(ownAllowed(for: lower)) }
    return names
  }
}

extension SwiftRule {
  static let imports = SwiftRule(name: "imports", appliesTo: \.isInSources) { source in
    guard let target = source.target, let allowed = Arrows.allowed(for: target) else {
      return [Finding(path: source.path, line: 1, what: "a target that Tests/Tidy/Arrows.swift does not know")]
    }
    return source.code.enumerated().compactMap { number, line in
      guard let module = importedModule(line), !allowed.contains(module) else { return nil }
      return Finding(path: source.path, line: number + 1, what: "\(target) may not import \(module)")
    }
  }

  /// The module that a line imports, whatever stands before the word.
  static func importedModule(_ line: String) -> String? {
    var words = line.split(whereSeparator: \.isWhitespace)[...]
    while let word = words.first, word.hasPrefix("@") || accessLevels.contains(String(word)) {
      words = words.dropFirst()
    }
    guard words.first == "import" else { return nil }
    words = words.dropFirst()
    if let word = words.first, declarations.contains(String(word)) { words = words.dropFirst() }
    return words.first?.split(separator: ".").first.map(String.init)
  }

  private static let accessLevels: Set = ["public", "package", "internal", "fileprivate", "private"]
  private static let declarations: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let"]
}
