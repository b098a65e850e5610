import Bytes
import Foundation
import History

/// A public editing history in EGTRACE1, the format of the benchmark traces: little-endian, fixed width.
struct Trace {
  private(set) var agentCount: Int
  private(set) var transactions: [Transaction]
  /// The text that transactions without parents begin with.
  var start: ExactText = ""
  /// The text that the trace's own file ends with.
  let end: ExactText

  struct Transaction {
    var agent: Int
    /// Numbers of transactions.
    var parents: [Int]
    let edits: [TextEdit]
  }

  init(_ bytes: [UInt8]) throws {
    let magic = Array("EGTRACE1".utf8)
    guard bytes.starts(with: magic), bytes.count >= 40 else { throw InputError.notATrace("another head") }
    var words = LittleEndianWords(bytes, at: magic.count)
    let head = try words.take(8)
    let (txns, patches, parents, text, end) = (head[2], head[3], head[4], head[5], head[6])
    guard 40 + 20 * txns + 4 * parents + 20 * patches + text + end == bytes.count else {
      throw InputError.notATrace("\(bytes.count) bytes are not what its head announces")
    }
    agentCount = head[1]
    let rows = try (0..<txns).map { _ in try words.take(5) }
    let parentList = try words.take(parents)
    let patchList = try (0..<patches).map { _ in try words.take(5) }
    let textStart = words.offset
    transactions = try rows.enumerated().map { number, row in
      guard row[0] < head[1], row[1] + row[2] <= parents, row[3] + row[4] <= patches else {
        throw InputError.notATrace("transaction \(number) points outside")
      }
      let own = Array(parentList[row[1]..<row[1] + row[2]])
      guard own.allSatisfy({ $0 < number }) else { throw InputError.notATrace("parents of \(number) come later") }
      let edits = try patchList[row[3]..<row[3] + row[4]].compactMap { patch -> TextEdit? in
        guard patch[2] + patch[3] <= text else { throw InputError.notATrace("text outside") }
        let place = textStart + patch[2]
        guard let inserted = ExactText(validating: Array(bytes[place..<place + patch[3]])) else {
          throw InputError.notATrace("text that is not UTF-8")
        }
        if patch[1] == 0 && inserted.isEmpty { return nil }
        return TextEdit(position: patch[0], deleted: patch[1], inserted: inserted)
      }
      return Transaction(agent: row[0], parents: own, edits: edits)
    }
    guard let content = ExactText(validating: Array(bytes[(textStart + text)...])) else {
      throw InputError.notATrace("an end that is not UTF-8")
    }
    self.end = content
  }

  /// Adds another trace from the same beginning; its agents come after these.
  mutating func join(_ other: Trace) {
    let offset = transactions.count
    for transaction in other.transactions {
      var transaction = transaction
      transaction.agent += agentCount
      transaction.parents = transaction.parents.map { $0 + offset }
      transactions.append(transaction)
    }
    agentCount += other.agentCount
  }

  /// The trace whose end the others of a folder begin with, where there is one.
  static func base(beside path: String) -> String? {
    let url = URL(fileURLWithPath: path)
    guard !url.lastPathComponent.hasPrefix("base.") else { return nil }
    let folder = url.deletingLastPathComponent()
    return ["base.egt", "base.egt.gz"].map { folder.appendingPathComponent($0).path }
      .first { FileManager.default.fileExists(atPath: $0) }
  }
}

/// Reads 32-bit numbers one after the other.
private struct LittleEndianWords {
  private let bytes: [UInt8]
  private(set) var offset: Int

  init(_ bytes: [UInt8], at offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  mutating func take(_ count: Int) throws -> [Int] {
    guard offset + 4 * count <= bytes.count else { throw InputError.notATrace("it ends early") }
    defer { offset += 4 * count }
    return (0..<count).map { word in
      (0..<4).reduce(0) { $0 | Int(bytes[offset + 4 * word + $1]) << (8 * $1) }
    }
  }
}
