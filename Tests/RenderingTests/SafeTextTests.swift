import Testing

import Rendering

/// Text that came from a book or from a peer, made harmless.
@Suite struct SafeTextTests {
  @Test(arguments: [
    ("\u{1B}[2Jgone", "\\u{1B}[2Jgone"), ("a\u{7}b", "a\\u{7}b"), ("a\u{7F}", "a\\u{7F}"),
    ("a\u{9B}31m", "a\\u{9B}31m"),
    ("pay\u{202E}dim", "pay\\u{202E}dim"), ("a\u{2066}b\u{2069}", "a\\u{2066}b\\u{2069}"),
    ("a\u{200B}b", "a\\u{200B}b"),
    ("a\u{FEFF}b", "a\\u{FEFF}b"), ("a\u{200F}b", "a\\u{200F}b"), ("a\u{2028}b", "a\\u{2028}b"),
    ("a\u{E0041}b", "a\\u{E0041}b"), ("a\u{AD}b", "a\\u{AD}b"), ("a\u{115F}b", "a\\u{115F}b"), ("a\u{0}b", "a\\u{0}b"),
    ("one\ntwo\tthree\r", "one\\ntwo\\tthree\\u{D}"),
  ]) func `what a terminal could take amiss is shown as an escape`(text: String, expected: String) {
    #expect(text.madeSafe() == expected)
  }

  @Test(arguments: [
    "plain, with 'quotes' and \\ backslash", "Élysée", "é in two scalars: e\u{301}", "日本国", "ประเทศไทย", "नमस्ते",
    "می\u{200C}خواهم",  // Persian, with the joiner that it needs
    "ക്\u{200D}ഷ",  // Malayalam, likewise
    "👩\u{200D}💻", "❤\u{FE0F}", "👋🏽", "🇫🇷", "a\u{A0}b", "葛\u{E0100}",
  ]) func `what people write stays as it is`(text: String) {
    #expect(Array(text.madeSafe().unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test(arguments: ["a\u{200D}", "\u{200D}a", "a \u{200D}b", "1\u{200C}2", "\u{FE0F}a"])
  func `a joiner or a selector that joins nothing is shown`(text: String) {
    #expect(text.madeSafe().contains("\\u{"))
  }

  @Test func `a text keeps its lines where asked, and no other control`() {
    #expect("a\n\tb\u{1B}c".madeSafe(keepingLines: true) == "a\n\tb\\u{1B}c")
  }

  @Test func `every scalar that is left is printable`() {
    for value in UInt32(0)...0x10_FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let safe = String(scalar).madeSafe()
      let harmful = safe.unicodeScalars.contains { scalar in
        let category = scalar.properties.generalCategory
        return category == .control || category == .lineSeparator || category == .paragraphSeparator
          || scalar.properties.isBidiControl || scalar.properties.isDefaultIgnorableCodePoint
      }
      #expect(!harmful, "U+\(String(value, radix: 16))")
    }
  }

  @Test func `text from right to left is isolated, so that what stands beside it keeps its order`() {
    let name = "عبد الله"
    let line: Line = "\(name) 09:12"
    #expect(line.text == "\u{2068}عبد الله\u{2069} 09:12")
    #expect(("\("Anne") 09:12" as Line).text == "Anne 09:12")
  }

  @Test func `a line's literals are ours, and what is put into it is not trusted`() {
    let name = "\u{1B}]0;owned\u{7}"
    #expect(("hello \(name)" as Line).text == "hello \\u{1B}]0;owned\\u{7}")
  }
}
