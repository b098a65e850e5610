import Bytes
import History

extension TextHistory {
  /// Two versions that together hold all edits, side by side. The conditions say of an edit, by number, whether version
  /// a holds it, and version b; each holds for everything below an edit that it holds for. All edits came with their
  /// letters.
  ///
  /// Walks the edits behind the last critical version that both hold, as if nobody had seen any, and looks at the
  /// records from the base and from each side. Cost: the walk, the records, and the text.
  package func sides(isInA: (Int) -> Bool, isInB: (Int) -> Bool) -> TextSides {
    let (start, text) = textBefore { isInA($0) && isInB($0) }
    var walker = TextWalker()
    let zone = start..<count
    walker.begin(zone, base: text.count)
    var letters: [Unicode.Scalar] = []
    var silent = EditCollector()
    silent.isSilent = true
    for edit in graph.walkOrder(of: zone, known: 0) {
      walker.prepare(graph.parents(of: edit), in: graph)
      walker.apply(edit, of: self, into: &silent)
      for operation in operations(of: edit) { letters.append(contentsOf: operation.inserted.string.unicodeScalars) }
    }
    let base = walker.shown(at: graph.newest { isInA($0) && isInB($0) }, in: graph)
    let a = walker.shown(at: graph.newest(where: isInA), in: graph)
    let b = walker.shown(at: graph.newest(where: isInB), in: graph)
    let editors = walker.editors { !(isInA($0) && isInB($0)) }
    var sides = TextSides()
    for (place, record) in walker.records.all.enumerated() {
      var shown: TextSides.Shown = []
      if base[place] { shown.insert(.base) }
      if a[place] { shown.insert(.a) }
      if b[place] { shown.insert(.b) }
      let first = record.first.isBase ? record.first - .base : record.first
      let own = (record.first.isBase ? text : letters)[first..<first + record.count]
      let edits = editors[record.first] ?? []
      sides.append(
        TextSides.Stretch(
          shown: shown, letters: Array(own),
          changesOfA: changes(of: edits.filter(isInA)), changesOfB: changes(of: edits.filter(isInB))))
    }
    return sides
  }

  /// The edit behind the last critical version that a condition holds for and whose length is known, and the text there.
  private func textBefore(_ isBelow: (Int) -> Bool) -> (start: Int, text: [Unicode.Scalar]) {
    let known = graph.cuts.prefix(graph.cuts.partitioningIndex { !isBelow($0) })
    guard let cut = known.last(where: { length(at: $0) != nil }) else { return (0, []) }
    var buffer = TextBuffer()
    buffer.apply(edits(through: cut))
    return (cut + 1, Array(buffer.text.string.unicodeScalars))
  }

  private func changes(of edits: [Int]) -> [ChangeRef] { Set(edits.map { changes[$0] }).sorted() }
}

extension TextWalker {
  /// Of each record, whether a version shows it.
  fileprivate mutating func shown(at version: [Int], in graph: BodyGraph) -> [Bool] {
    prepare(version[...], in: graph)
    return records.all.map(\.isPrepared)
  }

  /// Of each record, by its first character, the edits among some that inserted or deleted it.
  fileprivate func editors(where isWanted: (Int) -> Bool) -> [CharacterID: [Int]] {
    var editors: [CharacterID: [Int]] = [:]
    func note(_ run: CharacterRun, _ edit: Int) {
      var first = run.first
      while first < run.first + run.count {
        editors[first, default: []].append(edit)
        first += records[records.place(of: first)].count
      }
    }
    for (index, span) in spans.enumerated() where isWanted(zoneStart + index) {
      note(CharacterRun(first: span.inserted.lowerBound, count: span.inserted.count), zoneStart + index)
      for target in targets[span.deleted] { note(target, zoneStart + index) }
    }
    return editors
  }
}
