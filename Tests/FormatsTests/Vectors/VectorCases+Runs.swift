import Bytes
import Deflate
import Formats
import History
import Signing

/// One change of Ben's as rows, each part of which can be wrong.
private struct RowParts {
  var flags: [UInt8] = [0]
  var time = signed(1_763_971_200)
  var parents: [UInt8] = []
  var notes: [UInt8] = []
  var count = varint(0)
  var operations: [UInt8] = []

  static func with(_ change: (inout RowParts) -> Void) -> [UInt8] {
    var parts = RowParts()
    change(&parts)
    return parts.flags + parts.time + parts.parents + parts.notes + parts.count + parts.operations
  }
}

extension VectorCases {
  /// What a reader of Ben's first change knows.
  private var beginning: JSON { fixture.context(previous: nil, without: fixture.bens) }

  /// Ben's first change, from rows.
  private mutating func rows(_ name: String, _ expect: String = "ok", _ change: (inout RowParts) -> Void) {
    add(name, .run, run(fixture.ben.device, [section(1, RowParts.with(change))]), expect, beginning)
  }

  /// Ben's first change, from columns, whose header is plain.
  private mutating func columned(
    _ name: String, _ expect: String = "ok", count: UInt64, _ pieces: KeyValuePairs<UInt8, [UInt8]>
  ) {
    let head = columns([0: [0], 1: signed(60), 2: varint(count)])
    add(name, .run, run(fixture.ben.device, [section(2, head + columns(pieces))]), expect, beginning)
  }

  mutating func addSections() throws {
    let ben = fixture.ben.device
    let plain = section(1, RowParts.with { _ in })
    add("F25-F26-F27-stored", .section, section(1, [1, 2, 3]))
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    add("F25-F26-F28-largest", .section, section(0x90, zeros, deflated: true))
    add("F25-empty", .section, section(1, [], size: 0), "outOfRange")
    add(
      "F25-empty-and-deflated", .section, section(2, [], deflated: true, size: 0, rawCount: 0, packed: []), "outOfRange"
    )
    add("F3-packed-too-long", .section, section(1, [1], size: 1 << 20 + 1), "tooLong")
    add("F3-raw-too-long", .section, section(2, [1], deflated: true, rawCount: 1 << 20 + 1), "tooLong")
    add("F26-deflated-without-gain", .section, section(2, Array(0..<9), deflated: true), "notCanonical")
    add("F27-spoiled", .section, section(1, [1, 2, 3], isSpoiled: true), "checksum")
    add("F4-section-cut-short", .section, section(1, [1, 2, 3]).dropLast(), "truncated")
    add("F5-byte-behind-section", .section, section(1, [1, 2, 3]) + [0], "trailing")

    add("F23-F31-rows", .run, run(ben, [plain]), "ok", beginning)
    add("F23-kind-3", .run, run(ben, [plain, section(3, [1])]), "unknownSection", beginning)
    add("F23-kind-127", .run, run(ben, [section(0x7f, [1]), plain]), "unknownSection", beginning)
    // The skipped one holds no stream at all.
    let later = section(0x80, [], deflated: true, rawCount: 100, packed: [6, 6, 6])
    add("F24-F33-skipped", .run, run(ben, [section(0xff, [1, 2]), plain, later]), "ok", beginning)
    add("F24-spoiled", .run, run(ben, [plain, section(0x80, [1, 2], isSpoiled: true)]), "checksum", beginning)
    let many = RowParts.with {
      $0.flags = [8]
      $0.notes = text(String(repeating: "note ", count: 60))
    }
    let stream = Deflate.pack(many, level: 9)
    func packed(_ words: String, _ expect: String, _ packed: [UInt8], rawCount: Int) -> (String, [UInt8], String) {
      (words, run(ben, [section(1, [], deflated: true, rawCount: UInt64(rawCount), packed: packed)]), expect)
    }
    for (words, bytes, expect) in [
      packed("deflated", "ok", stream, rawCount: many.count),
      packed("longer-than-declared", "packing", stream, rawCount: many.count - 1),
      packed("shorter-than-declared", "packing", stream, rawCount: many.count + 1),
      packed("no-stream", "packing", [UInt8](repeating: 0xff, count: 20), rawCount: many.count),
      packed("stream-without-end", "packing", stream.dropLast(3), rawCount: many.count),
      packed("bytes-behind-the-stream", "packing", stream + [0], rawCount: many.count),
      packed("more-than-deflate-can-hold", "packing", [3, 0], rawCount: 1 << 20),
    ] {
      add("F28-" + words, .run, bytes, expect, beginning)
    }
  }

  mutating func addRuns() throws {
    try addRealRuns()
    addHeads()
    addColumns()
    addNumbers()
    addChanges()
    addOperations()
    addCopies()
  }

  /// Runs as they are written.
  private mutating func addRealRuns() throws {
    let (annes, bens) = (fixture.annes, fixture.bens)
    func put(_ name: String, _ changes: [Change], after previous: Change?, by writer: Fixture.Writer) throws {
      let run = try fixture.run(changes, by: writer)
      add(name, .run, bytes { $0.put(run) }, "ok", fixture.context(previous: previous, without: changes))
    }
    try put("F10-F35-F36-F37-F38-a-root-and-a-note", Array(annes[..<2]), after: nil, by: fixture.anne)
    try put("F35-F44-F45-F46-F63-two-edits", Array(bens[1...]), after: bens[0], by: fixture.ben)
    try put("F29-F40-F44-all-of-a-device", bens, after: nil, by: fixture.ben)
    try put("F42-F44-origin-and-two-parents", [annes[2]], after: annes[1], by: fixture.anne)
    // Enough text for columns.
    var edits: [TextEdit] = []
    for number in 0..<90 {
      edits.append(TextEdit(position: 11 * number, deleted: number % 3, inserted: ExactText("paragraph \(number)\n")))
    }
    let long = try Change(
      .init(
        book: fixture.book, ref: ChangeRef(device: fixture.ben.device, seq: 3), previous: bens[2].id,
        parents: [bens[2].id], time: 1_763_972_000),
      operations: [.edit(fixture.note, edits)], hash: Signing.hash)
    try put("F23-F28-F34-F47-F48-F49-F50-columns", [long], after: bens[2], by: fixture.ben)
  }

  private mutating func addHeads() {
    let (ben, plain) = (fixture.ben.device, section(1, RowParts.with { _ in }))
    add("F29-no-change", .run, run(ben, count: 0, [plain]), "outOfRange", beginning)
    add("F3-too-many-changes", .run, run(ben, count: 65_537, [plain]), "tooLong", beginning)
    add("F29-fewer-changes-than-said", .run, run(ben, count: 2, [plain]), "truncated", beginning)
    let after = fixture.context(previous: fixture.bens[2])
    let next = section(1, RowParts.with { $0.flags = [1] })
    add("F30-highest-seq", .run, run(ben, first: 1 << 62, [next]), "ok", after)
    add("F30-seq-too-high", .run, run(ben, first: 1 << 62 + 1, [next]), "outOfRange", after)
    add("F31-no-section", .run, run(ben, []), "outOfRange", beginning)
    add("F3-too-many-sections", .run, run(ben, sectionCount: 4_097, [plain]), "tooLong", beginning)
    add("F4-section-missing", .run, run(ben, sectionCount: 2, [plain]), "truncated", beginning)
    add("F63-nothing-before", .run, run(ben, first: 3, [plain]), "previous", beginning)
  }

  private mutating func addColumns() {
    let (ben, plain) = (fixture.ben.device, section(1, RowParts.with { _ in }))
    add("F33-rows-twice", .run, run(ben, [plain, plain]), "sectionOrder", beginning)
    let head = columns([0: [0], 1: signed(60), 2: varint(0)])
    add("F33-rows-and-columns", .run, run(ben, [section(2, head), plain]), "sectionOrder", beginning)
    columned("F34-columns", count: 0, [:])
    let pieces = [columns([1: [0x80]]), columns([0: [0], 1: [0x01], 2: varint(0)])]
    add("F34-column-in-two-sections", .run, run(ben, pieces.map { section(2, $0) }), "ok", beginning)
    columned("F34-item-too-many", "trailing", count: 0, [0: [0]])
    columned("F34-column-that-nobody-reads", "trailing", count: 0, [30: [0]])
    rows("F34-F5-byte-behind-rows", "trailing") { $0.operations = [0] }
    columned("F4-column-without-its-item", "truncated", count: 1, [:])
    add("F4-piece-cut-short", .run, run(ben, [section(2, head + [6, 2, 1])]), "truncated", beginning)
  }

  /// Devices, entries and labels.
  private mutating func addNumbers() {
    let (anne, note) = (fixture.anne.device.bytes, varint(1) + varint(0))
    let far: [UInt8] = signed(1) + varint(1) + anne + note
    rows("F35-F36-known-and-new") {
      $0.count = varint(3)
      $0.operations = [1] + far + [2] + signed(0) + [1] + signed(1) + varint(1) + varint(1) + varint(4)
    }
    rows("F35-device-not-next", "tooLong") {
      $0.count = varint(1)
      $0.operations = [1] + signed(1) + varint(2) + anne + note
    }
    rows("F36-before-the-first", "outOfRange") {
      $0.count = varint(1)
      $0.operations = [1] + signed(0)
    }
    rows("F36-not-next", "outOfRange") {
      $0.count = varint(2)
      $0.operations = [1] + far + [1] + signed(2) + varint(1) + varint(1) + varint(4)
    }
    rows("F36-lowest-step", "outOfRange") {
      $0.count = varint(1)
      $0.operations = [1] + signed(.min)
    }
    rows("F37-F38-labels-of-all-spaces") {
      $0.count = varint(5)
      $0.operations =
        [64] + varint(0) + [0] + text("note") + [64] + varint(0)
        + [3] + signed(0) + varint(1) + [2, 0] + text("title") + varint(1) + [0]
        + [5] + signed(-1) + varint(2) + [1] + text("topics") + varint(1) + varint(0) + [0x74]
        + [3] + signed(0) + varint(1) + varint(1) + [1, 1, 0x61]
    }
    rows("F37-label-not-next", "tooLong") {
      $0.count = varint(1)
      $0.operations = [64] + varint(1) + [0] + text("note")
    }
    rows("F38-register-for-a-kind", "outOfRange") {
      $0.count = varint(1)
      $0.operations = [64] + varint(0) + [2, 0] + text("note")
    }
    rows("F38-kind-for-a-register", "outOfRange") {
      $0.count = varint(2)
      $0.operations = [64] + varint(0) + [0] + text("note") + [3] + signed(0) + varint(0) + [1, 0]
    }
    rows("F38-no-such-space", "outOfRange") {
      $0.count = varint(1)
      $0.operations = [64] + varint(0) + [3] + text("note")
    }
  }

  /// Headers.
  private mutating func addChanges() {
    let root: [UInt8] = varint(1) + fixture.anne.device.bytes + varint(0)
    rows("F39-F41-F43-other-parent-and-message") {
      $0.flags = [10]
      $0.parents = varint(1) + root
      $0.notes = text("hello")
    }
    rows("F39-flag-16", "outOfRange") { $0.flags = [16] }
    rows("F40-nothing-before", "outOfRange") { $0.flags = [1] }
    rows("F41-no-other-parent", "outOfRange") {
      $0.flags = [2]
      $0.parents = varint(0)
    }
    rows("F3-too-many-other-parents", "tooLong") {
      $0.flags = [2]
      $0.parents = varint(65)
    }
    rows("F42-typed", "outOfRange") {
      $0.flags = [4]
      $0.notes = [0, 0]
    }
    rows("F43-empty-message", "outOfRange") {
      $0.flags = [8]
      $0.notes = [0]
    }
    rows("F44-unknown-device", "unknownParent") {
      $0.flags = [2]
      $0.parents = varint(1) + varint(1) + [UInt8](repeating: 9, count: 16) + varint(0)
    }
    rows("F44-itself", "unknownParent") {
      $0.flags = [2]
      $0.parents = varint(1) + varint(0) + varint(0)
    }
    rows("F44-later-change", "unknownParent") {
      $0.flags = [2]
      $0.parents = varint(1) + varint(0) + varint(1)
    }
    rows("F45-the-same-twice", "parents") {
      $0.flags = [2]
      $0.parents = varint(2) + root + varint(1) + varint(0)
    }
    rows("F39-time-goes-round") { $0.time = signed(.min) }
    let twice = RowParts.with { $0.time = signed(.max) } + RowParts.with { $0.time = signed(1) }
    add("F39-time-goes-round-in-a-run", .run, run(fixture.ben.device, count: 2, [section(1, twice)]), "ok", beginning)
  }

  private mutating func addOperations() {
    let far: [UInt8] = signed(1) + varint(1) + fixture.anne.device.bytes + varint(1) + varint(0)
    func edit(_ steps: [(Int64, UInt64, String)]) -> [UInt8] {
      [6] + far + varint(UInt64(steps.count)) + steps.flatMap { signed($0.0) + varint($0.1) + text($0.2) }
    }
    rows("F46-F47-position-steps") {
      $0.count = varint(2)
      $0.operations =
        edit([(5, 0, "é"), (-7, 2, ""), (1 << 31 - 1, 1, "")])
        + [6] + signed(0) + varint(1) + signed(-1 << 31 + 1) + [0] + text("z")
    }
    rows("F46-before-the-text", "outOfRange") {
      $0.count = varint(1)
      $0.operations = edit([(-1, 0, "a")])
    }
    rows("F46-too-high", "outOfRange") {
      $0.count = varint(1)
      $0.operations = edit([(1 << 31, 0, "a")])
    }
    rows("F46-lowest-step", "outOfRange") {
      $0.count = varint(1)
      $0.operations = edit([(9, 0, "a"), (.min, 0, "b")])
    }
    rows("F47-edit-of-nothing", "notCanonical") {
      $0.count = varint(1)
      $0.operations = edit([(5, 0, "")])
    }
    rows("F47-order-key", "notCanonical") {
      $0.count = varint(1)
      $0.operations = [4] + far + [0, 1] + text("topics") + [1, 0, 0x74] + text("V0")
    }
    rows("F47-text-no-utf8", "invalidUTF8") {
      $0.count = varint(1)
      $0.operations = [6] + far + varint(1) + signed(0) + [0, 1, 0xff]
    }
    rows("F47-value-flags", "outOfRange") {
      $0.count = varint(1)
      $0.operations = [3] + far + [0, 2, 0] + text("title") + [1, 8]
    }
    rows("F21-F47-later-type") {
      $0.count = varint(2)
      $0.operations = [9] + far + prefixed([1, 2, 3]) + varint(300) + prefixed([])
    }
    rows("F50-one-edit-too-many", "overLimit") {
      $0.count = varint(1)
      $0.operations = [6] + far + varint(1 << 20)
    }
    rows("F3-too-many-operations", "tooLong") { $0.count = varint(1 << 20 + 1) }
  }

  private mutating func addCopies() {
    let far: [UInt8] = varint(1) + varint(1) + varint(0)
    func copies(
      _ name: String, _ expect: String = "ok", size: UInt64 = 12, gaps: [UInt64] = [3, 1], lengths: [UInt64] = [3, 4],
      places: [UInt64] = [0, 2], literals: String = "abcdx"
    ) {
      columned(
        name, expect, count: 1,
        [
          4: fixture.anne.device.bytes, 6: [6], 7: signed(1), 8: far, 15: [1], 16: [0], 17: [0], 18: varint(12),
          19: Array(literals.utf8), 20: varint(size) + gaps.flatMap(varint), 21: lengths.flatMap(varint),
          22: places.flatMap(varint),
        ])
    }
    copies("F51-F64-abcabcdcabcx")
    copies("F51-whole-text-is-literal", gaps: [], lengths: [], places: [], literals: "abcabcdcabcx")
    copies("F51-copy-of-itself", "copies", lengths: [4, 3])
    copies("F51-copy-from-ahead", "copies", places: [0, 9])
    copies("F51-uneven", "copies", lengths: [3])
    copies("F51-too-long", "copies", literals: "abcdxy")
    copies("F51-too-short", "copies", literals: "abcd")
    copies("F51-literals-missing", "copies", gaps: [3, 9])
    copies("F3-text-too-long", "tooLong", size: 1 << 26 + 1)
  }

  /// What is refused for its size alone.
  mutating func addRunLimits() throws {
    let ben = fixture.ben.device
    let plain = section(1, RowParts.with { _ in })
    let claim = section(0x80, [], deflated: true, rawCount: 1 << 20, packed: [0])
    add(
      "F32-most", .run, run(ben, [plain] + [[UInt8]](repeating: claim, count: 63)), "ok", beginning)
    add(
      "F32-too-much", .run, run(ben, [plain] + [[UInt8]](repeating: claim, count: 64)), "overLimit", beginning)
    let gaps = columns([20: [12] + [UInt8](repeating: 0, count: 1 << 20 - 5)])
    let head = section(2, columns([0: [0], 1: [0], 2: [0]]))
    add(
      "F64-too-many-copies", .run,
      run(ben, [head] + [[UInt8]](repeating: section(2, gaps, deflated: true), count: 5)), "overLimit", beginning)
    add("F48-body-too-long", .run, labelled(changes: 1, operations: 8_400), "tooLong", beginning)
    add("F49-bodies-too-long", .run, labelled(changes: 9, operations: 8_000), "overLimit", beginning)
  }

  /// Changes whose every operation names a label of 1,000 bytes.
  private func labelled(changes: Int, operations: Int) -> [UInt8] {
    func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
      (0..<count).flatMap { _ in bytes }
    }
    let all = changes * operations
    let pieces: [(UInt8, [UInt8])] = [
      (0, repeated([0], changes)), (1, repeated([0], changes)), (2, repeated(varint(UInt64(operations)), changes)),
      (4, fixture.anne.device.bytes), (6, repeated([3], all)), (7, signed(1) + repeated([0], all - 1)),
      (8, varint(1) + varint(1) + varint(0)), (9, [2, 0] + text(String(repeating: "n", count: 1_000))),
      (10, repeated([0], all)), (11, repeated([1, 0], all)),
    ]
    let sections = pieces.map { column, bytes -> [UInt8] in
      let raw = columns([column: bytes])
      return section(2, raw, deflated: raw.count > 100)
    }
    return run(fixture.ben.device, count: UInt64(changes), sections)
  }
}
