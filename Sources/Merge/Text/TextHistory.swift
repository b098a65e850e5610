package import Bytes
package import History

/// All edits of one body in order of arrival, and the text that they make together.
///
/// Eg-walker (Gentle and Kleppmann, EuroSys 2025) with the insert order of its reference implementation. The text is a
/// function of the edits and their parents alone, in whichever topological order they came.
package struct TextHistory: Sendable {
  var graph = BodyGraph()
  private(set) var changes: [ChangeRef] = []
  /// The operations of edit i are `operations[starts[i] ..< starts[i + 1]]`.
  private var starts: [Int] = [0]
  private var operations: [TextOperation] = []
  /// Scalars of the text at the version that an edit makes; nil where only a walk can tell, behind a merge.
  private var lengths: [Int?] = []

  package init() {}

  /// How many edits there are.
  package var count: Int { changes.count }

  /// The changes of the edits that no other edit has seen, ascending.
  package var heads: [ChangeRef] { graph.heads.map { changes[$0] }.sorted() }

  /// Adds an edit operation of a change. `isBelow` says of the edits that are here, by number, whether they are in the
  /// past of the change's parents; those of the same change always are.
  ///
  /// Cost: the chains of edits that are not below.
  package mutating func append(_ change: ChangeRef, edits: [TextEdit], isBelow: (Int) -> Bool) {
    append(change, edits.map(TextOperation.init), isBelow)
  }

  /// The same of an edit whose letters are in the text already: nobody asks for what it inserts.
  package mutating func append(_ change: ChangeRef, shapes: [EditShape], isBelow: (Int) -> Bool) {
    append(change, shapes.map(TextOperation.init), isBelow)
  }

  private mutating func append(_ change: ChangeRef, _ operations: [TextOperation], _ isBelow: (Int) -> Bool) {
    let parents = graph.newest { changes[$0] == change || isBelow($0) }
    graph.append(parents: parents)
    changes.append(change)
    self.operations.append(contentsOf: operations)
    starts.append(self.operations.count)
    let before: Int? = parents.isEmpty ? 0 : parents.count == 1 ? lengths[parents[0]] : nil
    lengths.append(before.map { length in self.operations(of: count - 1).reduce(length) { $1.length(after: $0) } })
  }

  /// The text that all edits make.
  package func text() -> ExactText {
    var buffer = TextBuffer()
    buffer.apply(edits(since: 0))
    return buffer.text
  }

  func operations(of edit: Int) -> ArraySlice<TextOperation> { operations[starts[edit]..<starts[edit + 1]] }

  func length(at edit: Int) -> Int? { lengths[edit] }
}

/// A `TextEdit` that knows how many scalars it inserts.
struct TextOperation: Sendable {
  let position: Int
  let deleted: Int
  let insertedCount: Int
  /// Empty where only the shape is known.
  let inserted: ExactText

  init(_ edit: TextEdit) {
    position = max(0, edit.position)
    deleted = max(0, edit.deleted)
    insertedCount = edit.inserted.scalarCount
    inserted = edit.inserted
  }

  init(_ shape: EditShape) {
    position = max(0, shape.position)
    deleted = max(0, shape.deleted)
    insertedCount = max(0, shape.inserted)
    inserted = ""
  }

  /// What it means in a text of `length` scalars: what lies beyond the end means the end (`formats.md`, Text).
  func clamped(to length: Int) -> (position: Int, deleted: Int) {
    let start = min(position, length)
    return (start, min(deleted, length - start))
  }

  /// Scalars of a text of `length` once this is applied.
  func length(after length: Int) -> Int { length - clamped(to: length).deleted + insertedCount }
}
