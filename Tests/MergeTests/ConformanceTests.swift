import Bytes
import Foundation
import History
import Merge
import NaiveMerge
import PropertyTesting
import Testing

/// Cases of other implementations, where `VALISE_CASES` names a file of them.
@Suite struct `Conformance` {
  @Test(.enabled(if: environment("VALISE_CASES") != nil))
  func `the cases of the reference implementation come out as it says, in five orders`() throws {
    let cases = try MergeCase.read(try #require(environment("VALISE_CASES")))
    var random = SeededRandom(seed: 1)
    for (number, item) in cases.enumerated() {
      let changes = try item.changes()
      let expected = ExactText(item.endContent)
      #expect(ExactText(NaiveMerge.text(of: changes)) == expected, "case \(number), naive")
      #expect(changes.textHistory().text() == expected, "case \(number)")
      for _ in 0..<5 {
        #expect(
          changes.reordered(using: &random).textHistory().text() == expected, "case \(number), reordered")
      }
    }
    print("\(cases.count) conformance cases")
  }
}
