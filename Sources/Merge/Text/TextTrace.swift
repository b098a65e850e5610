import Bytes

/// Every scalar that a body ever held, in the order of the document, and what each edit did to which of them.
///
/// Scalars have numbers, in the order in which a walk of the whole history inserts them; edits are numbered as in
/// `TextHistory`. Costs 20 bytes a scalar that was ever inserted.
package struct TextTrace: Sendable {
  /// By number.
  package fileprivate(set) var letters: [Unicode.Scalar] = []
  /// Numbers in the order of the document, those of deleted scalars among them.
  package fileprivate(set) var order: [Int32] = []
  /// By number: whether no edit has deleted it.
  package fileprivate(set) var isAlive: [Bool] = []
  /// By number: the edit that inserted it.
  package fileprivate(set) var inserter: [Int32] = []
  private var spans: [TextWalker.Span] = []
  private var targets: [CharacterRun] = []

  /// The scalars that an edit inserted, in the order in which it did.
  package func inserted(by edit: Int) -> Range<Int> { spans[edit].inserted }

  /// The scalars that an edit deleted; others may have deleted them, too.
  package func deleted(by edit: Int) -> [Int] {
    targets[spans[edit].deleted].flatMap { $0.first..<($0.first + $0.count) }
  }
}

extension TextHistory {
  /// Walks all edits as one zone; each must have come with its letters.
  package func trace() -> TextTrace {
    var trace = TextTrace()
    var walker = TextWalker()
    walker.begin(0..<count, base: 0)
    var output = EditCollector()
    output.isSilent = true
    for edit in graph.walkOrder(of: 0..<count, known: 0) {
      walker.prepare(graph.parents(of: edit), in: graph)
      walker.apply(edit, of: self, into: &output)
      for operation in operations(of: edit) {
        trace.letters.append(contentsOf: operation.inserted.string.unicodeScalars)
      }
      let inserted = trace.letters.count - trace.inserter.count
      trace.inserter.append(contentsOf: repeatElement(Int32(truncatingIfNeeded: edit), count: inserted))
    }
    trace.take(walker)
    return trace
  }
}

extension TextTrace {
  /// Reads the document's order off the walk that is over.
  fileprivate mutating func take(_ walker: TextWalker) {
    precondition(letters.count == walker.records.insertedCount, "an edit without its letters")
    (spans, targets) = (walker.spans, walker.targets)
    isAlive = Array(repeating: false, count: letters.count)
    order.reserveCapacity(letters.count)
    let records = walker.records
    for leaf in records.order.flatMap({ records.groups[$0].leaves }) {
      for slot in 0..<records.leaves[leaf].count {
        let record = records[RecordList.Place(leaf: leaf, slot: slot)]
        for number in record.first..<(record.first + record.count) {
          order.append(Int32(truncatingIfNeeded: number))
          isAlive[number] = !record.isDead
        }
      }
    }
  }
}
