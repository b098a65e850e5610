import BookFolder
import PropertyTesting
import Testing

struct EntryFileTests {
  private func parse(_ text: String) throws -> EntryFile { try EntryFile.parse(Array(text.utf8)) }

  @Test func `a file is taken apart into fields and a body`() throws {
    let text = "---\n# who\ntitle:  \"A: b\" # note\n\ntags:\n- a\n- b\n# end\n---\nBody\n"
    let file = try parse(text)
    #expect(file.fields.count == 2)
    #expect(
      file["title"]
        == FileField(key: "title", label: "title:  ", above: "# who\n", value: "\"A: b\"", behind: " # note"))
    #expect(file["tags"] == FileField(key: "tags", label: "tags:", above: "\n", value: "\n- a\n- b"))
    #expect(file.tail == "# end\n")
    #expect(file.body == "Body\n")
    #expect(file.rendered() == Array(text.utf8))
  }

  @Test func `a note without front matter is all body`() throws {
    for text in ["", "Body", "Body\n", "\n---\na: b\n---\n", "----\na: b\n---\n", " ---\na: b\n---\n", "---", "---\n"] {
      let file = try parse(text)
      #expect(file.body == text && file.fields.isEmpty && file.attributes.opening == nil)
      #expect(file.rendered() == Array(text.utf8))
    }
  }

  @Test func `front matter that never closes is all body`() throws {
    let file = try parse("---\ntitle: a\n\nBody\n")
    #expect(file.fields.isEmpty && file.body == "---\ntitle: a\n\nBody\n")
  }

  @Test func `line endings are an attribute of the file`() throws {
    let crlf = try parse("---\r\na: b # c\r\n---\r\nOne\r\ntwo\r\n")
    let lf = try parse("---\na: b # c\n---\nOne\ntwo\n")
    #expect(crlf.attributes.lineEnding == .crlf && lf.attributes.lineEnding == .lf)
    #expect(crlf.fields == lf.fields && crlf.body.utf8.elementsEqual(lf.body.utf8))
    #expect(crlf.attributes.opening == "---\n")
  }

  @Test func `mixed line endings stay as typed`() throws {
    for text in [
      "---\r\na: b\n---\nBody\r\n", "One\r\ntwo\n", "One\rtwo\r", "One\r\r\n", "---\na: b\r\nc:\r\n  - d\r\n---\n",
    ] {
      let file = try parse(text)
      #expect(file.attributes.lineEnding == .asTyped)
      #expect(file.rendered() == Array(text.utf8))
    }
    #expect(try parse("---\na: b\r\nc:\r\n  - d\r\n---\n")["c"]?.typed == .list(["d"]))
    #expect(try parse("---\na: b\r\nc:\r\n  - d\r\n---\n")["a"]?.typed == .text("b"))
  }

  @Test func `a byte order mark is an attribute of the file`() throws {
    let file = try EntryFile.parse([0xef, 0xbb, 0xbf] + Array("---\na: b\n---\n".utf8))
    #expect(file.attributes.byteOrderMark)
    #expect(file["a"]?.value == "b")
  }

  @Test func `F4 bad UTF-8 and zero bytes are named where they stand`() {
    #expect(throws: UnreadableFile(.invalidUTF8, line: 2, column: 3)) {
      try EntryFile.parse(Array("One\nt\u{e9}".utf8) + [0xff, 0x41])
    }
    #expect(throws: UnreadableFile(.invalidUTF8, line: 1, column: 2)) { try EntryFile.parse([0x41, 0xc3]) }
    #expect(throws: UnreadableFile(.zeroByte, line: 2, column: 2)) { try EntryFile.parse(Array("a\nb\0".utf8)) }
  }

  @Test func `F4 a file past a limit is named`() {
    let large = [UInt8](repeating: 65, count: EntryFile.Limit.file + 1)
    #expect(throws: UnreadableFile(.tooLarge(bytes: large.count, limit: 4 << 20), line: 1, column: 1)) {
      try EntryFile.parse(large)
    }
    let many = "---\n" + (0...256).map { "k\($0): v\n" }.joined() + "---\n"
    #expect(throws: UnreadableFile(.tooManyFields(limit: 256), line: 258, column: 1)) { try parse(many) }
    let long = "---\na: b\nc: " + String(repeating: "x", count: 65_536) + "\n---\n"
    #expect(throws: UnreadableFile(.fieldTooLarge(key: "c", bytes: 65_539, limit: 65_536), line: 3, column: 1)) {
      try parse(long)
    }
  }

  @Test func `F4 deep nesting is named before anything recurses`() {
    let deep = [
      "a: " + String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000),
      "a: " + String(repeating: "{x: ", count: 5_000) + String(repeating: "}", count: 5_000),
      "a:\n  " + String(repeating: "- ", count: 20_000) + "x",
      "a:\n" + (1..<300).map { String(repeating: " ", count: $0) + "x:\n" }.joined()
        + String(repeating: " ", count: 300) + "y",
      "a:\n" + (1..<40).map { String(repeating: " ", count: $0) + "x:\n" }.joined() + String(repeating: " ", count: 40)
        + "y",
    ]
    for value in deep {
      let error = #expect(throws: UnreadableFile.self) { try parse("---\n\(value)\n---\n") }
      #expect(error?.reason == .nestedTooDeep(limit: 32))
    }
  }

  @Test func `an alias bomb expands to nothing`() throws {
    var header = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<30 {
      header += "a\(level): &a\(level) [" + (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", ") + "]\n"
    }
    header += "bomb: {x: &b0 [y], a: &b1 [*b0, *b0], b: [*b1, *b1], *b1 : c}\n"
    let file = try parse("---\n\(header)---\n")
    #expect(file.fields.count == 31)
    #expect(file["a29"]?.typed == .other(file["a29"]?.value ?? ""))
    #expect(file["a0"]?.typed == .list([String](repeating: "x", count: 10)))
  }

  @Test func `parts of several versions are put together with what separates them`() throws {
    var file = EntryFile(body: "Body\n")
    file.fields = [
      FileField(key: "a b", value: "c"), FileField(key: "d: e", label: "\"d: e\":", value: "f", behind: " # g"),
    ]
    #expect(String(decoding: file.rendered(), as: UTF8.self) == "---\na b: c\n\"d: e\": f # g\n---\nBody\n")
    file.fields[1].value = "\n  - f\n  - h"
    file.tail = "# end"
    #expect(
      String(decoding: file.rendered(), as: UTF8.self)
        == "---\na b: c\n\"d: e\": # g\n  - f\n  - h\n# end\n---\nBody\n")
    file.fields[1].value = "|\n  f"
    #expect(String(decoding: file.rendered(), as: UTF8.self).contains("\"d: e\": | # g\n  f\n"))
  }

  @Test func `a body that looks like front matter is kept apart from it`() throws {
    let file = EntryFile(body: "---\na: b\n---\nBody\n")
    let read = try EntryFile.parse(file.rendered())
    #expect(read.fields.isEmpty && read.body == file.body)
  }

  @Test func `texts in another normalisation are other texts`() throws {
    #expect(try parse("---\na: \u{e9}\n---\n") != parse("---\na: e\u{301}\n---\n"))
    #expect(TypedValue.text("\u{e9}") != .text("e\u{301}"))
    #expect(FieldSource.splice("[\u{e9}]", to: ["e\u{301}"]).utf8.elementsEqual("[e\u{301}]".utf8))
  }
}
