extension TextHistory {
  /// Walks all edits zone by zone and traps where the walker's state does not hold together; for tests.
  ///
  /// Cost: all records at each step.
  package func checkInvariants() {
    precondition(zip(graph.cuts, graph.cuts.dropFirst()).allSatisfy { $0 < $1 }, "critical versions ascend")
    for cut in graph.cuts {
      precondition((cut + 1..<count).allSatisfy { (graph.parents(of: $0).first ?? -1) >= cut }, "an edit beside a cut")
    }
    var walker = TextWalker()
    walker.begin(0..<count, base: 0)
    var output = EditCollector()
    var buffer = TextBuffer()
    for edit in 0..<count {
      walker.prepare(graph.parents(of: edit), in: graph)
      walker.checkInvariants()
      walker.apply(edit, of: self, into: &output)
      walker.checkInvariants()
      if let length = length(at: edit) { precondition(length == walker.records.totals.prepared, "length at an edit") }
    }
    buffer.apply(output.edits)
    precondition(buffer.scalarCount == walker.length, "length of the text")
    precondition(buffer.text == text(), "one zone gives another text than many")
  }
}

extension TextWalker {
  func checkInvariants() {
    records.checkInvariants()
    for span in spans {
      precondition(span.inserted.upperBound <= records.insertedCount, "characters that nobody inserted")
      for target in targets[span.deleted] {
        precondition(records[records.place(of: target.first)].first == target.first, "a deletion within a record")
      }
    }
    precondition(zip(authors, authors.dropFirst()).allSatisfy { $0.first < $1.first }, "authors ascend")
  }
}

extension RecordList {
  func checkInvariants() {
    var sum = CharacterCounts()
    for (rank, group) in order.enumerated() {
      precondition(groups[group].rank == rank, "rank of a group")
      precondition(groups[group].leaves.count <= Self.groupSize, "a group is too large")
      var groupSum = CharacterCounts()
      for (rank, leaf) in groups[group].leaves.enumerated() {
        precondition(leaves[leaf].group == group && leaves[leaf].rank == rank, "rank of a leaf")
        precondition(leaves[leaf].count <= Self.leafSize, "a leaf is too large")
        check(leaf)
        groupSum += leaves[leaf].counts
      }
      precondition(groupSum == groups[group].counts, "counts of a group")
      sum += groupSum
    }
    precondition(sum == totals, "counts of all")
  }

  private func check(_ leaf: Int) {
    var sum = CharacterCounts()
    for slot in 0..<leaves[leaf].count {
      let record = self[Place(leaf: leaf, slot: slot)]
      precondition(record.count > 0, "an empty record")
      precondition(record.prepared >= 0, "a character less than not inserted")
      precondition(record.isDead || record.prepared < 2, "deleted in one version and never in the other")
      for character in [record.first, record.first + record.count - 1] {
        let place = place(of: character)
        precondition(place == Place(leaf: leaf, slot: slot), "a character leads to another record")
      }
      sum += CharacterCounts(record)
    }
    precondition(sum == leaves[leaf].counts, "counts of a leaf")
  }
}
