import Bytes
import Foundation
import History
import Testing

/// A graph of edits and the text that it makes, as the conformance files of the reference implementation spell it.
struct MergeCase: Codable {
  var txns: [Transaction]
  var endContent: String

  struct Transaction: Codable {
    /// The numbers of its events: a scalar inserted or deleted is one.
    var span: [Int]
    /// Numbers of events.
    var parents: [Int]
    var agent: String
    var seqStart: Int
    var ops: [Edit]
  }

  /// An array of position, deleted, inserted.
  struct Edit: Codable {
    var edit: TextEdit

    init(_ edit: TextEdit) { self.edit = edit }

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      edit = TextEdit(
        position: try list.decode(Int.self), deleted: try list.decode(Int.self),
        inserted: ExactText(try list.decode(String.self)))
    }

    func encode(to encoder: any Encoder) throws {
      var list = encoder.unkeyedContainer()
      try list.encode(edit.position)
      try list.encode(edit.deleted)
      try list.encode(edit.inserted.string)
    }
  }

  /// The changes of the case; agents are devices, compared by the bytes of their names.
  func changes() throws -> [Change] {
    let entry = EntryID(creation: OperationRef(change: ChangeRef(device: DeviceID(number: 0), seq: 0), index: 0))
    var builder = HistoryBuilder()
    var ends: [Int: Int] = [:]
    for transaction in txns {
      let parents = try transaction.parents.map { try #require(ends[$0], "parents name the last event of a txn") }
      let name = Array(transaction.agent.utf8.prefix(16))
      let device = try #require(DeviceID(name + Array(repeating: 0, count: 16 - name.count)))
      let edits = transaction.ops.map(\.edit)
      ends[transaction.span[1] - 1] = try builder.add(by: device, on: parents, [.edit(entry, edits)])
    }
    return builder.changes
  }

  static func read(_ path: String) throws -> [MergeCase] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    do { return try JSONDecoder().decode([MergeCase].self, from: data) } catch {
      return [try JSONDecoder().decode(MergeCase.self, from: data)]
    }
  }
}
