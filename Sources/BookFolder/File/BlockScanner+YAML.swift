import Yams

extension BlockScanner.Block {
  /// The key as the YAML library reads it, once it has read the block as one key and one value, and agrees with the
  /// scanner about the key.
  func checkedKey(in text: [UInt8]) throws(BlockScanner.Problem) -> String {
    if let key = plainKey(in: text), SimpleValue.read(text[valueStart..<valueEnd]) != nil,
      valueStart == valueEnd || valueStart > colon + 1 || text[valueStart] == .newline
    {
      return key
    }
    return try pair(in: text).key
  }

  /// The key that needs no library: letters, digits, `_`, `-`.
  private func plainKey(in text: [UInt8]) -> String? {
    let key = text[keyStart..<colon]
    guard key.count <= 128, key.first != UInt8(ascii: "-"),
      key.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
    else {
      return nil
    }
    return String(decoding: key, as: UTF8.self)
  }

  /// Key and value as the YAML library reads the block. An alias is read as a word: nothing is ever expanded, and
  /// an anchor of another block need not be known.
  func pair(in text: [UInt8]) throws(BlockScanner.Problem) -> (key: String, value: Node) {
    var source = Array(text[keyStart..<end])
    for alias in aliases { source[alias - keyStart] = UInt8(ascii: "x") }
    source.append(.newline)
    let stand = StandIns(for: source)
    let root: Node?
    do {
      root = try Yams.compose(yaml: stand.covered(String(decoding: source, as: UTF8.self)), .basic, .default, .utf8)
    } catch {
      throw problem(error, in: source)
    }
    guard case .mapping(let mapping)? = root, mapping.count == 1, let only = mapping.first, let key = only.key.scalar
    else { throw BlockScanner.Problem(reason: .unclearKey(typedKey(in: text)), offset: keyStart) }
    guard only.value.depth <= EntryFile.Limit.nesting else {
      throw BlockScanner.Problem(reason: .nestedTooDeep(limit: EntryFile.Limit.nesting), offset: keyStart)
    }
    let name = stand.uncovered(key.string)
    guard agrees(name, with: typedKey(in: text)) else {
      throw BlockScanner.Problem(reason: .unclearKey(typedKey(in: text)), offset: keyStart)
    }
    return (name, stand.uncovered(only.value))
  }

  private func typedKey(in text: [UInt8]) -> String {
    var end = colon
    while end > keyStart, text[end - 1].isBlank { end -= 1 }
    return String(decoding: text[keyStart..<end], as: UTF8.self)
  }

  /// Escapes in a key are the library's to read; everything else the scanner reads as well.
  private func agrees(_ name: String, with typed: String) -> Bool {
    switch typed.utf8.first {
    case UInt8(ascii: "\""): typed.has("\\") || typed.isExactly("\"" + name + "\"")
    case UInt8(ascii: "'"):
      typed.utf8.filter { $0 != UInt8(ascii: "'") } == name.utf8.filter { $0 != UInt8(ascii: "'") }
    default: typed.isExactly(name)
    }
  }

  private func problem(_ error: any Error, in source: [UInt8]) -> BlockScanner.Problem {
    guard let error = error as? YamlError else {
      return BlockScanner.Problem(reason: .yaml("cannot be read"), offset: keyStart)
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return BlockScanner.Problem(reason: .yaml(problem), offset: keyStart + mark.offset(in: source))
    case .duplicatedKeysInMapping(let keys, let context):
      return BlockScanner.Problem(
        reason: .duplicateKey(keys.first ?? ""), offset: keyStart + context.mark.offset(in: source))
    case .reader(let problem, let offset, _, _):
      return BlockScanner.Problem(reason: .yaml(problem), offset: keyStart + min(offset ?? 0, source.count))
    default:
      return BlockScanner.Problem(reason: .yaml("cannot be read"), offset: keyStart)
    }
  }
}

/// Characters that libyaml takes for a line break or refuses, and YAML 1.2 does not: others stand for them while it
/// reads, private ones that the source holds in no spelling.
private struct StandIns {
  private static let special: [Unicode.Scalar] = ["\u{85}", "\u{2028}", "\u{2029}", "\u{feff}"]
  private var cover: [Unicode.Scalar] = []

  init(for source: [UInt8]) {
    guard source.contains(where: { $0 == 0xc2 || $0 == 0xe2 || $0 == 0xef }) else { return }
    let text = String(decoding: source, as: UTF8.self)
    guard text.unicodeScalars.contains(where: { Self.special.contains($0) }) else { return }
    let escapes = text.lowercased()
    for first in stride(from: UInt32(0x10_f000), to: 0x10_ff00, by: 16) {
      let cover = (0..<4).compactMap { Unicode.Scalar(first + $0) }
      if !text.unicodeScalars.contains(where: { cover.contains($0) }),
        !escapes.utf8.contains(sequence: "\\u00" + String(first >> 4, radix: 16))
      {
        self.cover = cover
        return
      }
    }
  }

  func covered(_ text: String) -> String { cover.isEmpty ? text : Self.replaced(text, Self.special, by: cover) }
  func uncovered(_ text: String) -> String { cover.isEmpty ? text : Self.replaced(text, cover, by: Self.special) }

  /// Scalars and lists of scalars; what lies deeper is compared by its source alone.
  func uncovered(_ node: Node) -> Node {
    if cover.isEmpty { return node }
    switch node {
    case .scalar(let scalar): return .scalar(.init(uncovered(scalar.string), scalar.tag))
    case .sequence(let sequence): return .sequence(.init(sequence.map { uncovered($0) }, sequence.tag))
    case .mapping, .alias: return node
    }
  }

  private static func replaced(_ text: String, _ from: [Unicode.Scalar], by to: [Unicode.Scalar]) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { out.append(from.firstIndex(of: scalar).map { to[$0] } ?? scalar) }
    return String(out)
  }
}

extension String.UTF8View {
  fileprivate func contains(sequence: String) -> Bool {
    indices.contains { self[$0...].starts(with: sequence.utf8) }
  }
}

extension Node {
  /// Levels of collections; their number is bounded by the scanner before the library reads them.
  var depth: Int {
    switch self {
    case .scalar, .alias: 0
    case .sequence(let sequence): 1 + (sequence.map(\.depth).max() ?? 0)
    case .mapping(let mapping): 1 + (mapping.map { max($0.key.depth, $0.value.depth) }.max() ?? 0)
    }
  }
}

extension Mark {
  /// The byte that stands at this line and scalar column, both from 1.
  fileprivate func offset(in source: [UInt8]) -> Int {
    var line = 1
    var column = 1
    for (offset, byte) in source.enumerated() {
      if line == self.line, column >= self.column, byte & 0xc0 != 0x80 { return offset }
      if line > self.line { return max(offset - 1, 0) }
      if byte == .newline {
        line += 1
        column = 1
      } else if byte & 0xc0 != 0x80 {
        column += 1
      }
    }
    return source.count
  }
}
