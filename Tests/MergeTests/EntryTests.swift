import Bytes
import History
import Merge
import NaiveMerge
import PropertyTesting
import Testing

@Suite struct `Entries` {
  @Test func `registers, sets, life and body agree with the slow twin, in every order of arrival`() throws {
    let count = 8000
    try forAll(count) { random in
      let history = try RandomEntry(
        changes: Int.random(in: 2...20, using: &random), devices: Int.random(in: 2...5, using: &random), using: &random)
      var states: [EntryState] = []
      for changes in [history.changes, history.changes.reordered(using: &random)] {
        var merge = EntryMerge()
        for change in changes {
          merge.arrive(change)
          if random.oneIn(3) { merge.mergeBody() }
        }
        merge.mergeBody()
        states.append(try #require(merge.state))
      }
      try #require(states[0] == states[1])
      try compare(states[0], with: history)
      var writer = ByteWriter()
      states[0].encode(into: &writer)
      var reader = ByteReader(writer.bytes)
      try #require(try EntryState(from: &reader) == states[0])
      try reader.finish()
    }
    print("\(count) graphs: entries")
  }

  private func compare(_ state: EntryState, with history: RandomEntry) throws {
    let naive = NaiveMerge(history.changes)
    for key in RandomEntry.keys {
      let members = state.register(key)?.members ?? []
      let expected = naive.values(key, of: history.entry)
      try #require(members.map(\.stamp) == expected.map(\.stamp))
      try #require(members.map { Int($0.place) } == expected.map(\.place))
      try #require(members.map(\.value) == expected.map(\.value))
    }
    for field in RandomEntry.fields {
      let elements = state.set(field)?.elements ?? []
      let expected = naive.elements(field, of: history.entry)
      try #require(elements.map(\.element) == expected.map(\.element))
      try #require(elements.map(\.order) == expected.map(\.order))
      try #require(elements.map(\.stamp) == expected.map(\.stamp))
    }
    try #require(state.life == naive.expectedLife(of: history.entry))
    try #require(state.body == ExactText(NaiveMerge.text(of: history.changes)))
  }

  @Test func `two devices that delete, edit and meet agree with the definition, in all ways up to six steps`() throws {
    var builder = HistoryBuilder()
    let entry = EntryID(creation: OperationRef(change: builder.nextRef(of: DeviceID(number: 0)), index: 0))
    try builder.add(by: DeviceID(number: 0), on: [], [.create(kind: "note")])
    var merge = EntryMerge()
    merge.arrive(builder.changes[0])
    var count = 0
    /// Each step: one of the devices, who first hears of the other or not, deletes or does something else.
    func explore(_ builder: HistoryBuilder, _ merge: EntryMerge, _ versions: [[Int]], steps: Int) throws {
      count += 1
      try #require(merge.state?.life == NaiveMerge(builder.changes).expectedLife(of: entry))
      guard steps > 0 else { return }
      let touch: Operation = steps % 2 == 0 ? .keep(entry) : .set(entry, .path, [RegisterValue("a.md")])
      for step in 0..<8 {
        let device = step & 1
        var (builder, merge, versions) = (builder, merge, versions)
        if step & 2 != 0 { versions[device] = versions[0] + versions[1] }
        let number = try builder.add(
          by: DeviceID(number: UInt64(device)), on: versions[device], [step & 4 != 0 ? .delete(entry) : touch])
        versions[device] = [number]
        merge.arrive(builder.changes[number])
        try explore(builder, merge, versions, steps: steps - 1)
      }
    }
    try explore(builder, merge, [[0], [0]], steps: 6)
    print("\(count) histories of two devices: life")
  }

  @Test func `an edit by somebody who did not know keeps a deleted entry, and a look at both settles it`() throws {
    let (anne, jan) = (DeviceID(number: 1), DeviceID(number: 2))
    var builder = HistoryBuilder()
    let entry = EntryID(creation: OperationRef(change: builder.nextRef(of: anne), index: 0))
    let creation = try builder.add(by: anne, on: [], [.create(kind: "note")])
    let deletion = try builder.add(by: anne, on: [creation], [.delete(entry)])
    let edit = try builder.add(by: jan, on: [creation], [.set(entry, .path, [RegisterValue("b.md")])])
    var merge = EntryMerge()
    for number in [creation, deletion] { merge.arrive(builder.changes[number]) }
    #expect(merge.state?.life == .deleted)
    merge.arrive(builder.changes[edit])
    guard case .disputed(let deletions, let edits) = merge.state?.life else {
      Issue.record("the entry is not disputed")
      return
    }
    #expect(deletions.map(\.change) == [builder.changes[deletion].ref])
    #expect(edits.map(\.change) == [builder.changes[edit].ref])
    var kept = merge
    var after = builder
    let keep = try after.add(by: jan, on: [deletion, edit], [.keep(entry)])
    kept.arrive(after.changes[keep])
    #expect(kept.state?.life == .alive)
    let again = try builder.add(by: jan, on: [deletion, edit], [.delete(entry)])
    merge.arrive(builder.changes[again])
    #expect(merge.state?.life == .deleted)
  }

  @Test func `settling a field in a deleted entry deletes it again in the same change`() throws {
    let device = DeviceID(number: 1)
    var builder = HistoryBuilder()
    let entry = EntryID(creation: OperationRef(change: builder.nextRef(of: device), index: 0))
    try builder.add(by: device, on: [], [.create(kind: "note"), .delete(entry)])
    try builder.add(by: device, on: [0], [.set(entry, .path, [RegisterValue("b.md")]), .delete(entry)])
    var merge = EntryMerge()
    for change in builder.changes { merge.arrive(change) }
    #expect(merge.state?.life == .deleted)
    #expect(merge.state?.register(.path)?.openValues.map(\.value) == [RegisterValue("b.md")])
  }

  @Test func `an operation by somebody who has not seen the entry created changes nothing`() throws {
    var builder = HistoryBuilder()
    let entry = EntryID(creation: OperationRef(change: builder.nextRef(of: DeviceID(number: 1)), index: 0))
    try builder.add(by: DeviceID(number: 1), on: [], [.create(kind: "note")])
    try builder.add(
      by: DeviceID(number: 2), on: [],
      [.delete(entry), .edit(entry, [TextEdit(position: 0, deleted: 0, inserted: "x")])])
    var merge = EntryMerge()
    for change in builder.changes { merge.arrive(change) }
    #expect(merge.state?.life == .alive)
    #expect(merge.state?.body == "")
  }

  @Test func `values that differ only in spelling are no conflict, absence beside a value is one`() {
    var register = Register()
    let (a, b) = (DeviceID(number: 1), DeviceID(number: 2))
    func stamp(_ device: DeviceID, _ lamport: UInt64) -> Stamp {
      Stamp(lamport: lamport, operation: OperationRef(change: ChangeRef(device: device, seq: lamport), index: 0))
    }
    register.set([RegisterValue("18:30")], at: stamp(a, 1)) { _ in false }
    register.set([RegisterValue(content: .init(source: "'18:30'", plain: "18:30"))], at: stamp(b, 2)) { _ in false }
    #expect(register.members.count == 2)
    #expect(register.openValues.map(\.stamp) == [stamp(b, 2)])
    register.set([.absent], at: stamp(a, 3)) { $0.device == a }
    #expect(register.openValues.map(\.value.content?.plain) == [nil, "18:30"])
  }

  @Test func `bytes of a state that were changed or cut are refused or read as a state, never a trap`() throws {
    let count = 300
    try forAll(count) { random in
      let history = try RandomEntry(changes: 8, devices: 3, using: &random)
      var merge = EntryMerge()
      for change in history.changes { merge.arrive(change) }
      merge.mergeBody()
      var writer = ByteWriter()
      try #require(merge.state).encode(into: &writer)
      for cut in 0..<writer.count {
        var reader = ByteReader(Array(writer.bytes[..<cut]))
        #expect(throws: DecodingError.self) { try EntryState(from: &reader) }
        var changed = writer.bytes
        changed[cut] = UInt8(truncatingIfNeeded: random.next())
        var other = ByteReader(changed)
        if let state = try? EntryState(from: &other) {
          var again = ByteWriter()
          state.encode(into: &again)
          var reader = ByteReader(again.bytes)
          try #require(try EntryState(from: &reader) == state)
        }
      }
    }
  }
}

extension NaiveMerge {
  /// The definition, in the merge's words.
  fileprivate func expectedLife(of entry: EntryID) -> Life {
    let (deletions, edits) = dispute(entry)
    if isDeleted(entry) { return .deleted }
    return deletions.isEmpty ? .alive : .disputed(deletions: deletions, edits: edits)
  }
}
