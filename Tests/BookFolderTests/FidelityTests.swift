import BookFolder
import PropertyTesting
import Testing

/// F2 and U14: front matter stays as typed, and a change to one field changes only those bytes.
struct FidelityTests {
  @Test func `F2 300 headers are given back byte for byte`() throws {
    var count = 0
    for text in HeaderCases.files() {
      let bytes = Array(text.utf8)
      let file: EntryFile
      do { file = try EntryFile.parse(bytes) } catch {
        Issue.record("\(text.debugDescription): \(error)")
        continue
      }
      #expect(file.rendered() == bytes, "\(text.debugDescription)")
      #expect(file.attributes.opening != nil, "\(text.debugDescription)")
      count += 1
    }
    try #require(count >= 300)
    print("F2: \(count) headers rendered as they were read")
  }

  @Test func `U14 a change to one field changes only those bytes`() throws {
    var changes = 0
    for text in HeaderCases.files() {
      let file = try EntryFile.parse(Array(text.utf8))
      for index in file.fields.indices {
        for value in ["10:30", "\"[[emmanuel-macron]]\""] {
          try check(file, changing: index, to: value)
          changes += 1
        }
      }
    }
    try #require(changes >= 600)
    print("U14: \(changes) fields changed alone")
  }

  private func check(_ file: EntryFile, changing index: Int, to value: String) throws {
    var changed = file
    changed.fields[index].value = value
    let bytes = changed.rendered()
    var before = file
    before.fields.removeSubrange(index...)
    before.tail = ""
    before.body = ""
    before.attributes.closing = "X"
    let prefix = before.rendered().dropLast()
    let original = file.rendered()
    let old = file.fields[index]
    let spaceBehind = old.behind.utf8.first == UInt8(ascii: "#") && value.utf8.first != UInt8(ascii: "\"")
    let newLength = value.utf8.count + (old.label.utf8.last == UInt8(ascii: ":") ? 1 : 0) + (spaceBehind ? 1 : 0)
    let crlf = file.attributes.lineEnding == .crlf
    let oldLength = old.value.utf8.count + (crlf ? old.value.utf8.count { $0 == 10 } : 0)
    let label = old.above.utf8.count + old.label.utf8.count + (crlf ? old.above.utf8.count { $0 == 10 } : 0)
    let place = prefix.count + label
    let context = "\(String(decoding: original, as: UTF8.self).debugDescription) \(old.key)"
    #expect(bytes.prefix(place) == original.prefix(place), "\(context)")
    #expect(bytes.dropFirst(place + newLength) == original.dropFirst(place + oldLength), "\(context)")
    let read: EntryFile
    do { read = try EntryFile.parse(bytes) } catch {
      Issue.record("\(context): \(error)")
      return
    }
    #expect(read.fields.map(\.key) == file.fields.map(\.key), "\(context)")
    for (field, other) in zip(read.fields, file.fields) where field.key != old.key {
      #expect(field == other, "\(context)")
    }
    #expect(read[old.key]?.typed == TypedValue(source: value), "\(context)")
    #expect(read.body == file.body)
  }

  @Test func `F4 an unreadable header is named with line and column`() {
    for (header, line, column) in Headers.unreadable {
      do {
        let file = try EntryFile.parse(Array("---\n\(header)---\nBody\n".utf8))
        Issue.record("\(header.debugDescription) was read as \(file.fields)")
      } catch {
        #expect(error.line == line && error.column == column, "\(header.debugDescription): \(error)")
      }
    }
  }

  @Test func `F4 duplicate keys are refused, in any spelling`() {
    for header in ["a: b\na: c\n", "a: b\n\"a\": c\n", "'a': b\n\"\\x61\": c\n"] {
      #expect(throws: UnreadableFile(.duplicateKey("a"), line: 3, column: 1)) {
        try EntryFile.parse(Array("---\n\(header)---\n".utf8))
      }
    }
  }

  @Test func `F2 random token soup is refused or given back byte for byte`() throws {
    let tokens = [
      "a", "b: ", "- ", "\n", "\n", "  ", "    ", "\"", "'", "[", "]", "{", "}", ", ", ": ", "#", " # ", "|", ">",
      "|+\n", "*x",
      "&y ", "!!str ", "?", " ", "\t", "é", "\\", "key", ":", "\r\n", "\u{2028}", "---", "~", "it's",
    ]
    var accepted = 0
    try forAll(6_000) { random in
      var header = ""
      for line in 0...random.below(4) {
        header += ["a", "b", "c", "d", "e"][line] + ":"
        for _ in 0...random.below(7) { header += tokens[random.below(tokens.count)] }
        header += "\n"
      }
      let bytes = Array("---\n\(header)---\nBody".utf8)
      if let file = try? EntryFile.parse(bytes) {
        accepted += 1
        try #require(file.rendered() == bytes)
        for field in file.fields { _ = field.typed }
      }
    }
    #expect(isReplay || accepted > 300)
    print("F2: \(accepted) of 6000 random headers readable")
  }

  @Test func `F2 any bytes are refused or given back byte for byte`() throws {
    try forAll(2_000) { random in
      let alphabet = Array("---\n\r\n: ab\"'#-\u{feff}é".utf8)
      var bytes = random.oneIn(2) ? Array("---\n".utf8) : []
      for _ in 0..<random.below(60) {
        bytes.append(random.oneIn(50) ? UInt8(random.below(256)) : alphabet[random.below(alphabet.count)])
      }
      if let file = try? EntryFile.parse(bytes) { try #require(file.rendered() == bytes) }
    }
  }
}

/// The hand-written headers, alone and combined, with every ending, fence and body.
enum HeaderCases {
  static func files() -> [String] {
    var files = Headers.readable.map { "---\n\($0)---\nBody\n" }
    for header in Headers.readable {
      let asCRLF = header.utf8.contains(13) ? header : lines(header, ending: "\r\n")
      files.append("---\r\n\(asCRLF)---\r\nBody\r\n")
      files.append("\u{feff}---\n\(header)---\n\n---\nnot a fence: any more\n---\n")
      files.append("--- \n\(header)...\nBody without newline")
      files.append("---\n\(header)---")
      files.append("---\n\(header)--- \t")
    }
    var random = SeededRandom(seed: 20_211_110)
    for number in 0..<200 {
      var header = ""
      for part in 0..<2 + random.below(4) {
        header += renamed(Headers.readable[random.below(Headers.readable.count)], "\(number)x\(part)")
      }
      files.append("---\n\(header)---\nBody \(number)\n")
    }
    return files
  }

  private static func lines(_ text: String, ending: String) -> String {
    text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { String(Substring($0)) }.joined(
      separator: ending)
  }

  /// The same header with other keys, so that several go into one file.
  private static func renamed(_ header: String, _ suffix: String) -> String {
    guard let file = try? EntryFile.parse(Array("---\n\(header)---\n".utf8)) else { return "" }
    var text = ""
    for (index, field) in file.fields.enumerated() {
      let colon = field.label.utf8.lastIndex(of: UInt8(ascii: ":")) ?? field.label.endIndex
      text += field.above + "k\(suffix)n\(index)" + field.label[colon...] + field.value + field.behind + "\n"
    }
    return text + file.tail
  }
}
