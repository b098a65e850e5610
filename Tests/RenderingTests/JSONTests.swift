import Foundation
import Testing

import Rendering

@Suite struct JSONTests {
  @Test func `keys keep their order, and an object is a line`() {
    let value = JSON.object([("b", .int(1)), ("a", .array([.null, .bool(true), .string("x\ny")]))])
    #expect(value.text == #"{"b":1,"a":[null,true,"x\ny"]}"#)
  }

  @Test(arguments: [
    "\u{1B}[2J", "\"quoted\" \\ back", "a\u{202E}b", "\u{0}", "\u{E0041}", "👩\u{200D}💻", "e\u{301}", "日本", "\u{2028}",
  ]) func `a text reads back as it was, and holds nothing that a terminal could take amiss`(text: String) throws {
    let json = JSON.string(text).text
    let back = try JSONDecoder().decode([String].self, from: Data("[\(json)]".utf8))
    #expect(back.map { Array($0.unicodeScalars) } == [Array(text.unicodeScalars)])
    #expect(json.madeSafe() == json)
  }
}

@Suite struct ShellWordTests {
  @Test(arguments: [
    ("notes/macron.md:start", "notes/macron.md:start"), ("Anne Martin", "'Anne Martin'"), ("d'Arc", "'d'\\''Arc'"),
    ("", "''"), ("$HOME", "'$HOME'"), ("-rf", "-rf"), ("a\u{1B}b", "$'a\\U0000001bb'"), ("عبد", "عبد"),
  ]) func `a word of a command is quoted as the shell wants it`(text: String, expected: String) {
    #expect(text.shellWord == expected)
  }
}
