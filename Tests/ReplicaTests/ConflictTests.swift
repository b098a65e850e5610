import Bytes
import History
import Merge
import Replica
import Testing

@Suite struct `Conflicts` {
  private static let terms = RegisterKey(.value, "terms")

  @Test func `of two terms the strictest is shown, and both are listed with who set them, last first`() throws {
    var desk = try Desk()
    let entry = try desk.entry("statement")
    try desk.change(0, [.set(entry, Self.terms, [RegisterValue("off the record")])])
    try desk.change(1, [.set(entry, Self.terms, [RegisterValue("on the record")])])
    try desk.meet()
    for person in 0...1 {
      let conflicts = try desk.conflicts(entry, at: person)
      #expect(conflicts.map(\.subject) == [.field("terms")])
      for (person, value) in [(0, "off the record"), (1, "on the record")] as [(Int, ExactText)] {
        #expect(conflicts[0].sides.contains { $0.value == .plain(value) && $0.change.device == desk.device(person) })
      }
      #expect(conflicts[0].sides.map(\.event) == conflicts[0].sides.map(\.event).sorted(by: >))
      let shown = EntryView(try desk.state(entry, at: person))[field: "terms"]?.value
      #expect(shown == .single(RegisterValue.Content(source: "off the record", plain: "off the record")))
    }
    #expect(desk.world.laptops[1].storage.entriesInConflict() == [entry])
  }

  @Test func `absence does not beat terms, and beats an approval`() throws {
    var desk = try Desk()
    let statement = try desk.entry("statement", path: "s.md")
    let note = try desk.entry("note", path: "n.md")
    let approval = RegisterKey(.value, "cleared_by")
    try desk.change(
      0, [.set(statement, Self.terms, [RegisterValue("background")]), .set(note, approval, [RegisterValue("Anne")])])
    try desk.meet()
    try desk.change(0, [.set(statement, Self.terms, [.absent]), .set(note, approval, [.absent])])
    try desk.change(
      1,
      [.set(statement, Self.terms, [RegisterValue("on the record")]), .set(note, approval, [RegisterValue("Ben")])])
    try desk.meet()
    let shown = EntryView(try desk.state(statement))[field: "terms"]?.value
    #expect(shown == .single(RegisterValue.Content(source: "on the record", plain: "on the record")))
    #expect(EntryView(try desk.state(note))[field: "cleared_by"] == nil)
    for (entry, value) in [(statement, "on the record"), (note, "Ben")] as [(EntryID, ExactText)] {
      let sides = try #require(try desk.conflicts(entry).values.first)
      #expect(sides.count == 2 && sides.contains(.absent) && sides.contains(.plain(value)))
    }
  }

  @Test func `an entry deleted here and edited there stays, is listed, and is settled by keeping or deleting`() throws {
    for settlement in ["keep", "delete", "edit"] {
      var desk = try Desk()
      let entry = try desk.entry(body: "one\n")
      try desk.change(0, [.delete(entry)])
      try desk.change(1, [.edit(entry, [TextEdit(position: 4, deleted: 0, inserted: "two\n")])])
      #expect(!(try desk.state(entry, at: 0).isAlive))
      try desk.meet()
      let conflicts = try desk.conflicts(entry)
      #expect(conflicts.map(\.subject) == [.deletion])
      #expect(conflicts.values == [[.deleted, .edited]])
      #expect(conflicts[0].sides.map(\.change.device) == [desk.device(0), desk.device(1)])
      #expect(try desk.state(entry).isAlive)
      #expect(try desk.state(entry).body == "one\ntwo\n")
      let operation: History.Operation =
        switch settlement {
        case "keep": .keep(entry)
        case "delete": .delete(entry)
        default: .edit(entry, [TextEdit(position: 0, deleted: 0, inserted: "0\n")])
        }
      try desk.change(1, [operation])
      try desk.meet()
      #expect(try desk.conflicts(entry).isEmpty)
      #expect(try desk.state(entry).isAlive == (settlement != "delete"))
    }
  }

  @Test func `a deleted entry keeps its other conflicts, which settle without bringing it back`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    let title = RegisterKey(.value, "title")
    try desk.change(0, [.set(entry, title, [RegisterValue("a")])])
    try desk.change(1, [.set(entry, title, [RegisterValue("b")])])
    try desk.meet()
    try desk.change(0, [.delete(entry)])
    #expect(try desk.conflicts(entry).map(\.subject) == [.field("title")])
    try desk.change(0, [.set(entry, title, [RegisterValue("a")]), .delete(entry)])
    try desk.meet()
    #expect(try desk.conflicts(entry, at: 1).isEmpty)
    #expect(!(try desk.state(entry, at: 1).isAlive))
  }

  @Test func `two renames are a conflict, the last by the history's order is shown, one more settles it`() throws {
    var desk = try Desk()
    let entry = try desk.entry(path: "a.md")
    try desk.change(0, [.set(entry, .path, [RegisterValue("b.md")])])
    // Two changes: later by the history's order.
    try desk.change(1, [.keep(entry)])
    try desk.change(1, [.set(entry, .path, [RegisterValue("c.md")])])
    try desk.meet()
    #expect(try desk.conflicts(entry).map(\.subject) == [.path])
    #expect(try desk.conflicts(entry).values == [[.plain("c.md"), .plain("b.md")]])
    #expect(EntryView(try desk.state(entry)).path == "c.md")
    try desk.change(0, [.set(entry, .path, [RegisterValue("d.md")])])
    try desk.meet()
    #expect(try desk.conflicts(entry).isEmpty)
    #expect(EntryView(try desk.state(entry, at: 1)).path == "d.md")
  }

  @Test func `renamed to the same name twice is no conflict`() throws {
    var desk = try Desk()
    let entry = try desk.entry(path: "a.md")
    for person in 0...1 { try desk.change(person, [.set(entry, .path, [RegisterValue("b.md")])]) }
    try desk.meet()
    #expect(try desk.conflicts(entry).isEmpty)
  }

  @Test func `a list beside a single value is a conflict; a value left for a list is none`() throws {
    var desk = try Desk()
    let entry = try desk.entry("engagement")
    let topics = RegisterKey(.value, "topics")
    let order = try #require(OrderKey("V"))
    try desk.change(0, [.set(entry, topics, [RegisterValue("libya")])])
    try desk.meet()
    try desk.change(0, [.set(entry, topics, [RegisterValue("space")])])
    try desk.change(
      1, [.set(entry, topics, [.absent]), .add(entry, field: "topics", SetElement("libya"), at: order)])
    #expect(try desk.conflicts(entry, at: 1).isEmpty)
    try desk.meet()
    #expect(try desk.conflicts(entry).values == [[.plain("space"), .elements([SetElement("libya")])]])
    try desk.change(
      0, [.remove(entry, field: "topics", SetElement("libya")), .set(entry, topics, [RegisterValue("space")])])
    try desk.meet()
    #expect(try desk.conflicts(entry, at: 1).isEmpty)
    let shown = EntryView(try desk.state(entry, at: 1))[field: "topics"]?.value
    #expect(shown == .single(RegisterValue.Content(source: "space", plain: "space")))
  }

  @Test func `layout that two people changed is nobody's business`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    for (person, text) in [(0, "# a"), (1, "# b")] as [(Int, ExactText)] {
      try desk.change(
        person,
        [
          .set(entry, RegisterKey(.above, "title"), [RegisterValue(text)]),
          .set(entry, RegisterKey(.source, "topics"), [RegisterValue(text)]),
          .set(entry, RegisterKey(.attribute, "fence"), [RegisterValue(text)]),
        ])
    }
    try desk.meet()
    #expect(try desk.conflicts(entry).isEmpty)
    #expect(EntryView(try desk.state(entry)) == EntryView(try desk.state(entry, at: 1)))
  }

  @Test func `respelling a value settles nothing, and leaves each side to its author`() throws {
    var desk = try Desk(3)
    let entry = try desk.entry()
    let title = RegisterKey(.value, "title")
    try desk.change(0, [.set(entry, title, [RegisterValue("a")])])
    try desk.change(1, [.set(entry, title, [RegisterValue("b")])])
    try desk.meet()
    let open = try #require(try desk.state(entry, at: 2).register(title)).openValues
    let before = try desk.conflicts(entry)
    var again = open.map { RegisterValue(content: $0.value.content, from: $0.value.from ?? $0.stamp.operation) }
    let plain = try #require(again[0].content?.plain)
    again[0] = RegisterValue(
      content: RegisterValue.Content(source: ExactText("\"\(plain.string)\""), plain: plain), from: again[0].from)
    try desk.change(2, [.set(entry, title, again)])
    try desk.meet()
    let after = try desk.conflicts(entry)
    #expect(after.map(\.subject) == before.map(\.subject))
    #expect(after[0].sides.map(\.change) == before[0].sides.map(\.change))
    #expect(after[0].sides.map(\.event) == before[0].sides.map(\.event))
    #expect(EntryView(try desk.state(entry))[field: "title"]?.value == .single(try #require(again[0].content)))
    try desk.change(2, [.set(entry, title, [RegisterValue("a")])])
    try desk.meet()
    #expect(try desk.conflicts(entry).isEmpty)
  }

  @Test func `a version with a conflict can be brought back with both sides and their authors`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    let title = RegisterKey(.value, "title")
    try desk.change(0, [.set(entry, title, [RegisterValue("a")])])
    try desk.change(1, [.set(entry, title, [RegisterValue("b")])])
    try desk.meet()
    let disputed = desk.version()
    let before = try desk.conflicts(entry)
    try desk.change(0, [.set(entry, title, [RegisterValue("c")])])
    try desk.meet()
    #expect(try desk.conflicts(entry).isEmpty)
    let past = try #require(try desk.world.replicaEntry(1, entry, at: disputed))
    #expect(EntryConflict.all(in: past) == before)
    let values = try #require(past.register(title)).openValues.map {
      RegisterValue(content: $0.value.content, from: $0.value.from ?? $0.stamp.operation)
    }
    try desk.change(1, [.set(entry, title, values)])
    try desk.meet()
    #expect(try desk.conflicts(entry) == before)
  }

  @Test func `in one change the later operation counts`() throws {
    var desk = try Desk()
    let entry = try desk.entry()
    let title = RegisterKey(.value, "title")
    try desk.change(
      0,
      [
        .set(entry, title, [RegisterValue("a")]), .set(entry, title, [RegisterValue("b")]), .delete(entry),
        .keep(entry),
      ])
    try desk.meet()
    #expect(try desk.state(entry, at: 1).life == .alive)
    #expect(EntryView(try desk.state(entry, at: 1))[field: "title"]?.value.plain == ["b"])
    #expect(try desk.conflicts(entry, at: 1).isEmpty)
  }
}
