import BookFolder
import Bytes
import History
import Merge
import Replica
import ReplicaStore

// What two people did alike at the same time is there once. The text engine keeps both copies, as its published results
// have it; whoever merges writes a change that takes one out. That change follows from the merged heads alone, so that
// laptops that make it at the same time take out the same letters, and deleting twice is deleting once.

extension LocalBook {
  /// Takes out what is there twice since some changes arrived; says whether anything was.
  func settleTwins(since before: Version, _ arrived: [ChangeIndex]) throws(BookError) -> Bool {
    guard !arrived.isEmpty else { return false }
    return try transaction { workbench throws(BookError) in
      guard workbench.replica.tip.own != nil else { return false }
      let operations = try workbench.twinEntries(arrived) + workbench.twinTexts(since: before, arrived)
      guard !operations.isEmpty else { return false }
      try workbench.record(twins: operations, time: environment.seconds)
      return true
    }
  }
}

extension Workbench {
  /// Of files that were begun at the same time, with one name and the same bytes, all but the first in history's order.
  fileprivate mutating func twinEntries(_ arrived: [ChangeIndex]) throws(BookError) -> [Operation] {
    var created: Set<EntryID> = []
    for index in arrived {
      let change = try replicated { replica throws(ReplicaError) in try replica.change(at: index) }
      for (place, operation) in change.operations.enumerated() {
        if case .create = operation, let id = operation.entry(at: place, of: change.ref) { created.insert(id) }
      }
    }
    guard !created.isEmpty else { return [] }
    var byPath: [ExactText: [EntryID]] = [:]
    for placed in try stored({ storage throws(StorageError) in try storage.placedEntries() }) {
      byPath[placed.path, default: []].append(placed.id)
    }
    var operations: [Operation] = []
    for path in byPath.keys.sorted() {
      guard let group = byPath[path], group.count > 1, group.contains(where: created.contains) else { continue }
      guard let first = try entry(group[0]) else { continue }
      let bytes = try rendered(first)
      for id in group.dropFirst() {
        guard let state = try entry(id), try rendered(state) == bytes, try isConcurrent(id, group[0]) else { continue }
        operations.append(.delete(id))
      }
    }
    return operations
  }

  /// Whether neither of two entries was begun with the other in sight.
  private mutating func isConcurrent(_ one: EntryID, _ other: EntryID) throws(BookError) -> Bool {
    let graph = try replicated { replica throws(ReplicaError) in try replica.graph() }
    guard let a = graph.index(of: one.creation.change), let b = graph.index(of: other.creation.change) else {
      return false
    }
    return a != b && !graph.contains(a, below: [b]) && !graph.contains(b, below: [a])
  }

  /// The second copy in each passage that both sides made the same of.
  fileprivate mutating func twinTexts(
    since before: Version, _ arrived: [ChangeIndex]
  ) throws(BookError) -> [Operation] {
    let newest = replica.version
    let files: [(entry: EntryState, passages: [Passage])] = try replicated { replica throws(ReplicaError) in
      let graph = try replica.graph()
      let came = graph.version(of: graph.reduced(arrived))
      let own = replica.tip.own.map { [$0.index] } ?? []
      let (a, b) = (graph.reduced(try replica.indices(of: before) + own), try replica.indices(of: came))
      // Of anything else the places would be other ones.
      guard graph.version(of: graph.reduced(a + b)) == newest else { return [] }
      return try replica.passages(graph.version(of: a), came)
    }
    var operations: [Operation] = []
    for (state, passages) in files {
      // From the end, so that no deletion moves the place of another.
      for passage in passages.reversed() where passage.a.text == passage.b.text {
        guard let twin = Twin(in: passage.merged.string, of: passage.a.text.string) else { continue }
        operations.append(
          .edit(
            state.id,
            twin.stretches.reversed().map {
              TextEdit(position: passage.place.lowerBound + $0.lowerBound, deleted: $0.count, inserted: "")
            }))
      }
    }
    return operations
  }

  fileprivate mutating func record(twins operations: [Operation], time: Int64) throws(BookError) {
    var draft = try draft()
    let before = replica.version
    for operation in operations {
      draft.append(operation)
      guard let id = operation.entry, let state = try entry(id) else { continue }
      try stored { storage throws(StorageError) in
        try storage.keepShown(id, ShownEntry(version: before, state: state))
      }
    }
    var recording = Recording()
    let finished = draft
    try replicated { replica throws(ReplicaError) in
      _ = try replica.record(finished, time: time, origin: .rule(Self.twinRule), into: &recording)
    }
    try seal(recording)
  }

  /// The number of the rule (Protocol/rules.md).
  private static var twinRule: UInt64 { 1 }
}

/// The second copy of what both sides made of a passage: what has to go so that it reads as either side does.
struct Twin {
  /// In scalars of the merged passage, from left to right.
  private(set) var stretches: [Range<Int>] = []

  /// Nil where the merged text is no longer than one side's, or where taking letters out does not give that.
  init?(in merged: String, of side: String) {
    let (merged, wanted) = (Array(merged.unicodeScalars), Array(side.unicodeScalars))
    let surplus = merged.count - wanted.count
    guard surplus > 0 else { return nil }
    let start = zip(merged, wanted).prefix { $0 == $1 }.count
    if merged[(start + surplus)...].elementsEqual(wanted[start...]) {
      stretches = [start..<(start + surplus)]
      return
    }
    var kept = 0
    for (place, letter) in merged.enumerated() {
      if kept < wanted.count, letter == wanted[kept] {
        kept += 1
      } else if let last = stretches.last, last.upperBound == place {
        stretches[stretches.count - 1] = last.lowerBound..<(place + 1)
      } else {
        stretches.append(place..<(place + 1))
      }
    }
    guard kept == wanted.count else { return nil }
  }
}

extension FoundPassage {
  /// Whether both sides made the same of it, and it is there once.
  var isTwin: Bool {
    guard let side = sides.first, sides.allSatisfy({ $0.text == side.text }) else { return false }
    return merged == side.text || Twin(in: merged, of: side.text) != nil
  }
}
