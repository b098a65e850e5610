import Bytes
import History
import Merge
import PropertyTesting
import Testing

@Suite struct `Text under edit` {
  private static let alphabet = Array("ab é\u{301}\u{1F1EB}\u{200D}中\n".unicodeScalars)

  private func run(_ count: Int, using random: inout SeededRandom) -> [Unicode.Scalar] {
    (0..<count).map { _ in Self.alphabet[random.below(random.oneIn(2) ? 3 : Self.alphabet.count)] }
  }

  private func text(_ scalars: some Sequence<Unicode.Scalar>) -> ExactText {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return ExactText(String(view))
  }

  @Test func `equals an array of scalars after each edit, long ones and such as reach beyond the end among them`()
    throws
  {
    try forAll(60) { random in
      var model = run(random.oneIn(3) ? 20_000 : random.below(200), using: &random)
      var buffer = TextBuffer(text(model))
      for _ in 0..<60 {
        let inserted =
          random.oneIn(2) ? run(random.oneIn(6) ? random.below(9000) : random.below(20), using: &random) : []
        let near = random.oneIn(3) ? 40 : model.count + 3
        let edit = TextEdit(
          position: random.below(near), deleted: random.oneIn(2) ? random.below(random.oneIn(6) ? 9000 : 9) : 0,
          inserted: text(inserted))
        buffer.apply(edit)
        let start = min(edit.position, model.count)
        model.replaceSubrange(start..<min(model.count, start + edit.deleted), with: inserted)
        try #require(buffer.scalarCount == model.count)
        try #require(buffer.text == text(model))
      }
      try #require(buffer == TextBuffer(text(model)))
    }
  }

  @Test func `a text that was emptied can be filled again`() {
    var buffer = TextBuffer(ExactText(String(repeating: "中", count: 5000)))
    buffer.apply(TextEdit(position: 0, deleted: 5000, inserted: ""))
    #expect(buffer.text == "" && buffer.scalarCount == 0)
    buffer.apply([
      TextEdit(position: 0, deleted: 0, inserted: "ab"), TextEdit(position: 1, deleted: 0, inserted: "é"),
    ])
    #expect(buffer.text == "aéb")
  }
}
