import Bytes
import Foundation
import History

/// A graph of edits and the text that it makes, as the conformance files of eg-walker's reference implementation
/// spell it.
struct MergeCase: Decodable {
  let txns: [Transaction]
  let endContent: String

  struct Transaction: Decodable {
    /// The numbers of its events, the end excluded; a scalar inserted or deleted is one.
    let span: [Int]
    /// Numbers of events.
    let parents: [Int]
    let agent: String
    let seqStart: Int
    let ops: [Edit]
  }

  /// An array of position, deleted, inserted.
  struct Edit: Decodable {
    let position: Int
    let deleted: Int
    let inserted: [Unicode.Scalar]

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      position = try list.decode(Int.self)
      deleted = try list.decode(Int.self)
      inserted = Array(try list.decode(String.self).unicodeScalars)
      guard (0...ChangeLimits.position).contains(position), (0...ChangeLimits.position).contains(deleted) else {
        throw InputError.notACase("an edit of [\(position), \(deleted)]")
      }
    }

    var eventCount: Int { deleted + inserted.count }

    /// What the events of a part of it do, on the text that the events before them left; deletions come first.
    func part(_ events: Range<Int>) -> TextEdit {
      let deletions = max(0, min(deleted, events.upperBound) - events.lowerBound)
      let skipped = max(0, events.lowerBound - deleted)
      let text = String(String.UnicodeScalarView(inserted[skipped..<max(skipped, events.upperBound - deleted)]))
      return TextEdit(position: position + skipped, deleted: deletions, inserted: ExactText(text))
    }
  }

  /// The cases of a file: a JSON array of them, or one.
  static func read(_ path: String) throws -> [MergeCase] {
    let data = Data(try InputFile.bytes(path))
    let isList = data.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
    let decoder = JSONDecoder()
    return isList ? try decoder.decode([MergeCase].self, from: data) : [try decoder.decode(MergeCase.self, from: data)]
  }
}

extension MergeCase {
  /// The case as changes. A transaction is one, or several where others were made on its middle.
  func history() throws -> CaseHistory {
    var waiting = try pieces()
    var history = try CaseHistory()
    let agents = Set(txns.map { ExactText($0.agent) }).sorted()
    /// The change of a piece, by the piece's last event.
    var changes: [Int: Int] = [:]
    var next = Dictionary(grouping: waiting, by: \.agent).mapValues { $0.map(\.seq).sorted()[...] }
    while !waiting.isEmpty {
      let ready = waiting.firstIndex { piece in
        next[piece.agent]?.first == piece.seq && piece.parents.allSatisfy { changes[$0] != nil }
      }
      guard let ready, let number = agents.firstIndex(of: waiting[ready].agent) else {
        throw InputError.notACase("its transactions come in no order")
      }
      let piece = waiting.remove(at: ready)
      next[piece.agent]?.removeFirst()
      changes[piece.end - 1] = try history.add(
        agent: number, parents: piece.parents.compactMap { changes[$0] }, edits: piece.edits)
    }
    return history
  }

  /// Consecutive events of one transaction that become one change.
  private struct Piece {
    let agent: ExactText
    /// The agent's own count of events before it.
    let seq: Int
    let end: Int
    /// The last events of other pieces.
    let parents: [Int]
    let edits: [TextEdit]
  }

  /// The transactions, cut behind each event that is a parent.
  private func pieces() throws -> [Piece] {
    let cuts = Set(txns.flatMap(\.parents)).sorted()
    var pieces: [Piece] = []
    for transaction in txns {
      let count = transaction.ops.reduce(0) { $0 + $1.eventCount }
      guard transaction.span.count == 2, transaction.span[1] - transaction.span[0] == count else {
        throw InputError.notACase("a transaction of \(count) events has the span \(transaction.span)")
      }
      let span = transaction.span[0]..<transaction.span[1]
      var start = span.lowerBound
      let inner = cuts.map { $0 + 1 }.filter { $0 > span.lowerBound && $0 < span.upperBound }
      for end in inner + [span.upperBound] {
        pieces.append(
          Piece(
            agent: ExactText(transaction.agent), seq: transaction.seqStart + start - span.lowerBound, end: end,
            parents: start == span.lowerBound ? transaction.parents : [start - 1],
            edits: transaction.edits(start - span.lowerBound..<end - span.lowerBound)))
        start = end
      }
    }
    return pieces
  }
}

extension MergeCase.Transaction {
  /// What some of its events do, counted from its first.
  fileprivate func edits(_ events: Range<Int>) -> [TextEdit] {
    var edits: [TextEdit] = []
    var start = 0
    for operation in ops {
      let own = (start..<start + operation.eventCount).clamped(to: events)
      if !own.isEmpty { edits.append(operation.part(own.lowerBound - start..<own.upperBound - start)) }
      start += operation.eventCount
    }
    return edits
  }
}
