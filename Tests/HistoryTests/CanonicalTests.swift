import Bytes
import History
import PropertyTesting
import Testing

@Suite struct `Canonical bytes` {
  private func body(of change: ChangeRef, using random: inout SeededRandom) -> [Operation] {
    var operations: [Operation] = []
    var entries: [EntryID] = []
    for index in 0...random.below(8) {
      let operation = random.operation(of: change, entries: entries)
      if case .create = operation, let entry = operation.entry(at: index, of: change) { entries.append(entry) }
      operations.append(operation)
    }
    return operations
  }

  @Test func `operations come back from their bytes, and give the same bytes again`() throws {
    try forAll(3000) { random in
      let change = ChangeRef(device: random.device(), seq: UInt64(300 + random.below(300)))
      let operations = body(of: change, using: &random)
      let bytes = CanonicalBody.encode(operations, of: change)
      let decoded = try CanonicalBody.decode(bytes, of: change)
      try #require(decoded == operations)
      try #require(CanonicalBody.encode(decoded, of: change) == bytes)
    }
  }

  @Test func `bytes that were changed or cut are refused, or are the one spelling of something else`() throws {
    try forAll(400) { random in
      let change = ChangeRef(device: random.device(), seq: UInt64(300 + random.below(300)))
      let bytes = CanonicalBody.encode(body(of: change, using: &random), of: change)
      for place in bytes.indices {
        var changed = bytes
        if random.oneIn(4) {
          changed.remove(at: place)
        } else {
          changed[place] = random.oneIn(2) ? UInt8(random.below(4)) : UInt8(truncatingIfNeeded: random.next())
        }
        guard let operations = try? CanonicalBody.decode(changed, of: change) else { continue }
        try #require(CanonicalBody.encode(operations, of: change) == changed)
      }
    }
  }

  @Test func `an operation that is not the edit of anything, and a set of no values, are refused`() throws {
    let change = ChangeRef(device: DeviceID(number: 1), seq: 1)
    let entry = EntryID(creation: OperationRef(change: ChangeRef(device: DeviceID(number: 2), seq: 0), index: 0))
    let wrong: [Operation] = [
      .edit(entry, []), .edit(entry, [TextEdit(position: 3, deleted: 0, inserted: "")]), .set(entry, .path, []),
    ]
    for operation in wrong {
      let bytes = CanonicalBody.encode([operation], of: change)
      #expect(throws: DecodingError.self) { try CanonicalBody.decode(bytes, of: change) }
    }
  }

  @Test func `a change's id depends on everything that it says`() throws {
    func fields() -> ChangeHeader.Fields {
      ChangeHeader.Fields(
        book: .zero, ref: ChangeRef(device: DeviceID(number: 1), seq: 1), previous: ChangeID(standInHash([1])),
        parents: [ChangeID(standInHash([2]))], time: 1_790_000_000)
    }
    var variants = [fields()]
    func vary(_ change: (inout ChangeHeader.Fields) -> Void) {
      var other = fields()
      change(&other)
      variants.append(other)
    }
    vary { $0.book = BookID(standInHash([3])) }
    vary { $0.ref = ChangeRef(device: DeviceID(number: 2), seq: 1) }
    vary { $0.ref = ChangeRef(device: DeviceID(number: 1), seq: 2) }
    vary { $0.previous = ChangeID(standInHash([4])) }
    vary { $0.parents = [] }
    vary { $0.time += 1 }
    vary { $0.time = -$0.time }
    vary { $0.origin = .resolved }
    vary { $0.origin = .undo(of: ChangeID(standInHash([5]))) }
    vary { $0.origin = .restore([]) }
    vary { $0.origin = .rule(5) }
    vary { $0.message = "said" }
    let entry = EntryID(creation: OperationRef(change: ChangeRef(device: DeviceID(number: 2), seq: 0), index: 0))
    var ids = try variants.map { try Change($0, operations: [.keep(entry)], hash: standInHash).id }
    ids.append(try Change(fields(), operations: [.delete(entry)], hash: standInHash).id)
    #expect(Set(ids).count == variants.count + 1)
  }

  @Test func `a change that breaks a rule without history is refused`() {
    let first = ChangeRef(device: DeviceID(number: 1), seq: 0)
    let id = ChangeID(standInHash([1]))
    func refusal(_ fields: ChangeHeader.Fields) -> ChangeError? {
      do throws(ChangeError) {
        _ = try Change(fields, operations: [], hash: standInHash)
        return nil
      } catch { return error }
    }
    var fields = ChangeHeader.Fields(book: .zero, ref: first, previous: nil, parents: [], time: 0)
    #expect(refusal(fields) == nil)
    fields.previous = id
    #expect(refusal(fields) == .previous(seq: 0))
    fields.previous = nil
    fields.parents = [id, id]
    #expect(refusal(fields) == .parents(count: 2))
    fields.parents = (0...ChangeLimits.parents).map { ChangeID(standInHash([2, UInt8($0)])) }.sorted()
    #expect(refusal(fields) == .parents(count: ChangeLimits.parents + 1))
    fields.parents = []
    fields.message = ExactText(String(repeating: "a", count: ChangeLimits.message + 1))
    #expect(refusal(fields) == .message(bytes: ChangeLimits.message + 1))
  }

  @Test func `why a change was made comes back, of a later version, too`() throws {
    let ids = [ChangeID(standInHash([1])), ChangeID(standInHash([2]))].sorted()
    let origins: [Origin] = [
      .typed, .imported, .resolved, .undo(of: ids[0]), .restore(ids), .restore([]), .rule(300),
      .unknown(type: 90, payload: [1, 2]),
    ]
    for origin in origins {
      var writer = ByteWriter()
      origin.encode(into: &writer)
      var reader = ByteReader(writer.bytes)
      #expect(try Origin(from: &reader) == origin)
      try reader.finish()
    }
  }
}
