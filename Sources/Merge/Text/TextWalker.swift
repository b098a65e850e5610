import History

/// Eg-walker's internal state for one zone of a body's history, and the steps that change it.
///
/// Each character inserted in the zone has a number, in order of insertion. The prepare version is the one that the
/// next edit was made on; the effect version holds all edits applied so far. `prepare` moves the first by `retreat` and
/// `advance`, `apply` turns an edit of the first into one of the second.
///
/// Any topological order of the zone gives the same text; an order that stays on a branch moves less.
struct TextWalker {
  var records = RecordList()
  /// The edits of the zone, by their place in it.
  var spans: [Span] = []
  /// Runs of characters that edits deleted, each in whole records.
  var targets: [CharacterRun] = []
  /// For each edit applied that inserts, its first character, ascending; who inserted a character decides ties.
  var authors: [(first: CharacterID, edit: Int)] = []
  var zoneStart = 0
  /// Heads of the prepare version.
  private var version: [Int] = []

  /// What an edit did: the characters that it inserted, and its part of `targets`.
  struct Span {
    var inserted = 0..<0
    var deleted = 0..<0
  }

  /// Scalars of the text at the effect version.
  var length: Int { records.totals.live }

  /// Forgets the zone before; `base` is the length of the text at the critical version that this one begins with.
  mutating func begin(_ zone: Range<Int>, base: Int) {
    records.reset(base: base)
    spans.removeAll(keepingCapacity: true)
    spans.append(contentsOf: repeatElement(Span(), count: zone.count))
    targets.removeAll(keepingCapacity: true)
    authors.removeAll(keepingCapacity: true)
    zoneStart = zone.lowerBound
    version = zoneStart == 0 ? [] : [zoneStart - 1]
  }

  /// Moves the prepare version to the parents of the next edit.
  mutating func prepare(_ parents: ArraySlice<Int>, in graph: BodyGraph) {
    if !parents.elementsEqual(version) {
      let (retreats, advances) = graph.difference(from: version, to: Array(parents))
      for edit in retreats { retreat(edit) }
      for edit in advances.reversed() { advance(edit) }
      version = Array(parents)
    }
  }

  /// Takes an edit that has been applied out of the prepare version.
  private mutating func retreat(_ edit: Int) { move(spans[edit - zoneStart], by: -1) }

  /// Puts it back.
  private mutating func advance(_ edit: Int) { move(spans[edit - zoneStart], by: 1) }

  private mutating func move(_ span: Span, by step: Int32) {
    records.move(CharacterRun(first: span.inserted.lowerBound, count: span.inserted.count), by: step)
    for target in targets[span.deleted] { records.move(target, by: step) }
  }

  /// Applies an edit on the prepare version, which is at its parents; what it does to the effect version goes out.
  mutating func apply(_ edit: Int, of history: TextHistory, into output: inout EditCollector) {
    let firstTarget = targets.count
    let firstCharacter = records.insertedCount
    for operation in history.operations(of: edit) {
      let (position, deleted) = operation.clamped(to: records.totals.prepared)
      if deleted > 0 { delete(deleted, at: position, into: &output) }
      if operation.insertedCount > 0 { insert(operation, of: edit, at: position, in: history, into: &output) }
    }
    spans[edit - zoneStart] = Span(
      inserted: firstCharacter..<records.insertedCount, deleted: firstTarget..<targets.count)
    version = [edit]
  }
}
