import Foundation
import Rendering
import Testing
import TextDiff

/// Changed words, marked without colour.
@Suite struct MarkedLineTests {
  private func shown(_ old: String, _ new: String) -> [String] {
    MarkedLine.changed(in: TextDiff.marked(from: old, to: new)).map(\.line.text)
  }

  @Test func `changed words are marked, and lines without one are left out`() {
    #expect(
      shown("one\nThe meeting starts at ten.\nthree\n", "one\nThe meeting starts at noon.\nthree\n")
        == ["The meeting starts at [-ten-]{+noon+}."])
  }

  @Test func `a new line and a line that went are each one`() {
    #expect(shown("one\nthree\n", "one\ntwo words\nthree\n") == ["{+two words+}"])
    #expect(shown("one\ntwo words\nthree\n", "one\nthree\n") == ["[-two words-]"])
  }

  @Test func `a line end that came or went is seen`() {
    #expect(shown("one two\n", "one\ntwo\n").joined().contains("¶"))
    #expect(shown("one\n", "one\n\n") == ["{+¶+}"])
  }

  @Test func `long stretches without a change are left out, and words are kept whole`() {
    let long = Array(repeating: "word", count: 60).joined(separator: " ")
    let lines = shown("\(long) old \(long) old \(long)", "\(long) new \(long) new \(long)")
    #expect(lines.count == 1)
    let line = lines.first ?? ""
    #expect(line.hasPrefix("…") && line.hasSuffix("…"))
    #expect(line.components(separatedBy: "[-old-]{+new+}").count == 3)
    #expect(line.count < 240)
    #expect(!line.contains("wor "))
  }

  @Test func `text of others is safe in it`() {
    #expect(shown("a b\n", "a \u{1B}[2J b\n").joined().contains("\u{1B}") == false)
  }
}
