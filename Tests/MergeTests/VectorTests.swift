import Bytes
import Foundation
import History
import Merge
import NaiveMerge
import PropertyTesting
import Testing

/// `Protocol/vectors/merge/graphs.json`: graphs of edits and their texts, so that a clone proves the order by itself.
@Suite struct `Vectors` {
  private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Protocol/vectors/merge/graphs.json").path

  @Test func `the graphs of the vectors come out as they say, from five orders and by the slow twin`() throws {
    if environment("VALISE_RECORD") != nil { try record() }
    let cases = try MergeCase.read(Self.path)
    #expect(cases.count >= 300)
    var random = SeededRandom(seed: 1)
    for (number, item) in cases.enumerated() {
      let changes = try item.changes()
      let expected = ExactText(item.endContent)
      #expect(ExactText(NaiveMerge.text(of: changes)) == expected, "case \(number), naive")
      #expect(changes.textHistory().text() == expected, "case \(number)")
      for _ in 0..<5 {
        #expect(
          changes.reordered(using: &random).textHistory().text() == expected, "case \(number), in another order")
      }
    }
    print("\(cases.count) graphs: vectors")
  }

  /// Writes the naive model's word for it; only somebody who changes the rule does this. The last twenty graphs have edits
  /// that reach beyond the end of the text.
  private func record() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var lines: [String] = []
    for seed in 1...320 as ClosedRange<UInt64> {
      var random = SeededRandom(seed: seed)
      let body = try RandomBody(
        edits: Int.random(in: 4...24, using: &random), devices: Int.random(in: 2...5, using: &random),
        meeting: seed % 5 == 0 ? 6 : nil, overreaching: seed > 300, using: &random)
      let item = MergeCase(body.changes, endContent: body.text.text)
      lines.append(String(decoding: try encoder.encode(item), as: UTF8.self))
    }
    try Data("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8).write(to: URL(fileURLWithPath: Self.path))
  }
}

extension MergeCase {
  /// The case that changes of one body make; a device with number 0 is agent "a".
  init(_ changes: [Change], endContent: String) {
    self.endContent = endContent
    txns = []
    var ends: [ChangeID: Int] = [:]
    var events = 0
    var counts: [DeviceID: Int] = [:]
    for change in changes {
      let edits = change.operations.flatMap { operation in
        if case .edit(_, let edits) = operation { edits } else { [TextEdit]() }
      }
      let size = edits.reduce(0) { $0 + $1.deleted + $1.inserted.scalarCount }
      let device = change.ref.device
      txns.append(
        Transaction(
          span: [events, events + size], parents: change.header.parents.compactMap { ends[$0] }.sorted(),
          agent: String(UnicodeScalar(UInt8(ascii: "a") + (device.bytes.last ?? 0))),
          seqStart: counts[device, default: 0], ops: edits.map(Edit.init)))
      events += size
      counts[device, default: 0] += size
      ends[change.id] = events - 1
    }
  }
}
