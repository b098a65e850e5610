import PropertyTesting
import Testing
import TextDiff

@Suite struct SimilarityTests {
  private let note = """
    # Bilateral meeting
    The delegation arrives at the south gate at 10:30 and is met by the chief of protocol.
    - [ ] badges
    - [ ] gifts for the host
    The key message from this meeting is the importance of the relationship.

    """

  @Test func `a text is wholly similar to itself, and nothing to nothing`() {
    #expect(TextDiff.similarity(note, note) == 1)
    #expect(TextDiff.similarity("", "") == 1)
    #expect(TextDiff.similarity(note, "") == 0)
  }

  @Test func `a note with a word changed in each line is still much the same`() {
    let edited =
      note.replacing("south", with: "north").replacing("badges", with: "badge").replacing("key", with: "main")
      .replacing("gifts", with: "presents")
    #expect(TextDiff.similarity(note, edited) > 0.6)
  }

  @Test func `two notes on different things are not similar though both are English`() {
    let other = """
      # Motorcade
      The cars wait at the hotel from 09:00; the first of them is for the press.
      - [ ] drivers
      - [ ] a map of the route
      The route goes along the river because of the works at the bridge.

      """
    #expect(TextDiff.similarity(note, other) < 0.3)
  }

  @Test func `half of the lines kept is half similar, and short notes are judged by their words`() {
    let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
    let half = (lines.prefix(2) + ["Nobody else was invited to come along, so we went home by the evening train."])
    #expect((0.3...0.7).contains(TextDiff.similarity(note, half.joined(separator: "\n"))))
    #expect(TextDiff.similarity("Call the embassy", "Call the consulate") >= 0.5)
    #expect(TextDiff.similarity("Call the embassy", "Buy two stamps") == 0)
  }

  @Test func `similarity is the same both ways, within 0 and 1, and 1 for the same words on the same lines`() throws {
    try forAll(300) { random in
      let a = random.text(words: random.below(40))
      let b = random.oneIn(3) ? random.text(words: random.below(40)) : random.edited(a, times: 3)
      let similarity = TextDiff.similarity(a, b)
      try #require((0...1).contains(similarity))
      try #require(similarity == TextDiff.similarity(b, a))
      try #require(TextDiff.similarity(a, a + "  ") == 1)
    }
    #expect(TextDiff.similarity("one two\nthree four", "one two three four") < 1)
  }
}
