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
    sides(isInA, isInB, withLetters: true)
  }

  /// The same of edits of which some or all came as shapes: the stretches are without letters, and tell where passages
  /// are.
  package func shapeOfSides(isInA: (Int) -> Bool, isInB: (Int) -> Bool) -> TextSides {
    sides(isInA, isInB, withLetters: false)
  }

  private func sides(_ isInA: (Int) -> Bool, _ isInB: (Int) -> Bool, withLetters: Bool) -> TextSides {
    let cut = lastCut { isInA($0) && isInB($0) }
    let text = cut.map { withLetters ? self.text(at: $0) : [] } ?? []
    var walker = TextWalker()
    let zone = (cut.map { $0 + 1 } ?? 0)..<count
    walker.begin(zone, base: cut.flatMap(length) ?? 0)
    var letters: [Unicode.Scalar] = []
    var silent = EditCollector()
    silent.isSilent = true
    for edit in graph.walkOrder(of: zone, known: 0) {
      walker.prepare(graph.parents(of: edit), in: graph)
      walker.apply(edit, of: self, into: &silent)
      guard withLetters else { continue }
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
      let own = withLetters ? (record.first.isBase ? text : letters)[first..<first + record.count] : []
      let edits = editors[record.first] ?? []
      sides.append(
        TextSides.Stretch(
          shown: shown, count: Int(record.count), letters: Array(own),
          changesOfA: changes(of: edits.filter(isInA)), changesOfB: changes(of: edits.filter(isInB))))
    }
    return sides
  }

  /// The last critical version that a condition holds for and whose length is known.
  private func lastCut(_ isBelow: (Int) -> Bool) -> Int? {
    let known = graph.cuts.prefix(graph.cuts.partitioningIndex { !isBelow($0) })
    return known.last { length(at: $0) != nil }
  }

  private func text(at cut: Int) -> [Unicode.Scalar] {
    var buffer = TextBuffer()
    buffer.apply(edits(through: cut))
    return Array(buffer.text.string.unicodeScalars)
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
