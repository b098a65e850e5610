import Bytes
import History
import Merge
import PropertyTesting
import Record
import Replica
import Testing
import TextDiff

@Suite struct `Versions` {
  @Test func `a comparison names what came, went, moved and changed, with the words marked`() throws {
    var desk = try Desk()
    let kept = try desk.entry(path: "kept.md", body: "the hour is four\n")
    let gone = try desk.entry(path: "gone.md")
    let moved = try desk.entry(path: "old.md")
    let old = desk.version()
    try desk.change(
      0,
      [
        .edit(kept, [TextEdit(position: 12, deleted: 4, inserted: "five")]),
        .set(kept, RegisterKey(.value, "due"), [RegisterValue("2021-11-10")]), .delete(gone),
        .set(moved, .path, [RegisterValue("new.md")]),
      ])
    let new = try desk.entry(path: "added.md")
    let comparison = try desk.world.compare(0, old, desk.version())
    #expect(comparison.entries.map(\.path) == ["added.md", "gone.md", "kept.md", "new.md"])
    #expect(comparison.entries.map(\.id) == [new, gone, kept, moved])
    #expect(comparison.entries.map(\.kind) == [.added, .deleted, .changed, .renamed])
    let entry = comparison.entries[2]
    #expect(entry.fields.map(\.name) == ["due"])
    #expect(entry.fields.map(\.before) == [nil])
    #expect(entry.body.filter { $0.kind == .deleted }.map(\.text) == ["four"])
    #expect(entry.body.filter { $0.kind == .inserted }.map(\.text) == ["five"])
    #expect(try desk.world.compare(0, old, old).entries.isEmpty)
  }

  @Test func `a comparison unpacks each run once for what differs and once for each past version`() throws {
    var desk = try Desk()
    var notes: [EntryID] = []
    try desk.world.record(0, on: [nil]) { draft, _ in
      for _ in 0..<40 { notes.append(draft.create(kind: "note")) }
    }
    let old = desk.version()
    for note in notes {
      try desk.change(0, [.edit(note, [TextEdit(position: 0, deleted: 0, inserted: "a")])])
    }
    let middle = desk.version()
    for note in notes { try desk.change(0, [.keep(note)]) }
    let storage = CountingStorage(desk.world.laptops[0].storage)
    var replica = try Replica(storage, Cheap.cryptography)
    #expect(try replica.compare(old, middle) { _ in DisplayContext() }.entries.count == 40)
    // 40 runs differ; the old version is one run, and the middle one that, still at hand, and 40.
    #expect(storage.runs == 40 + 1 + 40)
  }

  @Test func `a comparison shows disputed values as the book around them has it`() throws {
    var desk = try Desk()
    let statement = try desk.entry("statement")
    let old = desk.version()
    let attribution = RegisterKey(.value, "attribute_as")
    try desk.change(0, [.set(statement, attribution, [RegisterValue("an official")])])
    // Two changes: last by the history's order.
    try desk.change(1, [.keep(statement)])
    try desk.change(1, [.set(statement, attribution, [RegisterValue("Anne Martin")])])
    try desk.meet()
    let replica = desk.world.laptops[0].replica
    func shown(_ names: [String]) throws -> [ExactText]? {
      var replica = replica
      let comparison = try replica.compare(old, replica.version) { _ in DisplayContext(speakerNames: names) }
      return comparison.entries.first?.fields.first?.after?.plain
    }
    #expect(try shown([]) == ["Anne Martin"])
    #expect(try shown(["Anne Martin"]) == ["an official"])
  }

  @Test func `a version that is not here is refused`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    try desk.change(0, [.keep(entry)])
    let unknown = desk.version(0)
    #expect(throws: ReplicaError.noSuchVersion) { try desk.world.replicaEntry(1, entry, at: unknown) }
    #expect(throws: ReplicaError.noSuchVersion) { try desk.world.compare(1, unknown, desk.version(1)) }
    #expect(try desk.world.replicaEntry(1, entry, at: .empty) == nil)
  }

  @Test func `the log lists a version's past, newest first, and no more than asked`() throws {
    try forAll(200) { random in
      var world = try Convergence.week(using: &random)
      let version = try world.someVersion(0, using: &random)
      let graph = try world.graph(0)
      let log = try world.log(0, of: version, limit: 1000)
      let past = graph.all(below: try graph.indices(of: version))
      try #require(Set(log.map(\.index)) == Set(past))
      for (row, next) in zip(log, log.dropFirst()) {
        try #require(graph.stamp(at: row.index, operation: 0) > graph.stamp(at: next.index, operation: 0))
      }
      try #require(try world.log(0, of: version, limit: 2) == Array(log.prefix(2)))
      for row in log { try #require(world.changes[row.ref]?.id == row.id) }
    }
  }
}
